"""What the benchmarks of billing runs share: a base of subscribers, a run in a process of its own, and its limit.

The limit is a raw COPY, in the same database, of exactly the rows that the run wrote (events and read models; an update
writes a row too) into empty tables of the same definition with the same indexes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import NamedTuple

import psycopg

from adapters.bootstrap.application import Application
from adapters.bootstrap.initialising import initialise
from adapters.bootstrap.origins import origin_of_process
from benchmarks.books import settle
from benchmarks.measurement import note
from billing_core.catalogue.components import AnyComponent, Recurring
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Tariff, publish_tariff
from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from billing_core.parties.number_series import USUAL_SERIES
from billing_core.parties.sellers import Seller
from billing_core.time.period_rules import MONTHLY, PeriodRule
from commands.catalogue import tariff_stream
from commands.onboarding import NewAccount, NewSubscriber, NewSubscription, SubscriberRow
from commands.parties import RegisterSeller
from commands.platform.batch import BatchReport
from commands.platform.ports import Append

ACTIVATED_ON = date(2026, 1, 1)
# Every table of the log and of the read models, with the columns that are written and not computed.
SELECT_TABLES = """
    SELECT format('%I.%I', nspname, relname), string_agg(quote_ident(attname), ', ' ORDER BY attnum)
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE nspname IN ('billing', 'live') AND relkind IN ('r', 'p') AND NOT relispartition
    AND attnum > 0 AND NOT attisdropped AND attgenerated = '' GROUP BY nspname, relname ORDER BY 1
"""


class Ran(NamedTuple):
    """What a run did in its process."""

    seconds: float
    bills: int
    peak_bytes: float


def found_base(
    url: str, accounts: int, price: str, period: PeriodRule = MONTHLY, components: Sequence[AnyComponent] = ()
) -> Application:
    """A new database with so many subscribers that were never billed, all alike on the tariff `internet`."""
    application = found_seller(url)
    publish(application, "internet", price, period, components)
    alike = NewSubscription(code="S1", tariff="internet", activated_on=ACTIVATED_ON)
    bring_in(application, [alike] * accounts)
    return application


def found_seller(url: str) -> Application:
    """A new database with a seller and nothing to sell."""
    initialise(url)
    application = Application(url)
    seller = Seller(code="seller", name="Seller", address=Address(), time_zone="UTC", series=USUAL_SERIES)
    application.bus.execute(RegisterSeller(seller=seller), origin_of_process("benchmark", ACTIVATED_ON))
    return application


def bring_in(application: Application, subscriptions: Sequence[NewSubscription]) -> None:
    """A subscriber for each of these subscriptions."""
    note(f"bringing in {len(subscriptions)} subscribers")
    rows, origin = BatchReport(), origin_of_process("benchmark", ACTIVATED_ON)
    application.onboarding().bring_in(_subscribers(subscriptions), origin, rows, lambda done: None)
    assert rows.accepted == len(subscriptions)
    application.runner.catch_up()


def publish(
    application: Application,
    code: str,
    price: str,
    period: PeriodRule = MONTHLY,
    components: Sequence[AnyComponent] = (),
) -> None:
    """A tariff with one fee, and maybe other components, with 20 % VAT on top."""
    prices = (Price(amount=Decimal(price), valid_from=ACTIVATED_ON),)
    fee = Recurring(code="fee", name="Fee", vat_rate=Decimal(20), prices=prices, period=period)
    tariff = Tariff(code=code, name=code.title(), currency="EUR", components=(fee, *components))
    with application.store.transaction() as transaction:
        events = publish_tariff(None, tariff, ACTIVATED_ON)
        transaction.append([Append(tariff_stream(code), 0, events)], (), origin_of_process("benchmark", ACTIVATED_ON))


def account_number(line: int) -> str:
    return f"{line:08}"


def _subscribers(subscriptions: Sequence[NewSubscription]) -> Iterator[SubscriberRow]:
    for line, subscription in enumerate(subscriptions):
        yield SubscriberRow(
            line,
            NewSubscriber(
                customer=Customer(number=f"C{line:07}", kind="person", name=f"Customer {line}"),
                account=NewAccount(number=account_number(line), seller="seller", currency="EUR"),
                subscription=subscription,
            ),
        )


def tidy(url: str) -> None:
    """Tables as the server's own upkeep leaves them, and nothing more to write of what was before."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    settle(url)


def run_once(url: str, until: date) -> Ran:
    """A billing run on the day before `until`, in a process of its own, so that its peak memory is the run's."""
    command = [sys.executable, "-m", "benchmarks.run_once", url, str(until)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return Ran(found["seconds"], found["bills"], found["peak_bytes"])


def transaction_now(url: str) -> int:
    """A mark before a run: what transactions after it wrote is what the run wrote."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_current_xact_id()::xid::text::bigint").fetchone()
        assert row is not None
        return int(row[0])


def copy_seconds(url: str, mark: int) -> float:
    """Seconds to COPY the rows written since the mark into tables of the same definition."""
    spent = 0.0
    with psycopg.connect(url, autocommit=True) as connection:
        for table, columns in connection.execute(SELECT_TABLES).fetchall():
            rows, reading = BytesIO(), connection.cursor()
            written = f"SELECT {columns} FROM {table} WHERE age(xmin) < age('{mark}'::xid)"
            with reading.copy(f"COPY ({written}) TO STDOUT (FORMAT BINARY)".encode()) as out:
                for data in out:
                    rows.write(data)
            if not reading.rowcount:
                continue
            connection.execute(f"CREATE TABLE public.raw (LIKE {table} INCLUDING ALL)".encode())
            started = time.perf_counter()
            with connection.cursor().copy(f"COPY public.raw ({columns}) FROM STDIN (FORMAT BINARY)".encode()) as into:
                rows.seek(0)
                while piece := rows.read(1 << 20):
                    into.write(piece)
            spent += time.perf_counter() - started
            note(f"raw COPY: {table} {reading.rowcount} rows, {spent:.2f} s so far")
            connection.execute("DROP TABLE public.raw")
    return spent
