"""Rows of usage in PostgreSQL, read by account to be booked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from eventsourcing.postgres import PostgresDatastore
from psycopg.rows import tuple_row

from adapters.postgres.datastore import lift_cap
from adapters.postgres.failures import translated_errors
from billing_core.usage.mediation.batches import RefusedUsage
from billing_core.usage.mediation.booking import DayRecords
from billing_core.usage.mediation.deliveries import UsageReceived
from commands.usage.batch import batch_named
from commands.usage.ports import BatchId

ROWS_AT_ONCE = 2_000
SELECT_UNBOOKED = """
    SELECT name FROM live.usage_batches WHERE state IN ('received', 'booking') ORDER BY name
"""
SELECT_REFUSED = "SELECT DISTINCT batch FROM live.usage_unbooked ORDER BY batch"
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

    def days_of_rows(self, received: UsageReceived, after_account: str, rated: Collection[str]) -> Iterator[DayRecords]:
        return self._days_of_rows(SELECT_DAYS_OF_ROWS, (list(rated), list(rated), *_place(received), after_account))

    def days_of_refused(self, received: UsageReceived, refused: Sequence[RefusedUsage]) -> Iterator[DayRecords]:
        return self._days_of_rows(SELECT_DAYS_OF_REFUSED, (*_days(refused), *_place(received)))

    def _days_of_rows(self, statement: str, parameters: Sequence[Any]) -> Iterator[DayRecords]:
        for row in self._read(statement, parameters):
            day = DayRecords(*row)
            yield day._replace(quantities=[quantity.normalize() for quantity in day.quantities])

    def _read(self, statement: str, parameters: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        """Rows as they are asked for, however long that takes: a transaction that only reads keeps nobody waiting."""
        with translated_errors(), self._datastore.transaction(commit=False) as reader:
            lift_cap(reader)
            reader.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor = reader.connection.cursor(name="usage_records", row_factory=tuple_row)
            cursor.execute(statement.encode(), parameters, binary=True)
            while rows := cursor.fetchmany(ROWS_AT_ONCE):
                yield from rows
