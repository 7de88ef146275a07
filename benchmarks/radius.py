"""Interims of RADIUS accounting per second, each durable before it is answered.

Sessions of different subscribers send interims, as a network does; every one is new and adds usage. A hundred wait for
their answer at a time.

    python -m benchmarks.radius 2000     # for fewer interims
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from adapters.bootstrap.accounting import AccountingDesk
from adapters.postgres.server import create_database, running_server
from benchmarks.measurement import drop, note, report
from benchmarks.runs import found_base
from billing_core.usage.sessions import Counter, Message
from commands.usage.accounting import Received

LEAST, IN_FLIGHT = 2_500, 100
SESSIONS, INTERVAL = 1_000, timedelta(minutes=5)
BEGUN = datetime.now(UTC) - timedelta(days=1)
NAME = "bench_radius"


def main(server_url: str, interims: int = 20_000) -> None:
    """Measure what is handed in by a hundred at a time, and bare rows of the same content."""
    url = create_database(server_url, NAME)
    app = found_base(url, 1, "19.90")
    bare = interims / _bare_seconds(url, interims)
    seconds = _seconds(AccountingDesk(app.store, app.tables), interims)
    note(f"{interims:,} interims in {seconds:.1f} s; {bare:,.0f} bare rows/s, a commit for each {IN_FLIGHT}")
    report("radius_interims", interims / seconds, "interims/s", LEAST)
    report("radius_interims_against_bare_inserts", interims / seconds, "interims/s", bare)
    app.close()
    drop(server_url, NAME)


def _interims(count: int) -> Iterator[Received]:
    now = datetime.now(UTC)
    for number in range(count):
        turn, session = divmod(number, SESSIONS)
        seconds = (turn + 1) * int(INTERVAL.total_seconds())
        yield Received("radius", Message(
            "nas1", f"S{session}", "interim", BEGUN + timedelta(seconds=seconds), f"user{session}", "10.1.2.3", seconds,
            Counter((turn + 1) * 50_000_000, True), Counter((turn + 1) * 5_000_000, True),
        ), now)  # fmt: skip


def _seconds(desk: AccountingDesk, interims: int) -> float:
    """With as many unanswered messages at a time as FreeRADIUS has threads and connections."""
    waiting: deque[Future[None]] = deque()
    started = time.perf_counter()
    for received in _interims(interims):
        waiting.append(desk.submit(received))
        if len(waiting) >= IN_FLIGHT:
            waiting.popleft().result()
    for each in waiting:
        each.result()
    return time.perf_counter() - started


def _bare_seconds(url: str, interims: int) -> float:
    """A message a row, inserted as anybody would, in transactions of as many as are unanswered at a time."""
    rows = [(*each.message.identity, True, True, each.message.at, each.received_at) for each in _interims(interims)]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bare (LIKE billing.access_messages INCLUDING ALL)")
        started = time.perf_counter()
        for first in range(0, len(rows), IN_FLIGHT):
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO bare (server, session, kind, instant, seconds, bytes_in, bytes_out, is_wide_in, "
                    "is_wide_out, happened_at, received_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                    rows[first : first + IN_FLIGHT],
                )
        seconds = time.perf_counter() - started
        connection.execute("DROP TABLE bare")
    return seconds


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as own_folder, running_server(Path(own_folder)) as own_server_url:
        main(own_server_url, *map(int, sys.argv[1:2]))
