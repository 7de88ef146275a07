"""A report of 10^6 rows as a workbook: the memory of the process that writes it, and rows per second of processor time.

`python -m benchmarks.report_files 100000` for fewer rows.
"""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory, TemporaryFile

from xlsxwriter import Workbook

from adapters.bootstrap.application import Application
from adapters.bootstrap.initialising import initialise
from adapters.postgres.server import create_database, running_server
from adapters.views.query import Reading
from adapters.views.reports.files import WriteReportWorkbook, write_report_workbook
from benchmarks.measurement import drop, note, report
from projections.platform.runner import LIVE_SCHEMA

ROWS = 1_000_000
TODAY = date(2026, 6, 11)
MOST_MEGABYTES = 300
ACCOUNTS = 100_000
NAME = "bench_report_files"
FILL = f"""
    INSERT INTO income SELECT 'account/' || number %% {ACCOUNTS}, 'bank:' || number, 1, 0, (number %% {ACCOUNTS})::text,
        date '2026-01-01' + number %% 150, 'received', 'transfer', 'bank', 'clerk', 19.90 + number %% 7, 'EUR'
    FROM generate_series(1, %s) AS number
"""


def main(server_url: str, rows: int = ROWS) -> None:
    """In a process of its own, whose memory is that of a program which was just started."""
    url = create_database(server_url, NAME)
    initialise(url)
    application = Application(url)
    with application.tables.transaction(LIVE_SCHEMA) as cursor:
        cursor.execute(FILL, (rows,))
        cursor.execute("ANALYZE income")
    application.close()
    subprocess.run([sys.executable, "-m", __spec__.name if __spec__ else "benchmarks.report_files", url, str(rows)],
                   check=True)  # fmt: skip
    drop(server_url, NAME)


def write(url: str, rows: int) -> None:
    """Write the workbook; then the same cells by the bare library, from one row again and again."""
    application = Application(url)
    query = WriteReportWorkbook(report="income-entries", given={"from": "2026-01-01", "to": "2027-01-01"})
    started, began = time.process_time(), time.perf_counter()
    answer = write_report_workbook(query, Reading(application, application.queries, TODAY))
    size = sum(map(len, answer.parts()))
    seconds = time.process_time() - started
    peak = getrusage(RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    application.close()
    note(f"{rows:,} rows in {time.perf_counter() - began:.0f} s, {size / 1e6:.0f} MB")
    report(f"report_workbook_{rows}_peak_memory", peak, "MB", MOST_MEGABYTES)
    started = time.process_time()
    _write_bare(rows)
    report("report_workbook_rows", rows / seconds, "rows/s", rows / (time.process_time() - started))


def _write_bare(rows: int) -> None:
    with TemporaryFile() as file, Workbook(file, {"constant_memory": True}) as book:
        sheet, day, amount = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format()
        texts = ("received", "transfer", "bank", "clerk", "", "", "", "12345", "bank:123456")
        for row in range(rows):
            sheet.write_datetime(row, 0, TODAY, day)
            for place, text in enumerate(texts, 1):
                sheet.write_string(row, place, text)
            sheet.write_number(row, len(texts) + 1, 19.9, amount)
            sheet.write_string(row, len(texts) + 2, "EUR")


if __name__ == "__main__":
    match sys.argv[1:]:
        case [url, rows]:
            write(url, int(rows))
        case others:
            with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as own_server_url:
                main(own_server_url, *map(int, others))
