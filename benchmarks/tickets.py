"""Tickets: commands against other durable commands, boards of 10,000 open ones, catching up, and many that ended.

Everything that people ask of open tickets is asked of two databases with the same open tickets, turn about, so that a
change of the machine's mood meets both: no ticket ended in the one, a great number in the other.
`python -m benchmarks.tickets 1000000` takes a million of them. The tables of both are vacuumed and analysed first, as
autovacuum does in the minute after so many changes.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, cast

import psycopg

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.server import create_database, running_server
from adapters.processes.background import collect_rarely
from adapters.processes.rebuild_workers import load_in_processes
from benchmarks.billing_run import prepare
from benchmarks.catch_up import BESIDE, timed
from benchmarks.command_client import ACCOUNTS, TODAY, Client, Work, paying
from benchmarks.made_tickets import EVENTS_OF_ENDED, QUEUES, REPAIR, next_step, write_ended
from benchmarks.measurement import drop, note, report
from commands.platform.bus import Command
from commands.platform.identity import new_id
from commands.staff.operators import RegisterOperator
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.tickets import WatchTicket
from projections.platform.projection import Cursor
from projections.platform.rebuild import build_beside, drop_schema
from projections.platform.runner import LIVE_SCHEMA, Runner
from projections.work import AREA
from projections.work.boards import ageing, board, load
from projections.work.ticket_lists import Sought, list_tickets, work_of_operator
from projections.work.tickets import Tickets

DATABASE = "bench_tickets"
ENDED, OPEN = 100_000, 10_000
ROUNDS = 3
CLIENTS = (1, 8)
# Rounds and commands of a client in each.
ROUNDS_OF_COMMANDS, BLOCK = 30, 25
ACCOUNTS_MET, TICKETS_OF_CLIENT = 200, 100
TURNS = 300
WARM_UP = 5
OPERATORS = 40
LEAST_OF_DURABLE = 0.7
MOST_MILLISECONDS = 100
# Tickets that ended make an index a level deeper, and let other pages be chosen, but not twice as many.
MOST_PAGES = 2
LEAST_EVENTS_PER_SECOND = 30_000
Ask = Callable[[], object]


def main(server_url: str, ended: int = ENDED, opened: int = OPEN, rounds: int = ROUNDS_OF_COMMANDS) -> None:
    """All figures."""
    url = create_database(server_url, DATABASE)
    prepare(url, ACCOUNTS)
    with closing(Application(url)) as application:
        _give(application, PublishFlow(flow=REPAIR))
        _number_from(url, ended + 1)
        _open_some(application, opened)
        for clients in CLIENTS:  # They open some thousands more.
            measure_commands(application, clients, rounds)
        application.runner.catch_up()
    url_of_open = _copied(server_url, DATABASE, f"{DATABASE}_open")
    with closing(Application(url)) as application:
        _bring_in_ended(application, ended)
        _measure_catch_up(application, url, ended)
    for each in (url_of_open, url):
        _analyse(each)
    measure_answers(url_of_open, url, ended)
    for name in (DATABASE, f"{DATABASE}_open"):
        drop(server_url, name)


# --- commands


def measure_commands(application: Application, clients: int, rounds: int) -> None:
    """Tickets opened and moved, and payments taken in, by threads of this process.

    Blocks of each kind come turn about, so that a change of the machine's mood meets all of them. The first rounds warm
    up and are not counted: then most accounts are remembered by the process, as in the benchmark of durable commands.
    """
    kinds = {"durable": paying(application, ACCOUNTS_MET), "open": _opening(application), "move": _moving(application)}
    works = {kind: [client(f"{kind}-{clients}-{n}") for n in range(clients)] for kind, client in kinds.items()}
    seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
    with ThreadPoolExecutor(clients) as threads:
        for turn in range(rounds):
            numbers = range(turn * BLOCK, (turn + 1) * BLOCK)
            for kind, of_clients in works.items():
                started = time.perf_counter()
                list(threads.map(partial(_work_off, numbers), of_clients))
                seconds[kind].append(time.perf_counter() - started)
    rates = {kind: clients * BLOCK / median(found[rounds // 3 :]) for kind, found in seconds.items()}
    note(f"{clients} clients: " + ", ".join(f"{kind} {rate:.0f}/s" for kind, rate in rates.items()))
    for kind in ("open", "move"):
        report(f"{kind}_ticket_{clients}", rates[kind], "commands/s", LEAST_OF_DURABLE * rates["durable"],
               rates[kind] / rates["durable"])  # fmt: skip


def _opening(application: Application) -> Client:
    """Tickets opened, each about an account."""

    def client(name: str) -> Work:
        chosen = random.Random(name)

        def work(number: int) -> None:
            _open(application, chosen, f"{name} {number}")

        return work

    return client


def _open(application: Application, chosen: random.Random, subject: str) -> str:
    account = f"{chosen.randrange(ACCOUNTS_MET):08}"
    return _give(application, OpenTicket(kind=REPAIR.kind, subject=subject, account=account))


def _moving(application: Application) -> Client:
    """Tickets moved from step to step, with what is asked at each; each client has some of its own."""

    def client(name: str) -> Work:
        chosen = random.Random(name)
        tickets = [_open(application, chosen, name) for _ in range(TICKETS_OF_CLIENT)]

        def work(number: int) -> None:
            turn, place = divmod(number, TICKETS_OF_CLIENT)
            _give(application, next_step(tickets[place], turn))

        return work

    return client


def _work_off(numbers: Iterable[int], work: Work) -> None:
    for number in numbers:
        work(number)


def _give(application: Application, command: Command) -> str:
    identity = new_id()
    origin = origin_of_process("benchmark", TODAY)._replace(command_id=identity, correlation_id=identity)
    return str(application.bus.execute(command, origin).result.get("ticket", ""))


def _open_some(application: Application, count: int) -> None:
    """Open tickets in all queues, a third of them a step further, some with a deadline, all of them with somebody."""
    chosen = random.Random(1)
    for number in range(OPERATORS):
        _give(application, RegisterOperator(operator=f"operator-{number}", name="Operator", roles=("technician",)))
    for number in range(count):
        account = f"{chosen.randrange(ACCOUNTS):08}"
        ticket = _give(application, OpenTicket(
            kind=REPAIR.kind, subject=f"No light in flat {number}", account=account, queue=chosen.choice(QUEUES),
            assignee=f"operator-{chosen.randrange(OPERATORS)}", address=f"house-{number % 5_000}",
            priority=chosen.choice(("low", "normal", "high", "urgent")),
        ))  # fmt: skip
        if number % 3 == 0:
            _give(application, next_step(ticket, 0))
        if number % 10 == 0:
            _give(application, WatchTicket(ticket=ticket, operator=f"operator-{chosen.randrange(OPERATORS)}"))
    note(f"{count} tickets opened")


# --- answers


def measure_answers(url_of_open: str, url: str, ended: int) -> None:
    """Milliseconds and pages of each question, asked of the tickets that are open alone and of all."""
    with closing(Application(url_of_open)) as of_open, closing(Application(url)) as of_all:
        of_both, now = (of_open, of_all), of_all.queries.now
        milliseconds, pages = _answers(of_both, now), [_pages(each, now) for each in of_both]
    for name, (before, after) in milliseconds.items():
        report(f"tickets_{name}_p99", after[-1], "ms", MOST_MILLISECONDS)
        report(f"tickets_{name}_after_{ended}_ended", median(after), "ms", median(before))
    for name, before_ended in pages[0].items():
        report(f"tickets_{name}_pages_after_{ended}_ended", pages[1][name], "pages", MOST_PAGES * before_ended)


def _answers(applications: Sequence[Application], now: datetime) -> Mapping[str, list[list[float]]]:
    """Milliseconds of many turns of each question in each database, in order; the databases take turns."""
    with ExitStack() as stack:
        cursors = [stack.enter_context(each.tables.transaction(LIVE_SCHEMA)) for each in applications]
        asked = [_questions(cursor, now) for cursor in cursors]
        return {name: _timed_turns([questions[name] for questions in asked]) for name in asked[0]}


def _questions(cursor: Cursor, now: datetime) -> dict[str, Ask]:
    chosen = random.Random(2)
    return {
        "board": lambda: board(cursor, now, 5),
        "board_of_queue": lambda: board(cursor, now, 50, chosen.choice(QUEUES)),
        "list": lambda: list_tickets(cursor, Sought(), 50),
        "list_of_queue": lambda: list_tickets(cursor, Sought(queue=chosen.choice(QUEUES)), 50),
        "list_due": lambda: list_tickets(cursor, Sought(overdue_at=now), 50, "due"),
        "list_waiting": lambda: list_tickets(cursor, Sought(), 50, "waiting"),
        "search": lambda: list_tickets(cursor, Sought(search=f"flat {chosen.randrange(OPEN)}"), 50),
        "my_work": lambda: work_of_operator(cursor, f"operator-{chosen.randrange(OPERATORS)}", 50),
        "ageing": lambda: ageing(cursor, now, "", 50),
        "load": lambda: load(cursor, "assignee", now, "", 50),
    }


class Explained:
    """A cursor that counts the pages of tables and indexes that its statements need, as EXPLAIN says.

    Other than milliseconds they do not depend on what else the machine does. Nothing is in memory before, so that each
    page counts once, when it is read: a walk in the order of an index comes to the same page again and again.
    """

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self.pages = 0

    def execute(self, query: str, params: Any = None) -> Any:
        self._cursor.execute("SELECT public.pg_buffercache_evict_all()")
        row = self._cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", params).fetchone()
        self.pages += row[0][0]["Plan"]["Shared Read Blocks"]
        return self._cursor.execute(query, params)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def _pages(application: Application, now: datetime) -> dict[str, int]:
    """The pages that each question needs."""
    found = {}
    with application.tables.transaction(LIVE_SCHEMA) as cursor:
        cursor.execute("CREATE EXTENSION pg_buffercache SCHEMA public")
        explained = Explained(cursor)
        for name, ask in _questions(cast(Cursor, explained), now).items():
            explained.pages = 0
            ask()
            found[name] = explained.pages
    return found


def _timed_turns(asks: Sequence[Ask]) -> list[list[float]]:
    """The slowest one of a hundred is the last one left."""
    milliseconds: list[list[float]] = [[] for _ in asks]
    pairs = list(zip(asks, milliseconds, strict=True))
    for turn in range(TURNS + WARM_UP):
        for ask, found in reversed(pairs) if turn % 2 else pairs:
            seconds = timed(ask)
            if turn >= WARM_UP:
                found.append(1e3 * seconds)
    return [sorted(found)[: max(1, TURNS * 99 // 100)] for found in milliseconds]


# --- many that ended


def _bring_in_ended(application: Application, ended: int) -> None:
    started = time.perf_counter()
    for written in write_ended(application, ended, ACCOUNTS):
        if written % 100_000 == 0:
            note(f"{written} ended tickets written, {time.perf_counter() - started:.0f} s")
    started = time.perf_counter()
    application.runner.catch_up()
    note(f"all read models caught up live, {EVENTS_OF_ENDED * ended / (time.perf_counter() - started):,.0f} events/s")


def _measure_catch_up(application: Application, url: str, ended: int) -> None:
    """The read models of work alone: from the first event on, and in the order of the log as a live runner goes."""
    collect_rarely()  # As the process of the live runner does.
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM billing.events WHERE originator_id LIKE 'ticket/%'").fetchone()
    assert row is not None
    rates: dict[str, list[float]] = {"catch_up": [], "catch_up_in_order_of_log": []}
    ways = {"catch_up": _build, "catch_up_in_order_of_log": _build_in_order}
    for _ in range(1 if ended > ENDED else ROUNDS):
        for name, way in ways.items():
            rates[name].append(row[0] / timed(lambda way=way: way(application, url)))  # type: ignore[misc]
            drop_schema(application.tables, BESIDE)
    started = time.process_time()
    _build_in_order(application, url)
    rates["catch_up_of_one_processor"] = [row[0] / (time.process_time() - started)]
    drop_schema(application.tables, BESIDE)
    for name, found in rates.items():
        report(f"tickets_{name}", median(found), "events/s", LEAST_EVENTS_PER_SECOND)


def _build(application: Application, url: str) -> None:
    build_beside(application.log, application.tables, AREA.projections, BESIDE, load=load_in_processes(url))


def _build_in_order(application: Application, url: str) -> None:
    with application.tables.transaction("public") as cursor:
        cursor.execute(f"CREATE SCHEMA {BESIDE}")
    runner = Runner(application.log, application.tables, AREA.projections, BESIDE)
    runner.create_tables()
    runner.catch_up()


def _number_from(url: str, number: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT setval('billing.ticket_numbers', %s, false)", (number,))


def _copied(server_url: str, name: str, copy: str) -> str:
    """A copy of a database to which nobody is connected."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {copy} TEMPLATE {name}".encode())
    return create_database(server_url, copy)


def _analyse(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for table in Tickets.tables:
            connection.execute(f"VACUUM ANALYZE {LIVE_SCHEMA}.{table}".encode())


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as own_server_url:
        main(own_server_url, *map(int, sys.argv[1:]))
