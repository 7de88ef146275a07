"""The lag of reactions and followers: events of their kinds that they have not processed yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
from psycopg import Cursor, sql

from billing_core.kernel.events import Event, topics_under

SELECT_LAG = """
    SELECT standing.position, count(events.position), min(events.recorded_at)
    FROM (SELECT (SELECT position FROM billing.{} WHERE name = %s) AS position) AS standing
    LEFT JOIN billing.events ON events.position > standing.position AND topic = ANY(%s)
    GROUP BY standing.position
"""


class Lag(msgspec.Struct, frozen=True):
    """A checkpoint, None before the first start; the events ahead of it, and the age in seconds of the oldest."""

    name: str
    position: int | None
    lag_events: int
    lag_seconds: int


def lags(cursor: Cursor[Any], table: str, kinds: Mapping[str, Collection[type[Event]]], now: datetime) -> list[Lag]:
    """The lag of each name, which reads events of some kinds and has its checkpoint in a table."""
    statement = sql.SQL(SELECT_LAG).format(sql.Identifier(table))
    found = []
    for name, of_kinds in kinds.items():
        row = cursor.execute(statement, (name, topics_under(of_kinds))).fetchone()
        assert row is not None
        position, events, oldest_at = row
        seconds = 0 if oldest_at is None else max(0, int((now - oldest_at).total_seconds()))
        found.append(Lag(name, position, events, seconds))
    return found
