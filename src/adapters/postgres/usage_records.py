"""Usage records in PostgreSQL: added by the parts of batches, read by account to be booked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from eventsourcing.postgres import PostgresDatastore
from psycopg import Cursor
from psycopg.rows import tuple_row

from adapters.postgres.datastore import lift_cap
from adapters.postgres.failures import translated_errors
from adapters.postgres.recorder import copy_rows
from billing_core.usage.mediation.batches import RefusedUsage, UsageRecord
from billing_core.usage.mediation.booking import DayRecords
from billing_core.usage.mediation.deliveries import UsageReceived
from commands.platform.ports import KnownRecord
from commands.usage.batch import batch_named
from commands.usage.ports import BatchId

ROWS_AT_ONCE = 2_000
COLUMNS = ("text", "text", "int8", "text", "text", "text", "date", "numeric", "text", "bool")
COPY_RECORDS = """
    COPY billing.usage_records
        (source, batch, number, account, subscription, component, used_on, quantity, reference, is_left_out)
    FROM STDIN (FORMAT BINARY)
"""
SELECT_OF_REFERENCES = """
    SELECT batch, number, account, subscription, component, used_on, quantity, reference FROM billing.usage_records
    WHERE source = %s AND reference = ANY(%s) AND reference <> '' AND NOT is_left_out AND NOT EXISTS (
        SELECT FROM billing.usage_refused AS refused WHERE refused.source = usage_records.source
        AND refused.batch = usage_records.batch AND refused.number = usage_records.number)
"""
SELECT_UNBOOKED = """
    SELECT name FROM live.usage_batches WHERE state IN ('receiving', 'received', 'booking') ORDER BY name
"""
SELECT_REFUSED = "SELECT DISTINCT batch FROM live.usage_unbooked ORDER BY batch"
SELECT_DAYS = """
    SELECT account, subscription, component, used_on, array_agg(quantity ORDER BY number)
    FROM billing.usage_records WHERE source = %s AND batch = %s AND account > %s AND NOT is_left_out
    GROUP BY account, subscription, component, used_on ORDER BY account, subscription, component, used_on
"""
# A batch with no row taken has no instants, and so no days.
SELECT_DAYS_OF_ROWS = """
    SELECT account, subscription, component, used_on,
           coalesce(array_agg((quantity::numeric / 1000000) ORDER BY line) FILTER (WHERE component <> ALL(%s)), '{}'),
           sum(seconds)::bigint, sum(bytes_in + bytes_out)::bigint, count(*) FILTER (WHERE component = ANY(%s))
    FROM billing.usage_rows WHERE started_at BETWEEN %s AND %s AND source = %s AND batch = %s AND account > %s
    GROUP BY account, subscription, component, used_on ORDER BY account, subscription, component, used_on
"""
SELECT_DAYS_OF_REFUSED = """
    SELECT account, subscription, component, used_on, array_agg((quantity::numeric / 1000000) ORDER BY line),
           sum(seconds)::bigint, sum(bytes_in + bytes_out)::bigint
    FROM billing.usage_rows JOIN unnest(%s::text[], %s::text[], %s::text[], %s::date[])
        AS refused (account, subscription, component, used_on) USING (account, subscription, component, used_on)
    WHERE started_at BETWEEN %s AND %s AND source = %s AND batch = %s
    GROUP BY account, subscription, component, used_on ORDER BY account, subscription, component, used_on
"""
OF_DAYS = """
    FROM billing.usage_records JOIN unnest(%s::text[], %s::text[], %s::text[], %s::date[]) WITH ORDINALITY
        AS refused (account, subscription, component, used_on, place)
    USING (account, subscription, component, used_on)
    WHERE source = %s AND batch = %s AND NOT is_left_out
"""
SELECT_NUMBERS = f"SELECT number, place {OF_DAYS} ORDER BY number"
INSERT_REFUSED = f"INSERT INTO billing.usage_refused (source, batch, number) SELECT source, batch, number {OF_DAYS}"
INSERT_DISCARDED = """
    INSERT INTO billing.usage_refused (source, batch, number)
    SELECT source, batch, number FROM billing.usage_records WHERE source = %s AND batch = %s AND NOT is_left_out
