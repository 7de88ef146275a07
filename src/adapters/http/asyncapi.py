"""The description of all events in AsyncAPI 3.0, with a JSON Schema of each, made of the classes of the events."""

from __future__ import annotations

from typing import Any

from adapters.http.answers import REFERENCE, schema_of_type
from adapters.http.asyncapi_kafka import kafka_channels, kafka_messages, kafka_operations
from adapters.http.route import PREFIX
from adapters.outgoing.public_events import PublicEvent
from billing_core.kernel.events import Event, kinds_by_name

MESSAGES = "#/components/messages/"
FEED = "feed"
WEBHOOKS, WEBHOOK = "webhooks", "webhook"
TEXT = {"type": "string"}


def asyncapi_document(version: str) -> dict[str, Any]:
    """The whole description."""
    schemas: dict[str, Any] = {}
    messages = {name: _message(name, kind, schemas) for name, kind in kinds_by_name().items()}
    others = {WEBHOOK: _webhook(messages), **kafka_messages(messages, schemas)}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Billing events", "version": version,
            "description": "Every event of the billing engine. Personal data are erased, unless the operator holds the "
            "permission `outreach.read.personal-data`.",
        },
        "defaultContentType": "application/json",
        "channels": {
            FEED: {
                "address": f"{PREFIX}/events",
                "description": "A cursor feed over HTTP: ask for the events after a position, and wait for the next.",
                "messages": {name: {"$ref": f"{MESSAGES}{name}"} for name in messages},
            },
            WEBHOOKS: {
                "address": None,
                "description": "A POST to the address of each webhook, signed as Standard Webhooks says. Any answer of "
                "200 to 299 takes it. Personal data are erased.",
                "messages": {WEBHOOK: {"$ref": f"{MESSAGES}{WEBHOOK}"}},
            },
            **kafka_channels(),
        },
        "operations": {
            "list-events": {"action": "send", "channel": {"$ref": f"#/channels/{FEED}"}},
            "send-webhook": {"action": "send", "channel": {"$ref": f"#/channels/{WEBHOOKS}"}},
            **kafka_operations(),
        },
        "components": {"messages": messages | others, "schemas": dict(sorted(schemas.items()))},
    }  # fmt: skip


def _message(name: str, kind: type[Event], schemas: dict[str, Any]) -> dict[str, Any]:
    """An event of the feed with the content that events of its name have."""
    schema_of_type(PublicEvent, schemas)
    content = schema_of_type(kind, schemas)
    payload = {
        "allOf": [
            {"$ref": f"{REFERENCE}{PublicEvent.__name__}"},
            {"type": "object", "properties": {"event": {"const": name}, "content": content}},
        ]
    }
    text = " ".join((kind.__doc__ or "").split())
    return {"name": name, "title": name.replace("-", " ").capitalize(), "payload": payload, **(
        {"description": text} if text else {})}  # fmt: skip


def _webhook(messages: dict[str, Any]) -> dict[str, Any]:
    """What is sent of any event."""
    headers = dict.fromkeys(("webhook-id", "webhook-timestamp", "webhook-signature"), TEXT)
    payload = {
        "type": "object",
        "properties": {
            "type": {"enum": list(messages)},
            "timestamp": TEXT | {"format": "date-time"},
            "data": {"anyOf": [{"$ref": f"{MESSAGES}{name}/payload"} for name in messages]},
        },
        "required": ["type", "timestamp", "data"],
    }
    return {
        "name": WEBHOOK, "title": "Webhook", "payload": payload,
        "headers": {"type": "object", "properties": headers, "required": [*headers]},
    }  # fmt: skip
