"""Read models built by several processes: the same as by one; who is killed leaves nothing that stands in the way."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date

import psutil
import psycopg
import pytest

from adapters.bootstrap.registry import PROJECTIONS
from adapters.processes.rebuild_workers import load_in_processes
from billing_core.kernel.errors import Unavailable
from projections.platform.ports import unwatched
from projections.platform.projection import Projection
from projections.platform.rebuild import rebuild
from projections.platform.runner import ProjectionFailed
from tests.operators import Operator
from tests.waiting import eventually


@pytest.fixture
def billed(operator: Operator) -> Operator:
    """An operator with a month in its books."""
    operator.subscribers(6)
    operator.bill_each_due_date(date(2026, 2, 2))
    return operator


def rebuild_in_processes(
    operator: Operator, *chosen: Projection, progress: Callable[[int], None] = unwatched, processes: int = 2
) -> int:
    application, fill = operator.application, load_in_processes(operator.database_url, processes)
    return rebuild(application.log, application.tables, chosen or PROJECTIONS, PROJECTIONS, progress, fill)


@contextmanager
def locked(operator: Operator, table: str, mode: str) -> Iterator[psycopg.Connection]:
    """Keep others from a table meanwhile."""
    with psycopg.connect(operator.database_url) as connection:
        connection.execute(f"LOCK TABLE {table} IN {mode} MODE".encode())
        yield connection
        connection.rollback()


def wait_for_someone_waiting(operator: Operator, ended: Callable[[], bool], count: int = 1) -> None:
    """Until so many stand before a lock on a table; an error if they end without."""
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND NOT granted"

    def is_waiting() -> bool:
        assert not ended()
        return operator.select(waiting) >= [(count,)]

    eventually(is_waiting)


def test_processes_build_what_one_would_and_tell_how_far_they_are(billed: Operator):
    live = billed.live_contents()
    told: list[int] = []
    rebuild_in_processes(billed, progress=told.append, processes=3)
    ((events,),) = billed.select("SELECT count(*) FROM billing.events")
    assert sum(told) == events and len(told) > 1
    assert billed.live_contents() == live
    assert billed.findings() == []


def test_what_stops_a_process_is_told_as_if_it_had_happened_here(billed: Operator):
    live = billed.live_contents()
    billed.execute("UPDATE billing.events SET topic = 'customer-cloned/1' WHERE originator_id = 'customer/A0002'")
    ((position,),) = billed.select("SELECT position FROM billing.events WHERE originator_id = 'customer/A0002'")
    with pytest.raises(ProjectionFailed, match=f"event at position '{position}'.*customer-cloned/1"):
        rebuild_in_processes(billed)
    billed.execute("UPDATE billing.events SET topic = 'customer-registered/1' WHERE topic = 'customer-cloned/1'")
    assert billed.live_contents() == live


def test_a_process_that_is_killed_is_told_and_the_rebuild_is_repeated(billed: Operator):
    live = billed.live_contents()
    with locked(billed, "billing.events", "ACCESS EXCLUSIVE"), ThreadPoolExecutor(1) as thread:
        rebuilding = thread.submit(rebuild_in_processes, billed)
        wait_for_someone_waiting(billed, rebuilding.done, 2)
        workers = [
            child
            for child in psutil.Process().children(recursive=True)
            if "adapters.bootstrap.rebuild_worker" in child.cmdline()
        ]
        assert len(workers) == 2
        workers[0].kill()
        with pytest.raises(Unavailable, match=f"ended \\(-{int(signal.SIGKILL)}\\); start again"):
            rebuilding.result(60)
    assert billed.live_contents() == live
    rebuild_in_processes(billed)
    assert billed.live_contents() == live
