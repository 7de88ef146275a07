"""The topics of Kafka in the description of the events: what is written to each, and what a source of usage sends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from adapters.http.answers import REFERENCE, schema_of_type
from adapters.kafka.messages import AccountBalance
from adapters.kafka.usage_messages import UsageMessage

MESSAGES = "#/components/messages/"
EVENT, BALANCE, DEAD_LETTER, RECORD = "kafka-event", "account-balance", "dead-letter", "usage-record"
TEXT = {"type": "string"}
DIGITS = {"type": "string", "pattern": "^[0-9]+$"}
EVENT_HEADERS = {"position": DIGITS, "event": TEXT, "version": DIGITS, "recorded-at": TEXT | {"format": "date-time"}}
BALANCE_HEADERS = {"position": DIGITS}
LETTER_HEADERS = {"source": TEXT, "topic": TEXT, "partition": DIGITS, "offset": DIGITS, "field": TEXT, "reason": TEXT}
PREFIX = {"prefix": {"description": "The setting kafka_prefix.", "default": "billing"}}


def kafka_channels() -> dict[str, Any]:
    """The topics; those of events and balances are written to by the program, as those of dead letters are."""
    return {
        "kafka-events": {
            "address": "{prefix}.events",
            "description": "Every event, by its stream as key. Within a partition positions rise; a message that is "
            "not above the highest seen is a repetition. Personal data are erased.",
            "parameters": PREFIX,
            "messages": {EVENT: {"$ref": f"{MESSAGES}{EVENT}"}},
        },
        "kafka-balances": {
            "address": "{prefix}.balances",
            "description": "The balance of every account, by its number as key; compacted. A message without a value "
            "says that the account's customer was forgotten.",
            "parameters": PREFIX,
            "messages": {BALANCE: {"$ref": f"{MESSAGES}{BALANCE}"}},
        },
        "kafka-dead-letters": {
            "address": "{prefix}.{source}.dead-letters",
            "description": "Messages of a source of usage that cannot be counted, as they came.",
            "parameters": PREFIX | {"source": {"description": "The name of the source."}},
            "messages": {DEAD_LETTER: {"$ref": f"{MESSAGES}{DEAD_LETTER}"}},
        },
        "kafka-usage": {
            "address": "{topic}",
            "description": "A topic of which usage is read: one record in each message.",
            "parameters": {"topic": {"description": "As the setting kafka_sources names it."}},
            "messages": {RECORD: {"$ref": f"{MESSAGES}{RECORD}"}},
        },
    }


def kafka_operations() -> dict[str, Any]:
    """What the program does with each topic."""
    sent = {f"send-{name}": f"kafka-{name}" for name in ("events", "balances", "dead-letters")}
    return {
        **{name: _operation("send", channel) for name, channel in sent.items()},
        "receive-usage": _operation("receive", "kafka-usage"),
    }


def _operation(action: str, channel: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "bindings": {"kafka": {}}}


def kafka_messages(events: Iterable[str], schemas: dict[str, Any]) -> dict[str, Any]:
    """The messages, with headers and schema; that of an event is one of those of the feed."""
    (record,), named = msgspec.json.schema_components((UsageMessage,), ref_template=f"{REFERENCE}{{name}}")
    schemas |= named
    event = {"anyOf": [{"$ref": f"{MESSAGES}{name}/payload"} for name in events]}
    balance = schema_of_type(AccountBalance, schemas)
    return {
        EVENT: {"name": EVENT, "title": "Event", "headers": _always(EVENT_HEADERS), "payload": event},
        BALANCE: {"name": BALANCE, "title": "Balance of an account", "headers": _always(BALANCE_HEADERS),
                  "payload": balance},
        DEAD_LETTER: {"name": DEAD_LETTER, "title": "Message that cannot be counted",
                      "headers": _always(LETTER_HEADERS), "payload": {}},
        RECORD: {"name": RECORD, "title": "Record of usage", "payload": record},
    }  # fmt: skip


def _always(headers: dict[str, Any]) -> dict[str, Any]:
    """The schema of headers of which a message has each, and no other."""
    return {"type": "object", "properties": headers, "required": [*headers], "additionalProperties": False}
