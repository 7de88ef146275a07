"""Catching up from the first event, all read models together, against a mere reading of the same events.

The limit is a psycopg server-side cursor as anybody writes it, over the same columns of the same events in pages of the
same size; nothing is done with what it brings. Beside it stands the same cursor in binary form, which asks less of the
client, and as a figure of its own the way of a live runner that is far behind: page by page in the order of the log.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import psycopg

from adapters.bootstrap.application import Application
from adapters.postgres.log import COLUMNS
from adapters.processes.background import collect_rarely
from adapters.processes.rebuild_workers import load_in_processes
from benchmarks.books import settle
from benchmarks.measurement import note, report
from projections.platform.rebuild import build_beside, drop_schema
from projections.platform.runner import PAGE_EVENTS, Runner

ROUNDS = 3
BESIDE = "benchmark"


def main(url: str, rounds: int = ROUNDS) -> None:
    """Rounds of all, one after the other, so that a change of the machine's mood meets all of them."""
    collect_rarely()  # As the process of the live runner does.
    application = Application(url)
    events = count_events(url)
    ways: dict[str, Callable[[], None]] = {
        "raw": lambda: read_raw(url, binary=False),
        "raw binary": lambda: read_raw(url, binary=True),
        "catch-up": lambda: _build(application, url),
        "in order": lambda: _build_in_order(application),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            rates[name].append(events / timed(way))
            drop_schema(application.tables, BESIDE)
            settle(url)
        note("catch-up, events/s: " + ", ".join(f"{name} {found[-1]:,.0f}" for name, found in rates.items()))
    raw, raw_binary, caught_up, in_order = (median(found) for found in rates.values())
    report("catch_up", caught_up, "events/s", raw)
    report("catch_up_against_binary_cursor", caught_up, "events/s", raw_binary)
    report("catch_up_in_order_of_log", in_order, "events/s", raw)
    application.close()


def count_events(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM billing.events").fetchone()
    assert row is not None
    return int(row[0])


def timed(work: Callable[[], object]) -> float:
    """The seconds that it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def read_raw(url: str, binary: bool) -> None:
    with psycopg.connect(url) as connection, connection.cursor(name="raw") as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM billing.events ORDER BY position".encode(), binary=binary)
        while cursor.fetchmany(PAGE_EVENTS):
            pass


def _build(application: Application, url: str) -> None:
    load = load_in_processes(url)
    build_beside(application.log, application.tables, application.projections, BESIDE, load=load)


def _build_in_order(application: Application) -> None:
    with application.tables.transaction("public") as cursor:
        cursor.execute(f"CREATE SCHEMA {BESIDE}")
    runner = Runner(application.log, application.tables, application.projections, BESIDE)
    runner.create_tables()
    runner.catch_up()
