"""Events appended by the path of a billing run: made into bytes, written with COPY, committed chunk by chunk.

The limit is a raw COPY of exactly the same rows into the same table, in chunks of the same size, one commit each. Both
begin with the table empty and take turns.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import median

import psycopg

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.recorder import COPY_EVENTS
from benchmarks.bills import EVENTS_OF_A_BILL, bills, fresh_application
from benchmarks.measurement import note, report
from commands.billing.run import CHUNK_ACCOUNTS
from commands.platform.ports import Append

CHUNKS = 15
TURNS = 7

READ_BACK = """
    COPY (SELECT originator_id, originator_version, topic, state, metadata, effective_on, recorded_at
          FROM billing.events WHERE position > %s AND position <= %s ORDER BY position) TO STDOUT (FORMAT BINARY)
"""


def main(server_url: str) -> None:
    """Medians of several turns; the ratio of each turn is taken by itself, so that both halves share its conditions."""
    events = CHUNKS * CHUNK_ACCOUNTS * EVENTS_OF_A_BILL
    note(f"bulk append: {TURNS} turns of {events} events")
    with fresh_application(server_url, "bench_bulk_append") as application:
        turns = [_turn(application) for _ in range(TURNS)]
    report(
        "bulk_append_events",
        events / median(appended for appended, _ in turns),
        "events/s",
        events / median(copied for _, copied in turns),
        median(copied / appended for appended, copied in turns),
    )


def _turn(application: Application) -> tuple[float, float]:
    """Seconds to append, and to copy the same."""
    chunks = [bills(number * CHUNK_ACCOUNTS, CHUNK_ACCOUNTS) for number in range(CHUNKS)]
    with psycopg.connect(application.database_url, autocommit=True) as connection:
        _settle(connection)
        appended = _append_seconds(application, chunks)
        written = _read_back(connection)
        _settle(connection)
        return appended, _copy_seconds(connection, written)


def _append_seconds(application: Application, chunks: Sequence[Sequence[Append]]) -> float:
    origin = origin_of_process("benchmark")
    started = time.perf_counter()
    for chunk in chunks:
        with application.store.transaction() as transaction:
            transaction.append(chunk, (), origin)
    return time.perf_counter() - started


def _copy_seconds(connection: psycopg.Connection, chunks: Sequence[bytes]) -> float:
    started = time.perf_counter()
    for chunk in chunks:
        with connection.cursor().copy(COPY_EVENTS.encode()) as copy:
            copy.write(chunk)
    return time.perf_counter() - started


def _read_back(connection: psycopg.Connection) -> list[bytes]:
    """The rows that were written, chunk by chunk, as COPY takes them."""
    row = connection.execute("SELECT min(position) - 1, count(*) FROM billing.events").fetchone()
    assert row is not None
    first, size = row[0], CHUNK_ACCOUNTS * EVENTS_OF_A_BILL
    assert row[1] == CHUNKS * size
    chunks = []
    for start in range(first, first + row[1], size):
        with connection.cursor().copy(READ_BACK, (start, start + size)) as copy:
            chunks.append(b"".join(bytes(data) for data in copy))
    return chunks


def _settle(connection: psycopg.Connection) -> None:
    connection.execute("TRUNCATE billing.events")
    connection.execute("CHECKPOINT")
