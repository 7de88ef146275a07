"""The lag of reactions and followers: events of their kinds that they have not processed yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
from psycopg import Cursor, sql

from billing_core.kernel.events import Event, topics_under

# The events behind the least checkpoint are read once, for all names together.
SELECT_LAGS = """
    WITH standing AS (SELECT name, position FROM billing.{} WHERE name = ANY(%(names)s)),
    newer AS MATERIALIZED (
        SELECT position, topic, recorded_at FROM billing.events
        WHERE position > (SELECT min(position) FROM standing) AND topic = ANY(%(topics)s)
    )
    SELECT name, standing.position, count(newer.position), min(recorded_at)
    FROM standing JOIN unnest(%(names)s::text[], %(topics)s::text[]) AS wanted (name, topic) USING (name)
    LEFT JOIN newer ON newer.topic = wanted.topic AND newer.position > standing.position
    GROUP BY name, standing.position
"""


class Lag(msgspec.Struct, frozen=True):
    """A checkpoint, None before the first start; the events ahead of it, and the age in seconds of the oldest."""

    name: str
    position: int | None
    lag_events: int
    lag_seconds: int


def lags(cursor: Cursor[Any], table: str, kinds: Mapping[str, Collection[type[Event]]], now: datetime) -> list[Lag]:
    """The lag of each name, which reads events of some kinds and has its checkpoint in a table."""
    wanted = [(name, topic) for name, of_kinds in kinds.items() for topic in topics_under(of_kinds)]
    rows = cursor.execute(
        sql.SQL(SELECT_LAGS).format(sql.Identifier(table)),
        {"names": [name for name, _ in wanted], "topics": [topic for _, topic in wanted]},
    ).fetchall()
    found = {name: (position, events, oldest_at) for name, position, events, oldest_at in rows}
    return [_lag(name, *found.get(name, (None, 0, None)), now) for name in kinds]


def _lag(name: str, position: int | None, events: int, oldest_at: datetime | None, now: datetime) -> Lag:
    seconds = 0 if oldest_at is None else max(0, int((now - oldest_at).total_seconds()))
    return Lag(name, position, events, seconds)
