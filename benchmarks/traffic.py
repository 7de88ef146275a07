"""Reports of traffic: from the sums of a month in PostgreSQL, and from a year of archived rows by DuckDB.

`python -m benchmarks.traffic 2000000 100000000` for a month of so many rows, and a year of so many archived ones. Sums
and files are made without their rows where rows are not what is measured.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from adapters.bootstrap.initialising import initialise
from adapters.files.usage_archive import INSTANT, READ_AS, TEXTS, archive_path
from adapters.files.usage_parquet import archived_traffic
from adapters.postgres.server import create_database, running_server
from adapters.postgres.usage_partitions import make_missing
from adapters.postgres.usage_sums import add_up
from benchmarks.measurement import drop, note, report
from projections.usage.traffic import Asked, traffic

ROWS = 1_000_000
ARCHIVED = 10_000_000
SUBSCRIBERS = 100_000
SERVICES = 12
TURNS = 7
OCTOBER = date(2026, 10, 1), date(2026, 11, 1)
OCTOBER_SINCE_1970 = (2026 - 1970) * 12 + 9
YEAR = date(2026, 1, 1), date(2027, 1, 1)
MAKE_ROWS = """
    SELECT setseed(0.5);
    INSERT INTO billing.usage_rows
    SELECT began AS started_at, (began AT TIME ZONE 'UTC')::date AS used_on, 'pbx'::text AS source,
           'k' || n AS key, 'b' || n / 100000 AS batch, n %% 100000 + 1 AS line,
           CASE WHEN n %% 4 = 0 THEN 'call' ELSE 'data' END AS kind, '420' || 600000000 + who AS subscriber,
           'A' || lpad(who::text, 6, '0') AS account, 'main'::text AS subscription,
           CASE WHEN n %% 4 = 0 THEN 'calls' ELSE 'data' END AS component, '420601000001'::text AS number,
           'nas' || who %% 20 AS network, ''::text AS session, ''::text AS direction, n %% 300 AS seconds,
           0 AS quantity, n %% 1000000 AS bytes_in, n %% 100000 AS bytes_out
    FROM generate_series(0, %s - 1) AS n, LATERAL (
        SELECT timestamptz '2026-10-01 00:00+00' + n * (interval '31 days' / %s) AS began,
               (random() * %s)::int AS who WHERE n IS NOT NULL) AS chosen;
"""
APPEND_SUMS = """
    INSERT INTO billing.usage_sums_added
    SELECT date_trunc('hour', started_at, 'UTC'), used_on, account, subscription, component, kind, network, direction,
           count(*), sum(seconds), sum(quantity), sum(bytes_in), sum(bytes_out)
    FROM billing.usage_rows GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""


def main(server_url: str, rows: int = ROWS, archived: int = ARCHIVED) -> None:
    """The median of some turns of each question."""
    url = create_database(server_url, "bench_traffic")
    initialise(url)
    with psycopg.connect(url, autocommit=True) as connection:
        _fill(connection, rows)
        cursor = connection.cursor()
        cursor.execute("SET search_path TO live")
        one = "A000007"
        _measure("subscriber_month", 20, lambda: traffic(cursor, Asked("component", "day", *OCTOBER, account=one)))
        _measure("network_month_by_day", 300, lambda: traffic(cursor, Asked("network", "day", *OCTOBER)))
        _measure("network_month_by_hour", 300, lambda: traffic(cursor, Asked("all", "hour", *OCTOBER)))
    drop(server_url, "bench_traffic")
    with TemporaryDirectory(prefix="billing-bench-archive-") as folder:
        archive = Path(folder)
        _archive(archive, archived)
        size = sum(path.stat().st_size for path in archive.iterdir())
        note(f"{archived:,} archived rows in {size / 1e6:,.0f} MB")
        asked = Asked("component", "month", *YEAR)
        assert len(archived_traffic(archive, asked, [])) == 12 * SERVICES
        _measure(f"archived_{archived}_by_month_and_service", 2_000, lambda: archived_traffic(archive, asked, []))


def _fill(connection: psycopg.Connection[Any], rows: int) -> None:
    """A month of rows and their sums as they are appended, then added up."""
    with connection.transaction():
        make_missing(connection.cursor(), [OCTOBER_SINCE_1970])
    for statement in MAKE_ROWS.split(";")[:-1]:
        given = (rows, rows, SUBSCRIBERS - 1) if "%s" in statement else None
        connection.execute(statement.encode(), given)
    connection.execute(APPEND_SUMS)
    started = time.perf_counter()
    while add_up(connection.cursor()):
        pass
    note(f"{rows:,} rows added up in {time.perf_counter() - started:.1f} s")
    connection.execute("VACUUM ANALYZE billing.usage_sums, billing.usage_sums_added, billing.usage_totals")


def _archive(folder: Path, rows: int) -> None:
    """A year of archived rows, a file a month, sorted by day."""
    chosen = np.random.default_rng(1)
    for month in range(1, 13):
        first, next_ = (datetime(2026 + at // 12, at % 12 + 1, 1, tzinfo=UTC) for at in (month - 1, month))
        count = rows // 12
        started_at = np.sort(chosen.integers(_microseconds(first), _microseconds(next_), count))
        columns: dict[str, Any] = {
            "started_at": pa.array(started_at).cast(INSTANT),
            "used_on": pa.array(started_at // 86_400_000_000).cast(pa.int32()).cast(pa.date32()),
            **{name: _texts(name, chosen, count) for name in TEXTS},
            "line": pa.array(np.arange(1, count + 1)),
            "seconds": pa.array(chosen.integers(0, 300, count)),
            "quantity": pa.array(np.zeros(count, dtype=np.int64)),
            "bytes_in": pa.array(chosen.integers(0, 10**7, count)),
            "bytes_out": pa.array(chosen.integers(0, 10**6, count)),
        }
        table = pa.table({name: columns[name] for name in READ_AS})
        pq.write_table(table, archive_path(folder, f"{first:%Y-%m}"), compression="zstd")


def _texts(name: str, chosen: np.random.Generator, count: int) -> Any:
    """Texts of a column: as many different ones as there may be, but for keys, which no question reads."""
    different = {"component": SERVICES, "network": 20, "account": SUBSCRIBERS, "subscriber": SUBSCRIBERS}.get(name, 1)
    known = pa.array([f"{name}{number:06}" for number in range(different)])
    return known.take(pa.array(chosen.integers(0, different, count)))


def _microseconds(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


def _measure(name: str, limit: float, ask: Callable[[], Any]) -> None:
    seconds = []
    for _ in range(TURNS):
        started = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - started)
    report(f"traffic_{name}", 1e3 * median(seconds), "ms", limit)


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as own_server_url:
        main(own_server_url, *map(int, sys.argv[1:]))
