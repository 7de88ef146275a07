"""Usage of sessions on its way from messages to batches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.bootstrap.application import Application
from adapters.bootstrap.session_batches import SessionBatches
from adapters.files.usage_rows import USAGE_ROWS, UsageChunk
from adapters.postgres.access_sessions import PostgresAccessSessions
from billing_core.usage.sessions.messages import Counter, Kind, Message, Used
from commands.usage.accounting import Accounting, Received, RefusedMessage

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
COMPONENTS: dict[Used, str] = {"data": "internet", "call": "calls", "item": "films"}


class Mediation:
    """Batches as they are handed on; it may be away."""

    def __init__(self) -> None:
        self.batches: list[tuple[str, str, list[dict[str, Any]], UsageChunk]] = []
        self.is_away = False

    def receive(self, source: str, batch: str, chunk: UsageChunk) -> None:
        if self.is_away:
            raise ConnectionError
        assert chunk.rows.schema.equals(USAGE_ROWS)
        self.batches.append((source, batch, chunk.rows.to_pylist(), chunk))


def data(minutes_ago: int, seconds: int, count: int, kind: Kind = "interim") -> Received:
    at = NOW - timedelta(minutes=minutes_ago)
    message = Message("nas1", "S1", kind, at, "+420 601 000 001", "", seconds, Counter(count, True), Counter(7, True))
    return Received("radius", message, NOW)


def film(record: int) -> Received:
    message = Message("ims", "F1", "event", NOW, "anna", record=record, used="item", number="film-17")
    return Received("diameter", message, NOW)


@pytest.fixture
def mediation() -> Mediation:
    return Mediation()


@pytest.fixture
def batches(application: Application, mediation: Mediation) -> SessionBatches:
    return SessionBatches(application.tables, mediation.receive, COMPONENTS)


def take(application: Application, *came: Received | RefusedMessage) -> None:
    Accounting(PostgresAccessSessions(application.tables).begin, lambda: UTC).take(came)


def test_what_sessions_used_is_handed_on_once(application: Application, batches: SessionBatches, mediation: Mediation):
    refused = RefusedMessage("radius", "seconds", "-1", "is no number", "{}", NOW)
    take(
        application, data(10, 300, 1_000), data(5, 600, 3_000), data(5, 600, 3_000), refused, film(0), film(0), film(1)
    )

    assert batches.advance(NOW) == 5
    assert batches.advance(NOW) == 0
    (of_diameter, _, films, _), (of_radius, name, rows, chunk) = mediation.batches
    assert (of_diameter, of_radius, name) == ("diameter", "radius", "4.1")
    assert [(row["component"], row["quantity"], row["number"]) for row in films] == [
        ("films", 1_000_000, "film-17")
    ] * 2
    first = {
        "line": 1, "key": rows[0]["key"], "kind": "data", "subscriber": "420601000001", "component": "internet",
        "started_at": NOW - timedelta(minutes=15), "seconds": 300, "quantity": 0, "bytes_in": 1_000, "bytes_out": 7,
        "number": "", "network": "nas1", "session": "S1", "direction": "",
    }  # fmt: skip
    assert rows[0] == first
    assert (rows[1]["started_at"], rows[1]["bytes_in"]) == (NOW - timedelta(minutes=10), 2_000)
    assert len({row["key"] for row in rows + films}) == 4
    assert [row[:5] for row in chunk.refused] == [(3, "", "seconds", "-1", "is no number")]


def test_what_no_batch_has_taken_comes_again(application: Application, batches: SessionBatches, mediation: Mediation):
    take(application, data(10, 300, 1_000))
    mediation.is_away = True
    with pytest.raises(ConnectionError):
        batches.advance(NOW)
    mediation.is_away = False
    take(application, data(5, 600, 3_000))
    assert batches.advance(NOW) == 2
    assert sum(row["bytes_in"] for row in mediation.batches[0][2]) == 3_000


def test_silent_sessions_end_and_are_open_again_when_they_are_heard_of(
    application: Application, batches: SessionBatches
):
    def is_open() -> list[tuple[Any, ...]]:
        with application.tables.transaction("billing") as cursor:
            return list(cursor.execute("SELECT is_open, ended_by FROM access_sessions"))

    take(application, data(31, 300, 1_000))
    batches.advance(NOW - timedelta(minutes=2))
    assert is_open() == [(True, "")]
    batches.advance(NOW)
    assert is_open() == [(False, "silence")]
    take(application, data(1, 600, 2_000))
    assert is_open() == [(True, "silence")]


def test_messages_are_known_until_none_so_old_is_believed(application: Application, batches: SessionBatches):
    take(application, data(10, 300, 1_000))
    batches.advance(NOW + timedelta(days=7))
    take(application, data(10, 300, 1_000))
    with application.tables.transaction("billing") as cursor:
        assert list(cursor.execute("SELECT count(*) FROM access_messages")) == [(1,)]
        batches.advance(NOW + timedelta(days=9))
        assert list(cursor.execute("SELECT count(*) FROM access_messages")) == [(0,)]
