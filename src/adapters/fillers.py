"""Fills read models from the first event on with a process for each core, each with its share of the streams.

Processes and not threads, because folding is work for a core of its own. A filler lives at most as long as its standard
input: closed when the work is given up, or by the kernel when whoever gave it is killed. What one of them
may still write then is refused, see `projections.filling`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

import msgspec

from adapters.background import DATABASE_VARIABLE
from billing_core.errors import Unavailable
from projections import filling
from projections.filling import Fill, Filling
from projections.runner import Log, Progress, ProjectionFailed, Share, Tables

# Starting a process takes as long as filling some ten thousand events.
LEAST_EVENTS_EACH = 100_000
MOST_PROCESSES = 8
REFUSED, UNAVAILABLE = 1, 2


class Task(msgspec.Struct, frozen=True):
    """What a filler is told."""

    schema: str
    schema_id: int
    projections: list[str]
    upto: int
    share: Share


def fill_in_processes(database_url: str, processes: int | None = None) -> Fill:
    """A way to fill that uses so many processes, by default as many as there are cores and as are worth starting."""

    def fill(log: Log, tables: Tables, whole: Filling, progress: Progress) -> None:
        count = processes or min(os.cpu_count() or 1, MOST_PROCESSES, whole.upto // LEAST_EVENTS_EACH)
        if count < 2:
            filling.fill(log, tables, whole, progress)
            return
        with _fillers(database_url, whole, count) as (fillers, counts):
            for events in counts:
                progress(int(events))
                if any(filler.poll() for filler in fillers):
                    break

    return fill


@contextmanager
def _fillers(
    database_url: str, whole: Filling, count: int
) -> Iterator[tuple[Sequence[subprocess.Popen[bytes]], IO[str]]]:
    """The processes, and the lines that they all write: the number of events of each page."""
    reading, writing = os.pipe()
    fillers = [_start(database_url, whole, Share(number, count), writing) for number in range(count)]
    os.close(writing)
    try:
        with open(reading) as counts:
            yield fillers, counts
    finally:
        ends = [(filler, filler.communicate()[1].decode().strip()) for filler in fillers]
    for filler, said in ends:
        if filler.returncode == REFUSED:
            raise ProjectionFailed(said)
        if filler.returncode:
            raise Unavailable(f"a process that filled read models ended ({filler.returncode}); start again: {said}")


def _start(database_url: str, whole: Filling, share: Share, counts: int) -> subprocess.Popen[bytes]:
    names = [projection.name for projection in whole.projections]
    filler = subprocess.Popen(
        [sys.executable, "-m", "adapters.filler"],
        stdin=subprocess.PIPE,
        stdout=counts,
        stderr=subprocess.PIPE,
        env={**os.environ, DATABASE_VARIABLE: database_url},
    )
    assert filler.stdin is not None
    filler.stdin.write(msgspec.json.encode(Task(whole.schema, whole.schema_id, names, whole.upto, share)) + b"\n")
    filler.stdin.flush()
    return filler
