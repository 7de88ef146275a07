"""Events checked against their seals per second: every one read, hashed and compared, all signatures checked.

The limit is a raw server-side cursor that reads the same columns of the same events, in the same order, and does
nothing with them.
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psycopg

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.files.seal_files import create_keys, load_check, load_signer
from benchmarks.bills import EVENTS_OF_A_BILL, bills, fresh_application
from benchmarks.measurement import note, report
from billing_core.integrity.seals import IsSigned
from commands.billing.run import CHUNK_ACCOUNTS

CHUNKS = 50
EVENTS = CHUNKS * CHUNK_ACCOUNTS * EVENTS_OF_A_BILL
TURNS = 7
FETCHED_ROWS = 5_000

SELECT_EVENTS = """
    SELECT position, originator_id, originator_version, topic, state, metadata, effective_on, recorded_at,
           transaction_id
    FROM billing.events ORDER BY position
"""


def main(server_url: str) -> None:
    """Medians of several turns, check and raw read one after the other."""
    note(f"verify: writing and sealing {EVENTS} events, {TURNS} turns")
    with fresh_application(server_url, "bench_verify") as application, TemporaryDirectory() as folder:
        is_signed = _sealed(application, Path(folder))
        turns = [(_verify_seconds(application, is_signed), _read_seconds(application)) for _ in range(TURNS)]
    report(
        "verify_events",
        EVENTS / median(verified for verified, _ in turns),
        "events/s",
        EVENTS / median(read for _, read in turns),
        median(read / verified for verified, read in turns),
    )


def _sealed(application: Application, folder: Path) -> IsSigned:
    """Load the store and seal all of it; how signatures are checked."""
    origin = origin_of_process("benchmark")
    for number in range(CHUNKS):
        with application.store.transaction() as transaction:
            transaction.append(bills(number * CHUNK_ACCOUNTS, CHUNK_ACCOUNTS), (), origin)
    is_signed = load_check([create_keys(folder / "key")])
    application.seals.seal(load_signer(folder / "key"), True, lambda events: None)
    with psycopg.connect(application.database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    return is_signed


def _verify_seconds(application: Application, is_signed: IsSigned) -> float:
    started = time.perf_counter()
    verified = application.seals.verify(is_signed, None, lambda events: None)
    seconds = time.perf_counter() - started
    assert (verified.events, verified.findings) == (EVENTS, [])
    return seconds


def _read_seconds(application: Application) -> float:
    with psycopg.connect(application.database_url) as connection:
        cursor = connection.cursor("raw", binary=True)
        cursor.itersize = FETCHED_ROWS
        started = time.perf_counter()
        rows = sum(1 for _ in cursor.execute(SELECT_EVENTS))
        seconds = time.perf_counter() - started
    assert rows == EVENTS
    return seconds
