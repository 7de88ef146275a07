"""Rows of usage for reports, received as any source delivers them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from commands.usage.mediation import IncomingBatch
from tests.commands.usage.rows import chunk, origin
from tests.operators import application_on

PRAGUE = ZoneInfo("Europe/Prague")
NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)


def call(started_at: str, seconds: int, **details: Any) -> dict[str, Any]:
    """A call that A0001 made over `trunk1`, from an instant on."""
    usual = {"kind": "call", "component": "calls", "number": "420601000001", "network": "trunk1", "direction": "out"}
    return _row(started_at, seconds=seconds, **usual | details)


def session(started_at: str, down: int, up: int, **details: Any) -> dict[str, Any]:
    """Data of A0001 at `nas1`."""
    usual = {"kind": "data", "component": "data", "network": "nas1", "session": "s1"}
    return _row(started_at, bytes_in=down, bytes_out=up, **usual | details)


def _row(started_at: str, account: str = "A0001", **details: Any) -> dict[str, Any]:
    texts = dict.fromkeys(("number", "network", "session", "direction"), "")
    counts = dict.fromkeys(("seconds", "quantity", "bytes_in", "bytes_out"), 0)
    at = {"started_at": datetime.fromisoformat(started_at), "subscriber": f"{account}/main"}
    return {**at, **texts, **counts, **details}


def write_rows(
    database_url: str, rows: Iterable[dict[str, Any]], batch: str = "b1", source: str = "pbx", at: datetime = NOW
) -> None:
    """Receive a batch at an instant; all of its rows are taken."""
    numbered = [{"line": line, "key": f"{batch}-{line}", **row} for line, row in enumerate(rows, start=1)]
    with application_on(database_url) as application:
        received = application.usage_mediation().receive(IncomingBatch(source, batch), [chunk(numbered)], origin(at))
        assert received.taken == len(numbered)
        application.runner.catch_up()
