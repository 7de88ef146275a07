"""Every report at 100,000 customers with two years: seconds until its first page and its totals are there.

`python -m benchmarks.reports 2000 1000000` for a smaller base and fewer archived rows. Besides: a report by month over
10^8 archived lines of documents, by DuckDB from Parquet files, and what the views cost who catches up.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from adapters.bootstrap.application import Application
from adapters.files.report_books import BooksCursor, add_view, opened_books, views_in_books
from adapters.postgres.server import running_server
from adapters.reports.ready import ready_reports, ready_views
from benchmarks import dashboards
from benchmarks.books import books
from benchmarks.catch_up import BESIDE, timed
from benchmarks.many_books import many_books
from benchmarks.measurement import note, report
from projections.platform.rebuild import build_beside, drop_schema
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.answers import Asked, part_of, rows_of
from projections.reports.definition import Report
from projections.reports.parameters import values_of
from projections.reports.views import View

CUSTOMERS = 100_000
ARCHIVED = 100_000_000
EVENTS = 100_000
TODAY = date(2025, 12, 31)  # The demo's year ends.
PAGE = 100
TURNS = 5
MOST_MILLISECONDS = 2_000
LARGEST = """
    SELECT relname, reltuples::bigint FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = 'live' AND relkind = 'r' ORDER BY reltuples DESC LIMIT 1
"""
KINDS = {
    "day": "day", "month": "day", "instant": "instant", "flag": "flag", "count": "count", "money": "amount",
    "quantity": "number", "share": "number",
}  # fmt: skip
CONSTANT = {
    "day": "first_on", "instant": "NULL::TIMESTAMPTZ", "flag": "false", "count": "1::BIGINT",
    "amount": "1.0::DECIMAL(18, 6)", "number": "21.0::DECIMAL(38, 12)", "text": "''",
}  # fmt: skip


def main(server_url: str, customers: int = CUSTOMERS, archived: int = ARCHIVED) -> None:
    """All reports with what is not given by default, the slowest last; the archive; catching up."""
    with many_books(server_url, "bench_reports", customers) as url:
        _measure_all(url)
    with TemporaryDirectory(prefix="billing-bench-archive-") as folder:
        _measure_archive(Path(folder), archived)
    with books(server_url, min(EVENTS, customers)) as url:
        _measure_catch_up(url)


def _measure_all(url: str) -> None:
    application = Application(url)
    count = _seconds_of_count(url)
    found = {each.name: _seconds_of(application, each) for each in ready_reports().values()}
    for name, seconds in sorted(found.items(), key=lambda each: each[1]):
        report(f"report_{name}", 1e3 * seconds, "ms", MOST_MILLISECONDS)
    slowest = max(found, key=lambda name: found[name])
    note(f"the slowest is {slowest}")
    report("slowest_report_to_count_of_largest_table", found[slowest], "s", count)
    dashboards.measure(application, TODAY)
    application.close()


def _seconds_of(application: Application, asked: Report) -> float:
    """The first page and the totals, once: as for the first one who asks that day."""
    question = Asked(asked, values_of(asked, {}, TODAY))

    def ask() -> None:
        with application.tables.transaction(LIVE_SCHEMA) as cursor:
            part_of(cursor, question, ready_views(), PAGE)

    return timed(ask)


def _seconds_of_count(url: str) -> float:
    """A bare count of the largest table, row after row, by one process."""
    with psycopg.connect(url) as connection:
        ((table, rows),) = connection.execute(LARGEST).fetchall()
        connection.execute("SET max_parallel_workers_per_gather = 0")
        connection.execute("SET enable_indexonlyscan = off")
        note(f"the largest table is {table} with about {rows:,} rows")
        return median(timed(lambda: connection.execute(f"SELECT count(*) FROM live.{table}".encode()).fetchall())
                      for _ in range(3))  # fmt: skip


def _measure_archive(folder: Path, rows: int) -> None:
    """Lines of documents of two years, a file a month, summed by month by the report that does so."""
    view, asked = ready_views()["document_lines"], ready_reports()["revenue-by-month"]
    types = {column.name: KINDS.get(column.kind, "text") for column in view.columns}
    with opened_books() as connection:
        files = [_write_month(connection, folder, view, types, month, rows // 24) for month in range(24)]
        note(f"{rows:,} archived rows in {sum(path.stat().st_size for path in files) / 1e6:,.0f} MB")
        header = ",".join(types).encode() + b"\n"
        add_view(connection, view, types, [memoryview(header)], files)
        question = Asked(asked, values_of(asked, {"from": "2024-01-01", "to": "2026-01-01"}, TODAY))
        cursor: Any = BooksCursor(connection)
        found = rows_of(cursor, question, views_in_books(ready_views()))
        assert len(found) == 2 * 24, f"{len(found)} rows of 24 months in two currencies"
        seconds = _median_of(lambda: rows_of(cursor, question, views_in_books(ready_views())))
    report(f"archived_{rows}_lines_by_month", 1e3 * seconds, "ms", MOST_MILLISECONDS)


def _write_month(connection: Any, folder: Path, view: View, types: dict[str, str], month: int, rows: int) -> Path:
    """Rows of some days, with five thousand amounts; most of the other columns have one value."""
    first_on = date(2024 + month // 12, month % 12 + 1, 1)
    path = folder / f"month={first_on:%Y-%m}.parquet"
    chosen = {
        "issued_on": "(first_on + (n * 28 // rows)::INTEGER)::DATE",
        "net": "((random() * 5000)::INTEGER / 100.0)::DECIMAL(18, 6)",
        "currency": "CASE WHEN n % 10 = 0 THEN 'USD' ELSE 'EUR' END",
        "kind": "CASE WHEN n % 50 = 0 THEN 'credit-note' ELSE 'invoice' END",
        "tariff": "'t' || (random() * 50)::INTEGER",
    }  # fmt: skip
    columns = ", ".join(f'{chosen.get(name, CONSTANT[kind])} AS "{name}"' for name, kind in types.items())
    connection.execute(
        f"""COPY (SELECT {columns} FROM (SELECT range AS n, DATE '{first_on}' AS first_on, {rows} AS rows
            FROM range({rows}))) TO '{path}' (FORMAT PARQUET, COMPRESSION ZSTD)"""
    )
    return path


def _measure_catch_up(url: str) -> None:
    """Events per second with the views of the schema `report` in place and without them, turn about."""
    application = Application(url)
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(TURNS):
        for has_views, found in seconds.items():
            with application.tables.transaction(LIVE_SCHEMA) as cursor:
                cursor.execute("DROP SCHEMA IF EXISTS report CASCADE")
                cursor.execute("CREATE SCHEMA report")
            if has_views:
                application.make_views()
            found.append(
                timed(lambda: build_beside(application.log, application.tables, application.projections, BESIDE))
            )
            drop_schema(application.tables, BESIDE)
    report("catch_up_with_views_to_without", median(seconds[False]) / median(seconds[True]), "of without", 0.9)
    application.close()


def _median_of(ask: Callable[[], object]) -> float:
    seconds = []
    for _ in range(TURNS):
        started = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - started)
    return median(seconds)


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as own_server_url:
        main(own_server_url, *map(int, sys.argv[1:]))