"""


def add_records(cursor: Cursor[Any], batch: BatchId, records: Iterable[UsageRecord], left_out: Collection[int]) -> None:
    """Add the records of a part of a batch within the caller's transaction."""
    rows = (
        (
            *batch, record.number, record.account, record.subscription, record.component, record.on,
            record.quantity.normalize(), record.reference, record.number in left_out,
        )
        for record in records
    )  # fmt: skip
    copy_rows(cursor, COPY_RECORDS, COLUMNS, rows)


def records_of(cursor: Cursor[Any], source: str, references: Collection[str]) -> dict[str, KnownRecord]:
    """The records that a source has sent under these references, by reference."""
    rows = cursor.execute(SELECT_OF_REFERENCES.encode(), (source, list(references)))
    return {row[-1]: KnownRecord(row[0], UsageRecord(*row[1:])) for row in rows}


def refuse_records(cursor: Cursor[Any], batch: BatchId, refused: Sequence[RefusedUsage]) -> None:
    """Note records that could not be booked within the caller's transaction.

    Planned anew each time: a plan for any number of records is one for few, and takes minutes with thousands.
    """
    cursor.execute(INSERT_REFUSED.encode(), (*_days(refused), *batch), prepare=False)


def discard_records(cursor: Cursor[Any], batch: BatchId) -> None:
    """Note that no record of a batch will be booked within the caller's transaction."""
    cursor.execute(INSERT_DISCARDED, batch)


def _place(received: UsageReceived) -> tuple[Any, ...]:
    """What names the rows of a batch, with the instants between which they began."""
    return received.first_at, received.last_at, received.source, received.batch


def _days(refused: Sequence[RefusedUsage]) -> list[list[Any]]:
    """What names the refused records, in columns."""
    return [[each.account for each in refused], [each.subscription for each in refused],
            [each.component for each in refused], [each.on for each in refused]]  # fmt: skip


class PostgresUsageRecords:
    """Implements `commands.usage.ports.UsageRecords`."""

    def __init__(self, datastore: PostgresDatastore) -> None:
        self._datastore = datastore

    def unbooked(self) -> list[BatchId]:
        return [batch_named(name) for (name,) in self._read(SELECT_UNBOOKED, ())]

    def with_refused(self) -> list[BatchId]:
        return [batch_named(name) for (name,) in self._read(SELECT_REFUSED, ())]

    def days(self, batch: BatchId, after_account: str) -> Iterator[DayRecords]:
        for row in self._read(SELECT_DAYS, (*batch, after_account)):
            yield DayRecords(*row)

    def days_of_rows(self, received: UsageReceived, after_account: str, rated: Collection[str]) -> Iterator[DayRecords]:
        return self._days_of_rows(SELECT_DAYS_OF_ROWS, (list(rated), list(rated), *_place(received), after_account))

    def days_of_refused(self, received: UsageReceived, refused: Sequence[RefusedUsage]) -> Iterator[DayRecords]:
        return self._days_of_rows(SELECT_DAYS_OF_REFUSED, (*_days(refused), *_place(received)))

    def _days_of_rows(self, statement: str, parameters: Sequence[Any]) -> Iterator[DayRecords]:
        for row in self._read(statement, parameters):
            day = DayRecords(*row)
            yield day._replace(quantities=[quantity.normalize() for quantity in day.quantities])

    def numbers_of(self, batch: BatchId, refused: Sequence[RefusedUsage]) -> Iterator[tuple[int, RefusedUsage]]:
        if not refused:
            return
        for number, place in self._read(SELECT_NUMBERS, (*_days(refused), *batch)):
            yield number, refused[place - 1]

    def _read(self, statement: str, parameters: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        """Rows as they are asked for, however long that takes: a transaction that only reads keeps nobody waiting."""
        with translated_errors(), self._datastore.transaction(commit=False) as reader:
            lift_cap(reader)
            reader.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor = reader.connection.cursor(name="usage_records", row_factory=tuple_row)
            cursor.execute(statement.encode(), parameters, binary=True)
            while rows := cursor.fetchmany(ROWS_AT_ONCE):
                yield from rows
