"""Fills read models from the first event on with a process for each core, each with its share of the streams.

Processes and not threads, because folding is work for a core of its own. A worker lives at most as long as its standard
input, which the kernel closes when the process that gave the work is killed. A late write of such a worker is refused,
see `projections.platform.bulk_load`.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from subprocess import PIPE, Popen
from threading import Lock

import msgspec

from adapters.processes.background import DATABASE_VARIABLE
from billing_core.kernel.errors import Unavailable
from projections.platform import bulk_load
from projections.platform.bulk_load import BulkLoad, Load
from projections.platform.ports import Log, Progress, Share, Tables
from projections.platform.runner import ProjectionFailed

# Starting a process takes as much of a processor as folding some 50,000 events for all read models, or 90,000 for those
# of one area: with less than that for each, several processes are slower than one.
LEAST_EVENTS_EACH = 80_000
MOST_PROCESSES = 8
REFUSED, UNAVAILABLE = 1, 2


class Task(msgspec.Struct, frozen=True):
    """The task of a worker."""

    schema: str
    schema_id: int
    projections: list[str]
    upto: int
    share: Share


def load_in_processes(database_url: str, processes: int | None = None) -> Load:
    """A way to load that uses so many processes, by default as many as there are cores and as are worth starting."""

    def load(log: Log, tables: Tables, whole: BulkLoad, progress: Progress) -> None:
        count = processes or min(os.cpu_count() or 1, MOST_PROCESSES, whole.upto // LEAST_EVENTS_EACH)
        if count < 2:
            bulk_load.load(log, tables, whole, progress)
        else:
            _load(database_url, whole, count, progress)

    return load


def _load(database_url: str, whole: BulkLoad, count: int, progress: Progress) -> None:
    """Start the processes and follow each from a thread; the first that fails ends them all."""
    turn = Lock()

    def tell(events: int) -> None:
        with turn:
            progress(events)

    workers = [_start(database_url, whole, Share(number, count)) for number in range(count)]
    with ThreadPoolExecutor(count) as threads:
        try:
            for followed in as_completed([threads.submit(_follow, worker, tell) for worker in workers]):
                followed.result()
        finally:
            for worker in workers:
                worker.terminate()  # Nothing happens to those that have ended.


def _start(database_url: str, whole: BulkLoad, share: Share) -> Popen[bytes]:
    names = [projection.name for projection in whole.projections]
    worker = Popen(
        [sys.executable, "-m", "adapters.bootstrap.rebuild_worker"],
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env={**os.environ, DATABASE_VARIABLE: database_url},
    )
    assert worker.stdin is not None
    worker.stdin.write(msgspec.json.encode(Task(whole.schema, whole.schema_id, names, whole.upto, share)) + b"\n")
    worker.stdin.flush()
    return worker


def _follow(worker: Popen[bytes], progress: Progress) -> None:
    """Pass on the number of events of each page, until the process has ended as it should."""
    with worker:
        assert worker.stdout is not None and worker.stderr is not None
        for events in worker.stdout:
            progress(int(events))
        said = worker.stderr.read().decode().strip()
    if worker.returncode == REFUSED:
        raise ProjectionFailed(said)
    if worker.returncode:
        raise Unavailable(f"a process that filled read models ended ({worker.returncode}); start again: {said}")
