"""A message of usage: what it may say, and which field of it is refused for which reason."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from adapters.files.usage_rows import USAGE_ROWS
from adapters.kafka.usage_messages import read_messages

LEAST = {"key": "c-1", "kind": "call", "subscriber": "37120000001", "component": "calls",
         "started_at": "2026-03-01T10:00:00+02:00"}  # fmt: skip


def message(**fields: Any) -> bytes:
    return msgspec.json.encode({name: value for name, value in (LEAST | fields).items() if value is not None})


def test_a_message_becomes_a_row_with_nothing_null():
    chunk = read_messages(
        [message(), message(key="c-2", kind="item", quantity="1.5", number="film", bytes_in=2**63 - 1)]
    )

    first, second = chunk.rows.to_pylist()
    assert chunk.rows.schema == USAGE_ROWS and not chunk.refused
    assert first == {
        "line": 1, "key": "c-1", "kind": "call", "subscriber": "37120000001", "component": "calls",
        "started_at": datetime(2026, 3, 1, 8, tzinfo=UTC), "seconds": 0, "quantity": 0, "bytes_in": 0, "bytes_out": 0,
        "number": "", "network": "", "session": "", "direction": "",
    }  # fmt: skip
    assert (second["line"], second["quantity"], second["bytes_in"]) == (2, 1_500_000, 2**63 - 1)


@pytest.mark.parametrize(
    ("raw", "field", "reason"),
    [
        (b"", "", "is no JSON"),
        (b"{", "", "is no JSON"),
        (b"\xff\xfe", "", "is no JSON"),
        (b"null", "", "Expected `object`"),
        (b"[" * 100_000, "", "Expected `object`"),
        (message(subscriber=None), "", "missing required field `subscriber`"),
        (message(kind="fax"), "kind", "Invalid enum value 'fax'"),
        (message(started_at="2026-03-01T10:00:00"), "started_at", "timezone"),
        (message(started_at="yesterday"), "started_at", "Invalid RFC3339"),
        (message(seconds=1.5), "seconds", "Expected `int`"),
        (message(bytes_in=2**63), "bytes_in", "Expected `int`"),
        (message(quantity="1.0000001"), "quantity", "more than six decimals"),
        (message(quantity="NaN"), "quantity", "must be at most"),
        (message(quantity="1e400"), "quantity", "must be at most"),
        (message(quantity="1e-400000"), "quantity", "more than six decimals"),
        (message(secnods=60), "secnods", "is no field of a record"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_field_and_reason(raw: bytes, field: str, reason: str):
    chunk = read_messages([message(key="before"), raw, message(key="after")])

    assert chunk.rows.column("key").to_pylist() == ["before", "after"]
    assert chunk.rows.column("line").to_pylist() == [1, 3]
    (refused,) = chunk.refused
    assert (refused.line, refused.field) == (2, field)
    assert reason in refused.reason


def test_a_refused_row_names_the_value_and_the_message_as_it_came():
    (refused,) = read_messages([message(seconds="long")]).refused

    assert (refused.key, refused.field, refused.value) == ("c-1", "seconds", "long")
    assert refused.raw == message(seconds="long").decode()


def test_no_messages_are_no_rows():
    chunk = read_messages([])

    assert (chunk.rows.num_rows, chunk.refused, chunk.rows.schema) == (0, [], USAGE_ROWS)
