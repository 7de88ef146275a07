"""Traffic of archived rows: the Parquet files of months, asked by DuckDB.

It answers the same questions as the sums by the hour, from the rows themselves: for long questions, and as a proof that
the archive is whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from projections.usage.traffic import MILLION, Asked, Every, TrafficBy, TrafficRow, ValueOnDays

FILES = "usage-????-??.parquet"
HOUR_MICROSECONDS = 3_600_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
VALUES = pa.schema(
    [("account", pa.string()), ("subscription", pa.string()), ("value", pa.string()), ("from_on", pa.date32()),
     ("to_on", pa.date32())]
)  # fmt: skip
OF_SUBSCRIPTION = "coalesce(had.value, usual.value, '')"
VALUE: Mapping[TrafficBy, str] = {
    "network": "network", "kind": "kind", "component": "component", "direction": "direction",
    "subscriber": "usage.account || '/' || usage.subscription", "all": "''",
}  # fmt: skip
STEPS: Mapping[Every, tuple[str, str]] = {
    "hour": ("used_on", f"epoch_us(started_at) // {HOUR_MICROSECONDS}"),
    "day": ("used_on", "NULL"),
    "month": ("date_trunc('month', used_on)::DATE", "NULL"),
    "all": ("$from_on::DATE", "NULL"),
}
JOINS = """
    LEFT JOIN of_subscriptions AS usual
        ON usual.account = usage.account AND usual.subscription = usage.subscription AND usual.from_on IS NULL
    LEFT JOIN of_subscriptions AS had
        ON had.account = usage.account AND had.subscription = usage.subscription
        AND used_on >= had.from_on AND used_on < had.to_on
"""
SELECT = """
    SELECT {day} AS day, {hour} AS hour, {value} AS of, count(*), sum(seconds), sum(quantity), sum(bytes_in),
           sum(bytes_out)
    FROM usage {joins}
    WHERE {conditions} GROUP BY ALL ORDER BY ALL
"""


def opened_archive(folder: Path) -> Any:
    """A connection of DuckDB with the archived rows as the view `usage`."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"CREATE VIEW usage AS SELECT * FROM read_parquet('{_quoted(folder / FILES)}')")
    return connection


def archived_traffic(folder: Path, asked: Asked, values: Sequence[ValueOnDays]) -> list[TrafficRow]:
    """The traffic of archived rows in order of time and value; `values` are those that rows do not have."""
    day, hour = STEPS[asked.every]
    is_of_rows = asked.by in VALUE
    value = VALUE.get(asked.by, OF_SUBSCRIPTION)
    narrowed = {"kind": "kind", "account": "usage.account", "of": value}
    wanted = {"from_on": asked.from_on, "to_on": asked.to_on}
    wanted |= {name: getattr(asked, name) for name in narrowed if getattr(asked, name)}
    # A column of which nothing is asked is not read.
    conditions = ["used_on >= $from_on AND used_on < $to_on"]
    conditions += [f"{column} = ${name}" for name, column in narrowed.items() if name in wanted]
    statement = SELECT.format(
        day=day, hour=hour, value=value, joins="" if is_of_rows else JOINS, conditions=" AND ".join(conditions)
    )
    with opened_archive(folder) as connection:
        if not is_of_rows:
            columns = zip(*values, strict=True) if values else [[] for _ in VALUES]
            connection.register("of_subscriptions", pa.table([list(each) for each in columns], schema=VALUES))
        return [_row(*row) for row in connection.execute(statement, wanted).fetchall()]


def _row(on: date, hour: int | None, of: str, records: int, seconds: int, quantity: int, *both: int) -> TrafficRow:
    at = None if hour is None else EPOCH + hour * timedelta(hours=1)
    return TrafficRow(on, at, of, records, seconds, Decimal(quantity) / MILLION, *both)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
