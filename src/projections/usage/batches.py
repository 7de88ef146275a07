"""Which batches of usage came, and how far is each booked? Do the records agree with that and with the accounts?

The records are a table of the store, so there is no read model of them: the check of them asks that table.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.usage.mediation.batches import (
    UsageBatchBooked,
    UsageBatchBookedAgain,
    UsageBatchDiscarded,
    UsageBatchReceived,
)
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
# In progress is what is neither booked whole nor discarded.
SELECT_BATCHES = """
    SELECT name, records, repeated, refused, booked, state, changed_on FROM usage_batches
    WHERE name > %(after)s AND (state IN ('receiving', 'received', 'booking') OR NOT %(in_progress)s)
"""


class BatchRow(msgspec.Struct):
    """A batch as listed: `SOURCE:BATCH`, its counts of records, and its state since `changed_on`.

    It is `receiving`, `received`, `booking`, `booked` or `discarded`.
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
            case UsageBatchReceived():
                self.records += fact.records
                self.repeated += fact.repeated
                self.refused += len(fact.refused)
                self.state = "received" if fact.is_last else "receiving"
            case UsageBatchBooked():
                self.booked += fact.records
                self.refused += sum(entry.records for entry in fact.refused)
                self.state = "booked" if fact.is_complete else "booking"
            case UsageBatchBookedAgain():
                self.booked += fact.records
                self.refused -= sum(entry.records for entry in fact.settled)
                self.state = "booked"
            case UsageBatchDiscarded():
                self.state = "discarded"
        self.changed_on = fact.effective_on


class UsageBatches:
    """Every batch of usage with its counts and its state."""

    name = "usage-batches"
    version = 1
    tables = ("usage_batches",)
    streams = ("usage",)
    by_stream = True
    definition = """
        CREATE TABLE usage_batches (
            name text COLLATE "C" PRIMARY KEY, records bigint NOT NULL, repeated bigint NOT NULL,
            refused bigint NOT NULL, booked bigint NOT NULL, state text NOT NULL, changed_on date NOT NULL
        );
    """
    indexes = "CREATE INDEX ON usage_batches (name) WHERE state IN ('receiving', 'received', 'booking');"
    folds: tuple[type[Event], ...] = (
        UsageReceived,
        UsageBatchReceived,
        UsageBatchBooked,
        UsageBatchBookedAgain,
        UsageBatchDiscarded,
    )

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        added: dict[str, BatchRow] = {}
        for entry in page:
            added.setdefault(entry.number, BatchRow(entry.number)).add(entry.event)
        rows: list[Sequence[Any]] = [msgspec.structs.astuple(row) for row in added.values()]
        cursor.execute(UPSERT, as_columns(rows, len(BatchRow.__struct_fields__)))


def batches_after(cursor: Cursor, after: str, limit: int, *, in_progress: bool) -> list[BatchRow]:
    """The batches after one of them, in order of name: all, or those that are neither booked whole nor discarded."""
    statement = f"{SELECT_BATCHES} ORDER BY name LIMIT %(limit)s"
    rows = cursor.execute(statement, {"after": after, "in_progress": in_progress, "limit": limit})
    return [BatchRow(*row) for row in rows]


def count_batches(cursor: Cursor, after: str, *, in_progress: bool) -> int:
    """How many there are of them."""
    counted = f"SELECT count(*) FROM ({SELECT_BATCHES}) AS listed"
    return int(cursor.execute(counted, {"after": after, "in_progress": in_progress}).fetchone()[0])


# --- what must hold

# The lines are those of `billing_core.usage.mediation.batches.canonical_line`.
RECEIVED = """
    WITH parts AS (
        SELECT said ->> 'source' AS source, said ->> 'batch' AS batch, (said ->> 'records')::bigint AS records,
               (said ->> 'first_number')::bigint AS first_number, (said ->> 'last_number')::bigint AS last_number,
               said ->> 'content_hash' AS content_hash
        FROM billing.events, LATERAL (SELECT convert_from(state, 'UTF8')::jsonb AS said) AS decoded
        WHERE originator_id >= 'usage/' AND originator_id < 'usage0'
        AND split_part(topic, '/', 1) = 'usage-batch-received'
    )
    SELECT source || ':' || batch || ' from record ' || first_number || ' on' FROM parts, LATERAL (
        SELECT count(*) AS kept, encode(sha256(convert_to(coalesce(string_agg(
            concat_ws(chr(9), account, subscription, component, to_char(used_on, 'YYYY-MM-DD'), quantity, reference),
            chr(10) ORDER BY number), ''), 'UTF8')), 'hex') AS hash_kept
        FROM billing.usage_records AS record WHERE record.source = parts.source AND record.batch = parts.batch
        AND number BETWEEN first_number AND last_number
    ) AS rows WHERE kept <> records OR hash_kept <> content_hash
    UNION ALL
    SELECT source || ':' || batch || ', number of records' FROM (
        SELECT source, batch, count(*) AS kept FROM billing.usage_records GROUP BY source, batch
    ) AS rows LEFT JOIN (
        SELECT source, batch, sum(records) AS received FROM parts GROUP BY source, batch
    ) AS batches USING (source, batch) WHERE kept IS DISTINCT FROM received
"""
# Of a batch that is not booked whole, only the accounts count up to which it is booked.
BOOKED = """
    WITH steps AS (
        SELECT substr(originator_id, 7) AS batch, convert_from(state, 'UTF8')::jsonb AS said FROM billing.events
        WHERE originator_id >= 'usage/' AND originator_id < 'usage0'
        AND split_part(topic, '/', 1) = 'usage-batch-booked'
    ), batches AS (
        SELECT batch AS name, max((said ->> 'until_account') COLLATE "C") AS until_account FROM steps GROUP BY batch
    ), kept AS (
        SELECT name, account, subscription, component, used_on, sum(quantity) AS quantity
        FROM billing.usage_records AS record JOIN batches ON name = source || ':' || batch AND account <= until_account
        WHERE NOT is_left_out AND NOT EXISTS (
            SELECT FROM billing.usage_refused AS refused WHERE refused.source = record.source
            AND refused.batch = record.batch AND refused.number = record.number)
        GROUP BY name, account, subscription, component, used_on
    ), held AS (
        SELECT said ->> 'batch' AS name, substr(originator_id, 9) AS account, said ->> 'subscription' AS subscription,
               said ->> 'component' AS component, (day ->> 0)::date AS used_on, sum(used::numeric) AS quantity
        FROM billing.events, LATERAL (SELECT convert_from(state, 'UTF8')::jsonb AS said) AS decoded,
            jsonb_array_elements(said -> 'days') AS day, jsonb_array_elements_text(day -> 1) AS used
        WHERE split_part(topic, '/', 1) = 'usage-recorded' AND said ? 'batch'
        AND said ->> 'batch' IN (SELECT DISTINCT source || ':' || batch FROM billing.usage_records)
        GROUP BY 1, 2, 3, 4, 5
    )
    SELECT name || ' ' || account || ' ' || subscription || '/' || component || ' on ' || used_on
    FROM kept FULL JOIN held USING (name, account, subscription, component, used_on)
    WHERE kept.quantity IS DISTINCT FROM held.quantity
"""
INVARIANTS: dict[str, str] = {
    "the records of a usage batch are those that were received": RECEIVED,
    "the usage of a batch on accounts equals its records": BOOKED,
}
