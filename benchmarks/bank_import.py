"""Payments of a bank file, end to end: rows read, matched, booked, and read models caught up.

Once for as many accounts as rows, each with an open invoice; once all on a single account; once for as many accounts
while a billing run charges the same accounts in a process of its own.

    python -m benchmarks.bank_import 2000      # for fewer accounts
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.files.bank_csv import read_bank_rows
from adapters.files.bank_profile import OWN
from adapters.postgres.server import create_database, running_server
from benchmarks.measurement import drop, note, report
from benchmarks.runs import account_number, found_base, run_once, tidy
from commands.platform.batch import BatchReport

LEAST_ROWS_PER_SECOND = 1_000
FIRST_UNTIL, SECOND_UNTIL = date(2026, 1, 2), date(2026, 2, 2)
BANK_DAY = date(2026, 2, 1)


def main(server_url: str, accounts: int = 20_000) -> None:
    """A line for each kind of file."""
    url = create_database(server_url, "bench_bank_import")
    found_base(url, accounts, "19.90").close()
    run_once(url, FIRST_UNTIL)
    tidy(url)
    application = Application(url)
    with TemporaryDirectory(prefix="billing-bench-") as folder:
        for name, lines in {
            "each_its_own_account": _rows("own", accounts, spread=True),
            "all_on_one_account": _rows("one", accounts, spread=False),
        }.items():
            report(f"bank_import_{name}", _rows_per_second(application, Path(folder), lines), "rows/s",
                   LEAST_ROWS_PER_SECOND)  # fmt: skip
        run = subprocess.Popen([sys.executable, "-m", "benchmarks.run_once", url, str(SECOND_UNTIL)])
        time.sleep(1.5)  # Until it is under way.
        speed = _rows_per_second(application, Path(folder), _rows("busy", accounts, spread=True))
        note(f"the billing run {'has ended' if run.poll() is not None else 'goes on'} when the file is booked")
        run.wait()
        report("bank_import_during_a_billing_run", speed, "rows/s", LEAST_ROWS_PER_SECOND)
    application.close()
    drop(server_url, "bench_bank_import")


def _rows(source: str, count: int, *, spread: bool) -> Iterator[str]:
    yield ",".join(OWN.columns)
    for number in range(count):
        # Not in the order of the accounts, as banks write them.
        account = account_number(number * 7919 % count if spread else 0)
        yield f"{source},{number},{BANK_DAY},5.00,EUR,{account},Customer {number}"


def _rows_per_second(application: Application, folder: Path, lines: Iterator[str]) -> float:
    file = folder / "bank.csv"
    file.write_text("\n".join(lines))
    origin, rows = origin_of_process("benchmark", BANK_DAY), BatchReport()
    started = time.perf_counter()
    read = read_bank_rows(file, rows)
    with application.bank_file_import() as bank_file:
        bank_file.take_in(read, origin, rows, lambda done: None)
    seconds = time.perf_counter() - started
    assert not rows.rejected, rows.rejected[:3]
    return rows.accepted / seconds


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as own_folder, running_server(Path(own_folder)) as own_server_url:
        main(own_server_url, *map(int, sys.argv[1:]))
