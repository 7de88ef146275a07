"""Clients of the benchmark of durable commands: `python -m benchmarks.command_client URL KIND NAME THREADS COUNT`.

One process; each of its threads works off COUNT commands. It says when it is ready, waits for a line, works, and says
when it is done.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg
from eventsourcing.persistence import IntegrityError
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.library import EventMapper, Recorded
from billing_core.accounts.account import Account, apply_account
from billing_core.kernel.money import Money
from billing_core.payments.events import PaymentReceived
from commands.payments.account import ReceivePayment, receive_on
from commands.platform.identity import new_id
from commands.platform.ports import Origin

ACCOUNTS = 2_000
TODAY = date(2026, 1, 20)
STOCK_TABLE = "stock_events"
Work = Callable[[int], None]
Client = Callable[[str], Work]

# What the last command wrote.
SELECT_WRITTEN = """
    SELECT topic, state, metadata, effective_on FROM billing.events ORDER BY position DESC LIMIT 2
"""
INSERT_RAW = """
    INSERT INTO public.raw_events
        (originator_id, originator_version, topic, state, metadata, effective_on, recorded_at)
    VALUES (%b, %b, %b, %b, %b, %b, %b), (%b, %b, %b, %b, %b, %b, %b)
"""


def engine(url: str) -> Client:
    """Commands through the bus of one application, from their fields to their answers."""
    return paying(Application(url))


def paying(application: Application, accounts: int = ACCOUNTS) -> Client:
    """Payments taken in by accounts chosen at random."""
    clerk = origin_of_process("benchmark", TODAY)
    return lambda name: _engine_client(application, clerk, name, accounts)


def _engine_client(application: Application, clerk: Origin, name: str, accounts: int) -> Work:
    chosen = random.Random(name)

    def work(number: int) -> None:
        command = ReceivePayment(
            account=_account(chosen, accounts),
            source=name,
            reference=str(number),
            amount=Money(Decimal("0.01"), "EUR"),
        )
        identity = new_id()
        application.bus.execute(command, clerk._replace(command_id=identity, correlation_id=identity))

    return work


def raw(url: str) -> Client:
    """Two rows as the command writes them, inserted by one prepared statement that is a transaction of its own."""
    return lambda name: _raw_client(url, name)


def _raw_client(url: str, name: str) -> Work:
    cursor = psycopg.connect(url, autocommit=True).cursor(binary=True)
    rows = cursor.execute(SELECT_WRITTEN).fetchall()

    def work(number: int) -> None:
        stream, now = f"{name}/{number}", datetime.now(UTC)
        values = [
            (stream, version, topic, state, metadata, on, now)
            for version, (topic, state, metadata, on) in enumerate(rows, start=1)
        ]
        cursor.execute(INSERT_RAW, [*values[0], *values[1]], prepare=True)

    return work


def stock(url: str) -> Client:
    """The same rules on the library's own recorder: select the stream's events, decide, insert."""
    recorder = PostgresApplicationRecorder(stock_datastore(url), events_table_name=STOCK_TABLE)
    return lambda name: _stock_client(recorder, name)


def _stock_client(recorder: PostgresApplicationRecorder, name: str) -> Work:
    mapper, chosen = EventMapper(), random.Random(name)

    def work(number: int) -> None:
        stream = f"account/{_account(chosen)}"
        payment = PaymentReceived(
            effective_on=TODAY, customer="", source=name, reference=str(number), amount=Money(Decimal("0.01"), "EUR")
        )
        while True:
            stored = recorder.select_events(stream)
            account: Account | None = None
            for event in stored:
                account = apply_account(account, mapper.to_domain_event(event).event)
            assert account is not None
            decided = enumerate(receive_on(account, payment), start=stored[-1].originator_version + 1)
            try:
                recorder.insert_events([mapper.to_stored_event(Recorded(stream, *fact)) for fact in decided])
                return
            except IntegrityError:
                continue  # Somebody else was faster: decide again.

    return work


def stock_datastore(url: str) -> PostgresDatastore:
    """The library's connection pool as it comes."""
    parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    return PostgresDatastore(
        dbname=parts["dbname"],
        host=parts.get("host", ""),
        port=parts.get("port", ""),
        user=parts.get("user", ""),
        password=parts.get("password", ""),
        schema="public",
        originator_id_type="text",
        pool_size=8,
    )


def _account(chosen: random.Random, accounts: int = ACCOUNTS) -> str:
    return f"{chosen.randrange(accounts):08}"


def main(url: str, kind: str, name: str, threads: int, count: int) -> None:
    """Work off commands when told to begin."""
    client = {"engine": engine, "raw": raw, "stock": stock}[kind](url)
    works = [client(f"{name}-{thread}") for thread in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda work: work(count), works))  # Connected and prepared before they begin.
        print("ready", flush=True)
        sys.stdin.readline()
        list(pool.map(lambda work: [work(number) for number in range(count)], works))
        print("done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
