"""A rebuild of the balances alone, with the switch, against the library's own projection runner.

The library's runner keeps balances in a table of its own through a recorder of tracking: one transaction for each
event, with the balance and the position. It is given only the events that move a balance or open an account, in the
library's own table, decoded as fast as ours, and is counted as if it had read all.
"""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median
from typing import Any

import psycopg
from eventsourcing.application import Application as StockApplication
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.persistence import Mapper, Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from adapters.bootstrap.application import Application
from adapters.postgres.library import EventMapper, Recorded
from benchmarks.catch_up import count_events, timed
from benchmarks.measurement import note, report
from billing_core.accounts.events import AccountOpened
from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
from billing_core.kernel.events import Event, topic_of
from billing_core.kernel.money import Money, zero
from billing_core.payments.events import PaymentReceived, PaymentReversed

ROUNDS = 3
STOCK_EVENTS = 20_000
MOVES: tuple[type[Event], ...] = (AccountOpened, InvoiceIssued, CreditNoteIssued, PaymentReceived, PaymentReversed)


def main(url: str, rounds: int = ROUNDS) -> None:
    """Rounds of both, one after the other."""
    application = Application(url)
    balances = [projection for projection in application.projections if projection.name == "balances"]
    events = count_events(url)
    _copy_events(url)
    engine, stock = [], []
    for _ in range(rounds):
        engine.append(events / timed(lambda: application.rebuild(balances)))
        stock.append(_stock_rate(url))
        note(f"rebuild of balances: {engine[-1]:,.0f} events/s, the library's runner {stock[-1]:,.0f} events/s")
    report("rebuild_balances_against_stock_runner", median(engine), "events/s", median(stock))
    application.close()


# --- the library's way


class StockBooks(StockApplication[str]):
    """The log as the library keeps it."""

    def construct_mapper(self) -> Mapper[str]:
        return EventMapper()


class StockBalanceView(PostgresTrackingRecorder):
    """The balances and how far they are, in one transaction for each event."""

    def __init__(self, datastore: PostgresDatastore, **options: Any) -> None:
        super().__init__(datastore, **options)
        self.sql_create_statements.append(
            SQL("CREATE TABLE IF NOT EXISTS {} (account text PRIMARY KEY, balance numeric NOT NULL)").format(
                Identifier("stock_balances")
            )
        )

    def move(self, account: str, amount: Money, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                """INSERT INTO stock_balances VALUES (%s, %s)
                   ON CONFLICT (account) DO UPDATE SET balance = stock_balances.balance + excluded.balance""",
                (account, amount.amount),
                prepare=True,
            )


class StockBalances(Projection[StockBalanceView]):
    """The same balances as ours."""

    topics = tuple(topic_of(kind) for kind in MOVES)

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        raise TypeError(f"{domain_event} is no event of the log")

    @process_event.register
    def moved(self, domain_event: Recorded, tracking: Tracking) -> None:
        account = domain_event.originator_id
        match domain_event.event:
            case AccountOpened(currency=currency):
                self.view.move(account, zero(currency), tracking)
            case InvoiceIssued(gross=gross) | CreditNoteIssued(gross=gross):
                self.view.move(account, -gross, tracking)
            case PaymentReceived(amount=amount):
                self.view.move(account, amount, tracking)
            case PaymentReversed(amount=amount):
                self.view.move(account, -amount, tracking)


def _environment(url: str) -> dict[str, str]:
    parts = conninfo_to_dict(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(parts["dbname"]),
        "POSTGRES_HOST": str(parts["host"]),
        "POSTGRES_PORT": str(parts["port"]),
        "POSTGRES_USER": str(parts["user"]),
        "POSTGRES_PASSWORD": str(parts.get("password", "")),
        "ORIGINATOR_ID_TYPE": "text",
    }


def _copy_events(url: str) -> None:
    with StockBooks(_environment(url)), psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            """INSERT INTO stockbooks_events (originator_id, originator_version, topic, state)
               SELECT originator_id, originator_version, topic, state FROM billing.events ORDER BY position LIMIT %s""",
            (STOCK_EVENTS,),
        )
        connection.execute("ANALYZE stockbooks_events")


def _stock_rate(url: str) -> float:
    """Events of the log per second, in a process of its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS stock_balances, stockbalances_tracking")
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.rebuild", url], check=True, capture_output=True, text=True
    ).stdout
    return STOCK_EVENTS / float(said)


def _run_stock(url: str) -> None:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT max(notification_id) FROM stockbooks_events WHERE topic = ANY(%s)", (list(StockBalances.topics),)
        ).fetchone()
    assert row is not None
    started = time.perf_counter()
    with ProjectionRunner(
        application_class=StockBooks,
        projection_class=StockBalances,
        view_class=StockBalanceView,
        env=_environment(url),
    ) as runner:
        runner.wait(row[0], timeout=600)
    print(time.perf_counter() - started)


if __name__ == "__main__":
    _run_stock(sys.argv[1])
