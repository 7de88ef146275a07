"""Durable commands per second: load, decide, append, each kept before it is answered; one client and eight.

A command takes a payment in: it loads the account, allocates the payment to the open invoice, and writes two events,
the claim of the payment's reference, and its own id with the answer. The limit is the raw insert of two such event
rows, each pair with a commit, by the same number of clients. The same rules are also measured on the library's own
recorder, which keeps no claims and no command ids. Eight clients are eight threads of one process, or processes, or
four threads of two: each kind is measured in all three ways, and its best one counts.
"""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median
from typing import NamedTuple

import psycopg
from eventsourcing.postgres import PostgresApplicationRecorder

from adapters.bootstrap.application import Application
from adapters.postgres.server import create_database
from benchmarks.billing_run import prepare
from benchmarks.command_client import ACCOUNTS, STOCK_TABLE, stock_datastore
from benchmarks.measurement import drop, note, report

COMMANDS = 8_000
ROUNDS = 3
CLIENTS = (1, 8)


class Group(NamedTuple):
    """Clients of one kind: so many processes with so many threads each."""

    kind: str
    processes: int
    threads: int


def main(server_url: str) -> None:
    """Rounds of all kinds, one after the other, so that a change of the machine's mood meets all of them."""
    url = create_database(server_url, "bench_commands")
    prepare(url, ACCOUNTS)
    application = Application(url)
    _prepare_others(url)
    for clients in CLIENTS:
        ways = {(processes, clients // processes) for processes in (1, 2, clients) if processes <= clients}
        rates = {Group(kind, *way): list[float]() for kind in ("engine", "raw", "stock") for way in sorted(ways)}
        for turn in range(ROUNDS):
            for group, found in rates.items():
                application.runner.catch_up()
                found.append(_rate(url, group, turn))
            note(", ".join(f"{'/'.join(map(str, group))} {found[-1]:.0f}/s" for group, found in rates.items()))
        engine, raw, stock = (_best(rates, kind) for kind in ("engine", "raw", "stock"))
        report(f"durable_commands_{clients}", engine, "commands/s", raw)
        report(f"durable_commands_{clients}_against_stock_recorder", engine, "commands/s", stock)
    application.close()
    drop(server_url, "bench_commands")


def _best(rates: dict[Group, list[float]], kind: str) -> float:
    return max(median(found) for group, found in rates.items() if group.kind == kind)


def _prepare_others(url: str) -> None:
    """The raw table, and the library's with the same accounts in it."""
    PostgresApplicationRecorder(stock_datastore(url), events_table_name=STOCK_TABLE).create_table()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE public.raw_events (LIKE billing.events INCLUDING ALL)")
        # The rows are the same two again and again, so a payment is not kept from coming in twice here.
        connection.execute("DROP INDEX public.raw_events_payment_id_idx")
        connection.execute(
            f"""INSERT INTO public.{STOCK_TABLE} (originator_id, originator_version, topic, state)
                SELECT originator_id, originator_version, topic, state FROM billing.events ORDER BY position""".encode()
        )
        connection.execute("ANALYZE")


def _rate(url: str, group: Group, turn: int) -> float:
    """Commands per second over all clients, from their common start until the last is done."""
    count = COMMANDS // (group.processes * group.threads)
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.command_client", url, group.kind,
             f"{turn}-{group.processes}-{group.threads}-{process}", str(group.threads), str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for process in range(group.processes)
    ]  # fmt: skip
    for client in started:
        assert client.stdout is not None and client.stdout.readline() == "ready\n"
    begun = time.perf_counter()
    for client in started:
        assert client.stdin is not None
        client.stdin.write("go\n")
        client.stdin.flush()
    for client in started:
        assert client.stdout is not None and client.stdout.readline() == "done\n"
    seconds = time.perf_counter() - begun
    for client in started:
        client.communicate()
    return group.processes * group.threads * count / seconds
