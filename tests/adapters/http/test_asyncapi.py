"""Every event has a JSON Schema that fits it, in a description whose references lead somewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from asyncapi3.models.asyncapi import AsyncAPI3 as Described
from fastapi.testclient import TestClient
from pydantic import ValidationError

from adapters.bootstrap.registry import COMMAND_AREAS
from adapters.http.answers import encoded
from billing_core.kernel.events import decode, known_topics
from commands.platform.answers import plain
from tests.adapters.http.described import described_events, references, whole

SAMPLES = Path(__file__).parents[2] / "samples"
TOPICS = sorted(known_topics()) if COMMAND_AREAS else []  # The areas bring their events.


def closed(value: Any) -> Any:
    """A schema that refuses members it does not name: a field that is missing in the description is found."""
    if isinstance(value, list):
        return [closed(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: closed(each) for key, each in value.items()}
    if value.get("type") == "object" and "required" in value:
        found["additionalProperties"] = False
    return found


def content_schema(name: str) -> Any:
    payload = described_events()["components"]["messages"][name]["payload"]
    found = whole(payload["allOf"][1]["properties"]["content"], described_events())
    return found | {"components": closed(found["components"])}


@pytest.mark.parametrize("topic", TOPICS)
def test_every_stored_sample_fits_the_schema_of_its_event(topic: str):
    stored = (SAMPLES / f"{topic.replace('/', '-')}.json").read_bytes().rstrip()
    content = plain(decode(topic, stored))
    validator = jsonschema_rs.validator_for(content_schema(topic.partition("/")[0]))

    assert [error.message for error in validator.iter_errors(content)] == []
    assert not validator.is_valid({**content, "unnamed": 1})
    assert not validator.is_valid({name: content[name] for name in content if name != "effective_on"})


def test_the_description_is_sound_by_the_model_of_the_standard():
    found = Described.model_validate(json.loads(encoded(described_events())))

    assert found.channels is not None and found.operations is not None
    assert {each.channel.ref for each in found.operations.root.values()} <= {
        f"#/channels/{name}" for name in found.channels.root
    }


@pytest.mark.parametrize(
    ("place", "broken"),
    [
        (("info",), {"version": "1"}),
        (("channels", "feed", "adress"), "/v1/events"),
        (("operations", "list-events", "action"), "sends"),
        (("components", "messages", "customer-registered", "payloads"), {}),
    ],
)
def test_a_description_that_is_not_sound_is_found_out(place: tuple[str, ...], broken: Any):
    document = json.loads(encoded(described_events()))
    around = document
    for part in place[:-1]:
        around = around[part]
    around[place[-1]] = broken

    with pytest.raises(ValidationError):
        Described.model_validate(document)


def test_every_reference_leads_somewhere():
    for reference in references(described_events()):
        place: Any = described_events()
        for part in reference.removeprefix("#/").split("/"):
            assert part in place, reference
            place = place[part]


def test_the_server_hands_out_the_description(client: TestClient):
    answer = client.get("/v1/asyncapi.json")

    assert answer.status_code == 200
    assert answer.json()["asyncapi"] == "3.0.0"
    assert answer.json()["components"]["messages"].keys() == described_events()["components"]["messages"].keys()


def test_an_event_of_the_feed_fits_its_message(client: TestClient, admin: Any):
    admin.post("/customers", {"number": "C1", "name": "Anna Kalniņa", "registered_on": "2026-01-01"})
    schema = described_events()["components"]["messages"]["customer-registered"]["payload"]
    validator = jsonschema_rs.validator_for(whole(schema, described_events()))

    (event,) = admin.get("/events", events="customer-registered").json()["items"]

    assert [error.message for error in validator.iter_errors(event)] == []
    assert not validator.is_valid(event | {"event": "invoice-issued"})
