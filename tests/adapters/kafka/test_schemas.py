"""What is written to topics fits its JSON Schema in the description of the events."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from adapters.bootstrap.automation import automation_of
from adapters.bootstrap.settings import Settings
from adapters.files.usage_rows import RefusedRow
from adapters.kafka.dead_letters import dead_letter
from tests.adapters.http.described import described_events, whole
from tests.adapters.kafka.other_side import all_messages
from tests.adapters.kafka.test_usage_messages import message
from tests.operators import Operator, bank_row


def valid(schema: Any, value: Any) -> bool:
    return jsonschema_rs.validator_for(whole(schema, described_events())).is_valid(value)


def described_message(name: str) -> Any:
    return described_events()["components"]["messages"][name]


def payload(name: str) -> Any:
    return described_message(name)["payload"]


def fits(name: str, found: Any) -> bool:
    """Whether a message has the headers of its kind, and a value that fits."""
    headers = {name: value.decode() for name, value in found.headers}
    is_whole = valid(described_message(name)["headers"], headers)
    return is_whole and (found.value is None or valid(payload(name), json.loads(found.value)))


def test_every_message_of_a_year_fits_its_schema(operator: Operator, settings: Settings):
    operator.subscribers(2)
    operator.bill_each_due_date(date(2026, 12, 1))
    operator.take_in([bank_row(2, "24.00", "A0001"), bank_row(3, "24.00", "nobody")])
    automation_of(operator.application).settle()

    for kind, name in (("events", "kafka-event"), ("balances", "account-balance")):
        found = all_messages(settings.kafka_servers, f"{settings.kafka_prefix}.{kind}")
        assert found and [each for each in found if not fits(name, each)] == []
    balance = json.loads(found[0].value)
    assert not valid(payload("account-balance"), balance | {"balance": 24.0})
    assert not valid(payload("kafka-event"), balance)


def test_headers_of_a_dead_letter_fit_their_schema():
    refused = RefusedRow(1, "c-1", "seconds", "long", "Expected `int`", "{}")
    place = msgspec.defstruct("Place", ["topic", "partition", "offset", "value"])("calls", 0, 7, b"{}")

    headers = {name: value.decode() for name, value in dead_letter("switch", place, refused).headers}

    assert valid(described_message("dead-letter")["headers"], headers)
    assert not valid(described_message("dead-letter")["headers"], headers | {"more": "1"})


@pytest.mark.parametrize(
    ("fields", "is_valid"),
    [
        ({}, True),
        ({"quantity": "1.5"}, True),
        ({"secnods": 1}, False),
        ({"kind": "fax"}, False),
        ({"key": None}, False),
    ],
)  # fmt: skip
def test_the_schema_of_a_record_is_that_by_which_it_is_read(fields: dict[str, Any], is_valid: bool):
    assert valid(payload("usage-record"), json.loads(message(**fields))) == is_valid
