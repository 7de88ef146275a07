"""Statements end to end: a file checked, recorded, matched, booked, and read models caught up.

Each of as many accounts has an open invoice and gets one payment by its number; `ratio` is to COPY of the rows that
this wrote into the log, measured in the same run. Memory is that of this process at its end, less that before.

    python -m benchmarks.statement_import 2000      # for fewer accounts
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.server import create_database, running_server
from benchmarks.measurement import drop, note, report
from benchmarks.runs import account_number, found_base, run_once, tidy
from billing_core.bank_statements.recorded import FileTaken
from billing_core.bank_statements.statement import Movement, StatementEnd, StatementPart, StatementStart, Symbols
from billing_core.kernel.money import Money
from commands.bank_statements.importing import StatementFile, StatementReport
from commands.bank_statements.statements import RegisterBankAccount

LEAST_PAYMENTS_PER_SECOND, LEAST_OF_COPY = 10_000, 0.3
FIRST_UNTIL, BANK_DAY = date(2026, 1, 2), date(2026, 2, 1)
IBAN, SELLER = "CZ6508000000192000145399", "north"
COPIED = "originator_id, originator_version, topic, state"


def main(server_url: str, accounts: int = 100_000) -> None:
    """A line for the speed and one for its ratio to COPY."""
    url = create_database(server_url, "bench_statement_import")
    found_base(url, accounts, "19.90").close()
    run_once(url, FIRST_UNTIL)
    tidy(url)
    application = Application(url)
    origin = origin_of_process("benchmark", BANK_DAY)
    seller = next(iter(application.models().sellers()))
    application.execute(RegisterBankAccount(iban=IBAN, seller=seller, source="bank"), origin)
    file = StatementFile(FileTaken(content_hash="0" * 64), lambda: _parts(accounts), lambda written: [written])
    before, rows = _memory_mebibytes(), StatementReport()
    newest, started, own = application.log.newest_position(), time.perf_counter(), time.process_time()
    with application.statement_import(accounts) as run:
        run.take_in(file, origin, rows, lambda done: None)
    seconds, own = time.perf_counter() - started, time.process_time() - own
    assert rows.accepted == accounts and not rows.rejected, (rows.accepted, rows.rejected[:3])
    speed = rows.accepted / seconds
    report("statement_import", speed, "payments/s", LEAST_PAYMENTS_PER_SECOND)
    copied = _copied_per_second(url, newest)
    report("statement_import_to_copy", speed / (copied / 2), "of COPY", LEAST_OF_COPY)
    note(f"this process worked {own / accounts * 1e6:,.0f} microseconds for a payment")
    note(f"COPY of the written rows: {copied:,.0f} rows/s; memory grew by {_memory_mebibytes() - before:,.0f} MiB")
    application.close()
    drop(server_url, "bench_statement_import")


def _parts(count: int) -> Iterator[StatementPart]:
    amount = Decimal("5.00")
    opening = Money(Decimal("100.00"), "EUR")
    yield StatementStart(account=IBAN, currency="EUR", number="1", opening=opening)
    for number in range(count):
        # Not in the order of the accounts, as banks write them.
        account = account_number(number * 7919 % count)
        yield Movement(
            line=number + 1, booked_on=BANK_DAY, amount=Money(amount, "EUR"), reference=f"{number}",
            symbols=Symbols(variable=account), counterparty=f"Customer {number}",
            counterparty_account=f"{1_000_000_000 + number}/0800", message="internet",
        )  # fmt: skip
    yield StatementEnd(closing=opening + Money(amount * count, "EUR"), movements=count)


def _copied_per_second(url: str, after: int) -> float:
    """COPY of the rows that were written into an empty table with the log's indexes."""
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE copied (LIKE billing.events INCLUDING INDEXES)")
        select = f"COPY (SELECT * FROM billing.events WHERE position > {after}) TO STDOUT (FORMAT BINARY)"
        with connection.cursor().copy(select.encode()) as out:
            content = b"".join(out)
        started = time.perf_counter()
        with connection.cursor().copy("COPY copied FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(content)
        connection.commit()
        seconds = time.perf_counter() - started
        row = connection.execute("SELECT count(*) FROM copied").fetchone()
        assert row is not None
        return float(row[0] / seconds)


def _memory_mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as own_folder, running_server(Path(own_folder)) as own_server_url:
        main(own_server_url, *map(int, sys.argv[1:]))
