"""How fast a price list of 100,000 rows is read, checked and compared, and in which memory; of processor time.

python -m benchmarks.price_lists 60000     # with fewer rows
"""

from __future__ import annotations

import csv
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory

from adapters.bootstrap.price_list_reports import compared
from adapters.files.price_list import PriceListFile, head_in, read_price_list
from adapters.files.price_list_content import content_of, rows_in
from adapters.files.price_list_export import xlsx_of
from benchmarks.measurement import report

ROWS = 100_000
DESTINATIONS = 5_000
SEED = 4_400
LEAST_ROWS_PER_SECOND = 20_000
LEAST_ROWS_OF_SHEET_PER_SECOND = 5_000
MOST_MEBIBYTES = 600
FROM = date(2027, 1, 1)
HEAD = head_in("{code: retail, name: Retail, currency: EUR, unit: minute, zone: Europe/Prague, country: CZ}")


def main(rows: int = ROWS) -> None:
    """A line for each way of reading, one for the comparison, and one for the memory of all of it."""
    with TemporaryDirectory(prefix="billing-bench-") as folder:
        file, sheet, kept = Path(folder, "list.csv"), Path(folder, "list.xlsx"), Path(folder, "rows")
        _write(file, rows)
        found, seconds = _read(file)
        assert found.price_list is not None
        report("price_list_csv", rows / seconds, "rows/s", LEAST_ROWS_PER_SECOND)
        kept.write_bytes(content_of(found.price_list.rows))
        started = time.process_time()
        rows_in(kept)
        report("price_list_kept", rows / (time.process_time() - started), "rows/s", LEAST_ROWS_PER_SECOND)
        started = time.process_time()
        compared(found.price_list, found.price_list, FROM, Decimal(20))
        report("price_list_compared", rows / (time.process_time() - started), "rows/s", LEAST_ROWS_PER_SECOND)
        sheet.write_bytes(xlsx_of(found.price_list))
        _, seconds = _read(sheet)
        report("price_list_xlsx", rows / seconds, "rows/s", LEAST_ROWS_OF_SHEET_PER_SECOND)
        report("price_list_peak_memory", getrusage(RUSAGE_SELF).ru_maxrss / 1024, "MiB", MOST_MEBIBYTES)


def _read(file: Path) -> tuple[PriceListFile, float]:
    started = time.process_time()
    found = read_price_list(file, HEAD, FROM)
    assert not found.report.rejections
    return found, time.process_time() - started


def _write(file: Path, rows: int) -> None:
    """Prefixes of two to nine digits, many of them one inside another."""
    random = Random(SEED)
    prefixes: set[str] = set()
    while len(prefixes) < rows:
        prefixes.add(str(random.randint(10**8, 10**9 - 1))[: random.randint(2, 9)])
    with file.open("w", encoding="utf-8", newline="") as into:
        writer = csv.writer(into, lineterminator="\n")
        writer.writerow(("prefix", "destination", "group", "price", "increment"))
        for number, prefix in enumerate(sorted(prefixes)):
            place = number % DESTINATIONS
            writer.writerow((prefix, f"Destination {place}", "world", f"0.{place:04}", "60/1"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
