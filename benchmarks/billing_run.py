"""The billing run, end to end: events, invoices, and read models caught up; and its memory as the work grows.

The limit is a raw COPY, in the same database, of exactly the rows that the run wrote (events and read models; an update
writes a row too) into empty tables of the same definition with the same indexes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from io import BytesIO

import psycopg

from adapters.bootstrap import Application, initialise, origin_of_process
from adapters.postgres.server import create_database
from benchmarks.measurement import drop, note, report
from commands.batch import BatchReport
from commands.catalogue import ListPrice, PublishTariff, TariffComponent
from commands.onboarding import NewAccount, NewSubscriber, NewSubscription, SubscriberRow
from commands.parties import CustomerDetails, PostalAddress, RegisterSeller

ACTIVATED_ON = date(2026, 1, 1)
FIRST_UNTIL, SECOND_UNTIL = date(2026, 1, 2), date(2026, 2, 2)
WRITTEN = {
    "billing.events": "position > %(mark)s",
    "live.charges": "from_on = %(on)s",
    "live.documents": "issued_on = %(on)s",
    "live.accounts": "true",
    "live.account_states": "true",
    "live.events_by_actor": "position > %(mark)s",
}


def main(server_url: str, small: int = 10_000, large: int = 100_000) -> None:
    """Measure both sizes; the second month is the one measured, when every account has a history."""
    peaks = {}
    for accounts in (small, large):
        url = create_database(server_url, f"bench_{accounts}")
        prepare(url, accounts)
        mark = _scalar(url, "SELECT max(position) FROM billing.events")
        result = _run_once(url, SECOND_UNTIL)
        peaks[accounts] = result["peak_bytes"] / 1e6
        if accounts == large:
            speed = result["bills"] / result["seconds"]
            copied = copy_seconds(url, WRITTEN, {"mark": mark, "on": f"'{SECOND_UNTIL.replace(day=1)}'"})
            report("billing_run_accounts", speed, "accounts/s", accounts / copied)
        drop(server_url, f"bench_{accounts}")
    report(f"billing_run_peak_memory_{small}", peaks[small], "MB", 400)
    report(f"billing_run_peak_memory_{large}", peaks[large], "MB", 400)


def prepare(url: str, accounts: int) -> None:
    """A new database with so many subscribers whose first month is billed."""
    note(f"bringing in {accounts} subscribers and billing their first month")
    initialise(url)
    application = Application(url)
    origin = origin_of_process("benchmark", ACTIVATED_ON)
    application.bus.execute(RegisterSeller(code="seller", name="Seller", address=PostalAddress()), origin)
    application.bus.execute(_tariff(), origin_of_process("benchmark", ACTIVATED_ON))
    rows = BatchReport()
    application.onboarding().bring_in(_subscribers(accounts), origin, rows, lambda done: None)
    assert rows.accepted == accounts
    application.runner.catch_up()
    application.close()
    _run_once(url, FIRST_UNTIL)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _tariff() -> PublishTariff:
    price = ListPrice(amount=Decimal("19.90"), valid_from=ACTIVATED_ON)
    vat_rate = Decimal(20)
    monthly = TariffComponent(code="monthly", name="Fee", kind="recurring", vat_rate=vat_rate, prices=[price])
    return PublishTariff(code="internet", name="Internet", currency="EUR", components=[monthly])


def _subscribers(accounts: int) -> Iterator[SubscriberRow]:
    for line in range(accounts):
        yield SubscriberRow(
            line,
            NewSubscriber(
                customer=CustomerDetails(number=f"C{line:07}", name=f"Customer {line}"),
                account=NewAccount(number=f"{line:08}", seller="seller", currency="EUR"),
                subscription=NewSubscription(code="S1", tariff="internet", activated_on=ACTIVATED_ON),
            ),
        )


def _run_once(url: str, until: date) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.run_once", url, str(until)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def copy_seconds(url: str, written: Mapping[str, str], found: Mapping[str, object]) -> float:
    """Seconds to COPY the rows that meet a condition, by table, into tables of the same definition."""
    spent = 0.0
    with psycopg.connect(url, autocommit=True) as connection:
        for table, condition in written.items():
            chosen = condition % found
            rows = BytesIO()
            with connection.cursor().copy(
                f"COPY (SELECT * FROM {table} WHERE {chosen}) TO STDOUT (FORMAT BINARY)".encode()
            ) as out:
                for data in out:
                    rows.write(data)
            connection.execute(f"CREATE TABLE public.raw (LIKE {table} INCLUDING ALL)".encode())
            started = time.perf_counter()
            with connection.cursor().copy("COPY public.raw FROM STDIN (FORMAT BINARY)") as into:
                rows.seek(0)
                while piece := rows.read(1 << 20):
                    into.write(piece)
            spent += time.perf_counter() - started
            count = connection.execute("SELECT count(*) FROM public.raw").fetchone()
            note(f"raw COPY: {table} {count[0] if count else 0} rows, {spent:.2f} s so far")
            connection.execute("DROP TABLE public.raw")
    return spent


def _scalar(url: str, statement: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement.encode()).fetchone()
        assert row is not None
        return int(row[0])
