"""The partitions of the table of usage rows: one for each month of UTC, made before its first row is written.

A partition is attached without keeping those from their work who write other months. Two who want the same month take
turns: the second one finds it made, or makes it if the first one gave up.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from psycopg import Cursor, sql

from adapters.postgres.usage_months import kept_from
from billing_core.kernel.errors import Conflict
from billing_core.usage.mediation.deliveries import month_partition
from billing_core.usage.mediation.row_checks import month_name

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('billing usage partitions', 0))"
MAKE = (
    "CREATE TABLE billing.{name} (LIKE billing.usage_rows INCLUDING DEFAULTS INCLUDING CONSTRAINTS)",
    "CREATE UNIQUE INDEX {key} ON billing.{name} (source, key)",
    "ALTER TABLE billing.usage_rows ATTACH PARTITION billing.{name} FOR VALUES FROM ({from_at}) TO ({to_at})",
)


def partition_of(month: int) -> str:
    """The name of a month's partition: `usage_rows_2026_10`."""
    return month_partition(month_name(month))


def existing(cursor: Cursor[Any], months: Iterable[int]) -> set[int]:
    """Those of the months that have a partition."""
    names = {partition_of(month): month for month in months}
    found = cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'billing'::regnamespace AND relname = ANY(%s)",
        (list(names),),
    )
    return {names[name] for (name,) in found}


def make_missing(cursor: Cursor[Any], months: Iterable[int]) -> None:
    """Make the partitions that are missing, within the caller's transaction."""
    wanted = set(months)
    if not wanted - existing(cursor, wanted):
        return
    cursor.execute(LOCK)
    since = kept_from(cursor)
    for month in sorted(wanted - existing(cursor, wanted)):
        name = partition_of(month)
        if month_name(month) < f"{since:%Y-%m}":
            raise Conflict("its records were purged meanwhile; send the batch again", field="month",
                           value=month_name(month))  # fmt: skip
        names = {
            "name": sql.Identifier(name),
            "key": sql.Identifier(f"{name}_key"),
            "from_at": sql.Literal(f"{month_name(month)}-01 00:00:00+00"),
            "to_at": sql.Literal(f"{month_name(month + 1)}-01 00:00:00+00"),
        }
        for statement in MAKE:
            cursor.execute(sql.SQL(statement).format(**names))
