"""The months of usage rows: which there are, what they hold, and their removal; each is one partition."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from psycopg import Cursor, sql

from adapters.postgres.datastore import lift_cap
from billing_core.usage.mediation.deliveries import month_partition
from billing_core.usage.retention import MonthOfRows, MonthSums
from projections.usage.kept_rows import kept_of_month, received_by_month

SELECT_MONTHS = """
    SELECT replace(substr(relname, 12), '_', '-') FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'billing.usage_rows'::regclass ORDER BY 1
"""
SELECT_LAST_PURGED = """
    SELECT substr(max(originator_id), 13) FROM billing.events
    WHERE originator_id >= 'usage-month/' AND originator_id < 'usage-month0'
"""
# By day, so that a question about some days reads a part of the file alone.
COPY_OUT = """
    COPY (
        SELECT (extract(epoch FROM started_at) * 1000000)::int8 AS started_at, used_on, source, key, batch, line, kind,
               subscriber, account, subscription, component, number, network, session, direction, seconds, quantity,
               bytes_in, bytes_out
        FROM billing.usage_rows WHERE started_at >= {} AND started_at < {}
        ORDER BY used_on, started_at, source, key
    ) TO STDOUT (FORMAT CSV, HEADER)
"""
SUMS_OF_ROWS = """
    SELECT count(*), coalesce(sum(seconds), 0)::int8, coalesce(sum(quantity), 0)::int8,
           coalesce(sum(bytes_in), 0)::int8, coalesce(sum(bytes_out), 0)::int8
    FROM billing.usage_rows WHERE started_at >= %s AND started_at < %s
"""
SUMS_KEPT = """
    SELECT coalesce(sum(records), 0)::int8, coalesce(sum(seconds), 0)::int8, coalesce(sum(quantity), 0)::int8,
           coalesce(sum(bytes_in), 0)::int8, coalesce(sum(bytes_out), 0)::int8
    FROM billing.usage_hours WHERE hour_at >= %s AND hour_at < %s
"""


def months_with_rows(cursor: Cursor[Any]) -> list[str]:
    """The months that have a partition: `2026-05`."""
    return [month for (month,) in cursor.execute(SELECT_MONTHS)]


def kept_from(cursor: Cursor[Any]) -> datetime:
    """The instant from which rows are kept: the end of the last month that was purged; the epoch without any."""
    row = cursor.execute(SELECT_LAST_PURGED).fetchone()
    return span_of(row[0])[1] if row and row[0] else datetime(1970, 1, 1, tzinfo=UTC)


def rows_of(cursor: Cursor[Any], month: str) -> MonthOfRows:
    """The sums and the batches of the rows of a month; until the transaction ends, nobody adds another one."""
    if month not in months_with_rows(cursor):
        return MonthOfRows(MonthSums(), MonthSums(), {}, {})
    lift_cap(cursor)
    cursor.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(_partition(month)))
    span = span_of(month)
    of_rows, kept = (_one(cursor, statement, span) for statement in (SUMS_OF_ROWS, SUMS_KEPT))
    names = MonthSums.__struct_fields__
    return MonthOfRows(
        MonthSums(**dict(zip(names, of_rows, strict=True))),
        MonthSums(**dict(zip(names, kept, strict=True))),
        kept_of_month(cursor, month),
        received_by_month(cursor).get(month, {}),
    )  # fmt: skip


def csv_of(cursor: Cursor[Any], month: str) -> Iterator[memoryview]:
    """The rows of a month as CSV with a heading, by day and time; instants in microseconds of the epoch."""
    statement = sql.SQL(COPY_OUT).format(*map(sql.Literal, span_of(month)))
    with cursor.copy(statement) as copy:
        for part in copy:
            yield memoryview(part)


def remove_rows_of(cursor: Cursor[Any], month: str) -> None:
    """Remove the partition of a month within the caller's transaction."""
    cursor.execute(sql.SQL("DROP TABLE {}").format(_partition(month)))


def span_of(month: str) -> tuple[datetime, datetime]:
    """The first instant of a month in UTC, and that of the next one."""
    year, number = map(int, month.split("-"))
    return datetime(year, number, 1, tzinfo=UTC), datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)


def _one(cursor: Cursor[Any], statement: str, span: tuple[datetime, datetime]) -> Any:
    return cursor.execute(statement.encode(), span).fetchone()


def _partition(month: str) -> sql.Identifier:
    return sql.Identifier("billing", month_partition(month))
