"""What did each source deliver: which batches, up to which instant, and which of its numbers are missing?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.usage.mediation.batches import RefusedUsage, UsageBatchBooked, UsageBatchBookedAgain
from billing_core.usage.mediation.deliveries import Numbers, UsageReceived, WaitingUsageDismissed, gaps_in
from projections.platform.projection import Cursor, LoggedEvent, as_columns

COLUMNS = {
    "source": "text", "batch": "text", "profile": "text", "file_hash": "text", "again_of": "text", "taken": "int8",
    "repeated": "int8", "refused": "int8", "mended": "int8", "first_at": "timestamptz", "last_at": "timestamptz",
    "first_number": "int8", "last_number": "int8", "received_at": "timestamptz",
}  # fmt: skip
INSERT = f"""
    INSERT INTO usage_deliveries ({", ".join(COLUMNS)})
    SELECT * FROM unnest({", ".join(f"%b::{kind}[]" for kind in COLUMNS.values())})
"""
# The sums of a page, and the numbers that it brought, are added to those of the source.
ADD_TO_SOURCES = f"""
    INSERT INTO usage_sources AS known
        (source, batches, taken, repeated, refused, mended, dismissed, last_at, last_batch, received_at, numbers)
    SELECT source, count(*), sum(taken), sum(repeated), sum(refused), sum(mended), 0, max(last_at),
           (array_agg(batch ORDER BY place DESC))[1], (array_agg(received_at ORDER BY place DESC))[1],
           coalesce(range_agg(int8range(first_number, last_number, '[]')) FILTER (WHERE first_number IS NOT NULL),
                    '{{}}')
    FROM unnest({", ".join(f"%b::{kind}[]" for kind in COLUMNS.values())})
        WITH ORDINALITY AS page ({", ".join(COLUMNS)}, place)
    GROUP BY source
    ON CONFLICT (source) DO UPDATE SET batches = known.batches + excluded.batches,
        taken = known.taken + excluded.taken, repeated = known.repeated + excluded.repeated,
        refused = known.refused + excluded.refused, mended = known.mended + excluded.mended,
        last_at = greatest(known.last_at, excluded.last_at), last_batch = excluded.last_batch,
        received_at = excluded.received_at, numbers = known.numbers + excluded.numbers
"""
ADD_DISMISSED = """
    UPDATE usage_sources AS known SET dismissed = known.dismissed + page.dismissed
    FROM unnest(%b::text[], %b::int8[]) AS page (source, dismissed) WHERE known.source = page.source
"""
UNBOOKED = {
    "batch": "text", "account": "text", "subscription": "text", "component": "text", "used_on": "date",
    "records": "int8", "field": "text", "value": "text", "reason": "text",
}  # fmt: skip
PLACE = "account || '/' || subscription || '/' || component || '/' || to_char(used_on, 'YYYY-MM-DD') || '/' || batch"
# Days of batches that came by parts are reported to who sent them, and not tried again.
INSERT_UNBOOKED = f"""
    INSERT INTO usage_unbooked (place, {", ".join(UNBOOKED)})
    SELECT {PLACE}, {", ".join(f"page.{name}" for name in UNBOOKED)}
    FROM unnest({", ".join(f"%b::{kind}[]" for kind in UNBOOKED.values())}) AS page ({", ".join(UNBOOKED)})
    WHERE EXISTS (SELECT FROM usage_deliveries AS known WHERE known.source = split_part(page.batch, ':', 1)
                  AND known.batch = substr(page.batch, strpos(page.batch, ':') + 1))
"""
DELETE_UNBOOKED = f"""
    DELETE FROM usage_unbooked WHERE place IN (
        SELECT {PLACE} FROM unnest({", ".join(f"%b::{kind}[]" for kind in UNBOOKED.values())})
            AS page ({", ".join(UNBOOKED)}))
"""
# Each span of numbers that follow each other, with what came in it.
SELECT_SOURCES = """
    SELECT source, batches, taken, repeated, refused, refused - mended - dismissed, last_batch, received_at, last_at,
           ARRAY(SELECT lower(span) FROM unnest(numbers) AS span ORDER BY span),
           ARRAY(SELECT upper(span) - 1 FROM unnest(numbers) AS span ORDER BY span)
    FROM usage_sources WHERE source > %s ORDER BY source LIMIT %s
"""
SELECT_BEFORE_GAP = """
    SELECT max(last_at) FROM usage_deliveries
    WHERE source = %s AND (first_number IS NULL OR first_number < %s)
