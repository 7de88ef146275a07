"""Which batches of usage came, and how far is each booked?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.usage.mediation.batches import UsageBatchBooked, UsageBatchBookedAgain
from billing_core.usage.mediation.deliveries import UsageReceived
from projections.platform.projection import Cursor, LoggedEvent, as_columns

# Counts are added up; the state is that of the newest event.
UPSERT = """
    INSERT INTO usage_batches AS known (name, records, repeated, refused, booked, state, changed_on)
    SELECT * FROM unnest(%b::text[], %b::int8[], %b::int8[], %b::int8[], %b::int8[], %b::text[], %b::date[])
    ON CONFLICT (name) DO UPDATE SET records = known.records + excluded.records,
        repeated = known.repeated + excluded.repeated, refused = known.refused + excluded.refused,
        booked = known.booked + excluded.booked, state = excluded.state, changed_on = excluded.changed_on
"""
# In progress is what is not booked whole.
SELECT_BATCHES = """
    SELECT name, records, repeated, refused, booked, state, changed_on FROM usage_batches
    WHERE name > %(after)s AND (state IN ('received', 'booking') OR NOT %(in_progress)s)
"""


class BatchRow(msgspec.Struct):
    """A batch as listed: `SOURCE:BATCH`, its counts of records, and its state since `changed_on`.

    It is `received`, `booking` or `booked`.
    """

    name: str
    records: int = 0
    repeated: int = 0
    refused: int = 0
    booked: int = 0
    state: str = ""
    changed_on: date = date.min

    def add(self, fact: Event) -> None:
        """Count what an event says."""
        match fact:
            case UsageReceived():
                self.records += fact.taken + fact.repeated + fact.refused
                self.repeated += fact.repeated
                self.refused += fact.refused
                self.state = "received"
            case UsageBatchBooked():
                self.booked += fact.records
                self.refused += sum(entry.records for entry in fact.refused)
                self.state = "booked" if fact.is_complete else "booking"
            case UsageBatchBookedAgain():
                self.booked += fact.records
                self.refused -= sum(entry.records for entry in fact.settled)
                self.state = "booked"
        self.changed_on = fact.effective_on


class UsageBatches:
    """Every batch of usage with its counts and its state."""

    name = "usage-batches"
    version = 2
    tables = ("usage_batches",)
    streams = ("usage",)
    by_stream = True
    definition = """
        CREATE TABLE usage_batches (
            name text COLLATE "C" PRIMARY KEY, records bigint NOT NULL, repeated bigint NOT NULL,
            refused bigint NOT NULL, booked bigint NOT NULL, state text NOT NULL, changed_on date NOT NULL
        );
    """
    indexes = "CREATE INDEX ON usage_batches (name) WHERE state IN ('received', 'booking');"
    folds: tuple[type[Event], ...] = (UsageReceived, UsageBatchBooked, UsageBatchBookedAgain)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        added: dict[str, BatchRow] = {}
        for entry in page:
            added.setdefault(entry.number, BatchRow(entry.number)).add(entry.event)
        rows: list[Sequence[Any]] = [msgspec.structs.astuple(row) for row in added.values()]
        cursor.execute(UPSERT, as_columns(rows, len(BatchRow.__struct_fields__)))


def batches_after(cursor: Cursor, after: str, limit: int, *, in_progress: bool) -> list[BatchRow]:
    """The batches after one of them, in order of name: all, or those that are not booked whole."""
    statement = f"{SELECT_BATCHES} ORDER BY name LIMIT %(limit)s"
    rows = cursor.execute(statement, {"after": after, "in_progress": in_progress, "limit": limit})
    return [BatchRow(*row) for row in rows]


def count_batches(cursor: Cursor, after: str, *, in_progress: bool) -> int:
    """How many there are of them."""
    counted = f"SELECT count(*) FROM ({SELECT_BATCHES}) AS listed"
    return int(cursor.execute(counted, {"after": after, "in_progress": in_progress}).fetchone()[0])
