"""Who did what, when and from where?

The log of events is itself the answer and is read directly. This projection keeps only the ways into it, so no change
is copied and nothing can disagree: of each author, kind of event, source and operation, in which stretches of a
thousand positions it occurs, and from when to when each stretch was recorded.

    position 17,204, by anna, from 10.0.0.1, payment-received, at 10:07
        stretch 17: actor anna, source 10.0.0.1, event payment-received; recorded 09:58 to 10:21

Those stretches that have everything that is asked for are then read through, the newest first. That takes a row for a
thousand events in the usual case, where a row for each event and way cost more than all balances.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from billing_core.kernel.events import Event, topic_of
from projections.platform.area import Area
from projections.platform.projection import EVERY_KIND, Cursor, LoggedEvent, as_columns

STRETCH_POSITIONS = 1_000
# In one order, so that processes that fill the same table never deadlock.
INSERT_WAYS = """
    INSERT INTO ways_into_log (way, value, stretch) SELECT * FROM unnest(%b::text[], %b::text[], %b::int8[])
    ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING
"""
UPSERT_TIMES = """
    INSERT INTO times_of_log AS known (stretch, first_at, last_at)
    SELECT * FROM unnest(%b::int8[], %b::timestamptz[], %b::timestamptz[]) ORDER BY 1
    ON CONFLICT (stretch) DO UPDATE
    SET first_at = least(known.first_at, excluded.first_at), last_at = greatest(known.last_at, excluded.last_at)
"""


class Audit:
    """In which stretches of the log each author, kind of event, source and operation occurs.

    It is about recording, so it does not answer for an effective date.
    """

    name = "audit"
    version = 3
    tables = ("ways_into_log", "times_of_log")
    by_stream = True
    definition = """
        CREATE TABLE ways_into_log (
            way text COLLATE "C", value text COLLATE "C", stretch bigint, PRIMARY KEY (way, value, stretch));
        CREATE TABLE times_of_log (
            stretch bigint PRIMARY KEY, first_at timestamptz NOT NULL, last_at timestamptz NOT NULL);
    """
    streams = EVERY_KIND
    folds = (Event,)
    indexes = ""

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        ways: set[tuple[str, str, int]] = set()
        times: dict[int, tuple[datetime, datetime]] = {}
        for entry in page:
            stretch = entry.position // STRETCH_POSITIONS
            ways.update((way, value, stretch) for way, value in _ways(entry))
            first_at, last_at = times.get(stretch, (entry.recorded_at, entry.recorded_at))
            times[stretch] = min(first_at, entry.recorded_at), max(last_at, entry.recorded_at)
        cursor.execute(INSERT_WAYS, as_columns(ways, 3))
        cursor.execute(UPSERT_TIMES, as_columns(((stretch, *span) for stretch, span in times.items()), 3))


def _ways(entry: LoggedEvent) -> Iterator[tuple[str, str]]:
    origin = entry.origin
    yield "actor", origin.actor
    yield "source", origin.source
    yield "event", topic_of(type(entry.event)).partition("/")[0]
    if origin.correlation:
        yield "correlation", origin.correlation


# --- queries


def stretches_with(
    cursor: Cursor,
    wanted: Mapping[str, Sequence[str]],
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int | None = None,
) -> list[range]:
    """The newest stretches with all of `wanted`, one of the values of each way, recorded within `[since, until)`.

    They begin before a position. What is wanted occurs in each of them, if not necessarily in one event.
    """
    parameters: dict[str, Any] = {"since": since, "until": until, "before": before, "limit": limit}
    conditions = [
        "(%(since)s::timestamptz IS NULL OR last_at >= %(since)s)",
        "(%(until)s::timestamptz IS NULL OR first_at < %(until)s)",
        f"(%(before)s::bigint IS NULL OR stretch * {STRETCH_POSITIONS} < %(before)s)",
    ]
    for way, values in wanted.items():
        parameters[way] = list(values)
        conditions.append(
            f"EXISTS (SELECT FROM ways_into_log AS way WHERE way.way = '{way}' AND way.value = ANY(%({way})s)"
            " AND way.stretch = times_of_log.stretch)"
        )
    rows = cursor.execute(
        f"SELECT stretch FROM times_of_log WHERE {' AND '.join(conditions)} ORDER BY stretch DESC LIMIT %(limit)s",
        parameters,
    )
    return [range(stretch * STRETCH_POSITIONS, (stretch + 1) * STRETCH_POSITIONS) for (stretch,) in rows]


AREA = Area(recorded=(Audit(),))