"""


class SourceRow(msgspec.Struct, frozen=True):
    """A source as listed: what came of it, how many of its records wait, and its newest batch.

    It has delivered up to `delivered_until`: its newest record, or if numbers are missing, the newest one before them.
    When its newest batch came, its newest record was `lag_seconds` old.
    """

    source: str
    batches: int
    taken: int
    repeated: int
    refused: int
    waiting: int
    last_batch: str
    received_at: datetime
    delivered_until: datetime | None
    lag_seconds: int | None
    missing: tuple[Numbers, ...]


class UsageDeliveries:
    """Every batch of every source, and what became of its records."""

    name = "usage-deliveries"
    version = 1
    tables = ("usage_deliveries", "usage_sources", "usage_unbooked")
    streams = ("usage",)
    by_stream = False
    definition = """
        CREATE TABLE usage_deliveries (
            source text COLLATE "C" NOT NULL, batch text COLLATE "C" NOT NULL, profile text NOT NULL,
            file_hash text COLLATE "C" NOT NULL, again_of text COLLATE "C" NOT NULL, taken bigint NOT NULL,
            repeated bigint NOT NULL, refused bigint NOT NULL, mended bigint NOT NULL, first_at timestamptz,
            last_at timestamptz, first_number bigint, last_number bigint, received_at timestamptz NOT NULL,
            PRIMARY KEY (source, batch)
        );
        CREATE TABLE usage_sources (
            source text COLLATE "C" PRIMARY KEY, batches bigint NOT NULL, taken bigint NOT NULL,
            repeated bigint NOT NULL, refused bigint NOT NULL, mended bigint NOT NULL, dismissed bigint NOT NULL,
            last_at timestamptz, last_batch text NOT NULL, received_at timestamptz NOT NULL,
            numbers int8multirange NOT NULL
        );
        CREATE TABLE usage_unbooked (
            place text COLLATE "C" PRIMARY KEY, batch text COLLATE "C" NOT NULL, account text NOT NULL,
            subscription text NOT NULL, component text NOT NULL, used_on date NOT NULL, records bigint NOT NULL,
            field text NOT NULL, value text NOT NULL, reason text NOT NULL
        );
    """
    indexes = "CREATE INDEX ON usage_deliveries (file_hash) WHERE file_hash <> '';"
    folds: tuple[type[Event], ...] = (
        UsageReceived, WaitingUsageDismissed, UsageBatchBooked, UsageBatchBookedAgain,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        received = [_columns(entry.event, entry) for entry in page if isinstance(entry.event, UsageReceived)]
        if received:
            cursor.execute(INSERT, as_columns(received, len(COLUMNS)))
            cursor.execute(ADD_TO_SOURCES, as_columns(received, len(COLUMNS)))
        if refused := [row for entry in page if isinstance(entry.event, UsageBatchBooked)
                       for row in _unbooked(entry.number, entry.event.refused)]:  # fmt: skip
            cursor.execute(INSERT_UNBOOKED, as_columns(refused, len(UNBOOKED)))
        if settled := [row for entry in page if isinstance(entry.event, UsageBatchBookedAgain)
                       for row in _unbooked(entry.number, entry.event.settled)]:  # fmt: skip
            cursor.execute(DELETE_UNBOOKED, as_columns(settled, len(UNBOOKED)))
        dismissed: dict[str, int] = {}
        for entry in page:
            if isinstance(entry.event, WaitingUsageDismissed):
                source = entry.number.partition(":")[0]
                dismissed[source] = dismissed.get(source, 0) + len(entry.event.lines)
        if dismissed:
            cursor.execute(ADD_DISMISSED, as_columns(dismissed.items(), 2))


def _columns(fact: UsageReceived, entry: LoggedEvent) -> Sequence[Any]:
    numbers = (fact.numbers.first, fact.numbers.last) if fact.numbers else (None, None)
    return (
        fact.source, fact.batch, fact.profile, fact.file_hash, fact.again_of, fact.taken, fact.repeated, fact.refused,
        fact.mended, fact.first_at, fact.last_at, *numbers, entry.recorded_at,
    )  # fmt: skip


def _unbooked(batch: str, days: Sequence[RefusedUsage]) -> list[Sequence[Any]]:
    return [(batch, *msgspec.structs.astuple(day)) for day in days]


# --- queries


class UnbookedDay(msgspec.Struct, frozen=True):
    """The records of a batch for one component of a subscription on one day, which cannot be booked, and why.

    `place` is where it stands in the list.
    """

    place: str
    batch: str
    account: str
    subscription: str
    component: str
    on: date
    records: int
    field: str
    value: str
    reason: str


def unbooked_after(cursor: Cursor, after: str, limit: int) -> list[UnbookedDay]:
    """The days that cannot be booked after one of them, by account, subscription, component and day."""
    statement = f"SELECT place, {', '.join(UNBOOKED)} FROM usage_unbooked WHERE place > %s ORDER BY place LIMIT %s"
    return [UnbookedDay(*row) for row in cursor.execute(statement, (after, limit))]


ATTACHMENTS = "SELECT file_hash FROM usage_deliveries WHERE file_hash <> ''"


def sources_after(cursor: Cursor, after: str, limit: int) -> list[SourceRow]:
    """The sources after one of them, in order of name."""
    rows = cursor.execute(SELECT_SOURCES, (after, limit)).fetchall()
    return [_source(cursor, *row) for row in rows]


def _source(
    cursor: Cursor,
    source: str,
    batches: int,
    taken: int,
    repeated: int,
    refused: int,
    waiting: int,
    last_batch: str,
    received_at: datetime,
    last_at: datetime | None,
    first_numbers: Sequence[int],
    last_numbers: Sequence[int],
) -> SourceRow:
    missing = gaps_in(map(Numbers, first_numbers, last_numbers))
    until = last_at
    if missing:
        until = cursor.execute(SELECT_BEFORE_GAP, (source, missing[0].first)).fetchone()[0]
    lag = None if last_at is None else round((received_at - last_at).total_seconds())
    return SourceRow(
        source, batches, taken, repeated, refused, waiting, last_batch, received_at, until, lag, tuple(missing)
    )
