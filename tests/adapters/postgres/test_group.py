"""Group commit: together where possible, each for itself where one fails, and nobody waits for ever."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest

from adapters.postgres.group import GroupCommit, Write

INSERT = b"INSERT INTO taken VALUES (%b) RETURNING pg_current_xact_id()::text::bigint"
WAIT = b"SELECT 0 FROM (SELECT pg_advisory_xact_lock(7)) AS waited"


class Writers:
    """Threads that write through one group, each on a connection of its own."""

    def __init__(self, url: str, stack: ExitStack) -> None:
        self._url = url
        self._stack = stack
        self._threads = stack.enter_context(ThreadPoolExecutor(10))
        self.group = GroupCommit()
        self.watcher = self.connection()
        self.watcher.execute("CREATE TABLE taken (key text PRIMARY KEY)")

    def connection(self) -> psycopg.Connection[Any]:
        return self._stack.enter_context(psycopg.connect(self._url, autocommit=True))

    def start(self, statement: bytes, *values: Any) -> Future[int]:
        return self._threads.submit(self.group.execute, self.connection().cursor(), Write(statement, values))

    def start_together(self, *keys: str) -> list[Future[int]]:
        """Start inserts that all wait while another write has its turn, and then let that one end."""
        self.watcher.execute("SELECT pg_advisory_lock(7)")
        first = self.start(WAIT)
        wait_until(lambda: self.watcher.execute("SELECT FROM pg_locks WHERE NOT granted").fetchone() is not None)
        inserts = [self.start(INSERT, key) for key in keys]
        wait_until(lambda: len(self.group._waiting) == len(keys))
        self.watcher.execute("SELECT pg_advisory_unlock(7)")
        assert first.result(30) == 0
        return inserts

    def keys(self) -> set[str]:
        return {key for (key,) in self.watcher.execute("SELECT key FROM taken")}


@pytest.fixture
def writers(database_url: str) -> Iterator[Writers]:
    with ExitStack() as stack:
        yield Writers(database_url, stack)


def wait_until(happened: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < give_up_at, "it never happened"
        time.sleep(0.01)


def test_writes_that_wait_at_the_same_time_are_one_transaction(writers: Writers):
    transactions = {insert.result(30) for insert in writers.start_together("a", "b", "c")}

    assert len(transactions) == 1
    assert writers.keys() == {"a", "b", "c"}


def test_a_write_that_fails_fails_alone(writers: Writers):
    writers.watcher.execute("INSERT INTO taken VALUES ('b')")

    first, second, third = writers.start_together("a", "b", "c")

    assert first.result(30) != third.result(30)
    with pytest.raises(psycopg.errors.UniqueViolation, match=r"\(b\)"):
        second.result(30)
    assert writers.keys() == {"a", "b", "c"}


def test_nobody_waits_for_ever_when_the_thread_that_writes_is_stopped(writers: Writers):
    class Stop(list[Any]):
        def __len__(self) -> int:
            raise KeyboardInterrupt

    stopped = Write(INSERT, Stop())
    writers.group._waiting.extend([stopped, other := Write(INSERT, ["a"])])
    with pytest.raises(KeyboardInterrupt):
        writers.group.execute(writers.connection().cursor(), Write(INSERT, ["b"]))

    assert isinstance(other.failure, psycopg.OperationalError)
    assert writers.keys() == set()
    assert writers.group.execute(writers.connection().cursor(), Write(INSERT, ["c"])) > 0
