"""Read models are thrown away and built again: equal to the live ones, while everybody goes on working."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from threading import Event
from typing import Any

import psycopg
import pytest

from adapters.bootstrap.registry import INVARIANTS, PROJECTIONS
from adapters.postgres.log import PostgresLog
from billing_core.parties.customers import Customer
from commands.parties import RegisterCustomer
from projections.platform.check import check
from projections.platform.projection import Projection
from projections.platform.rebuild import rebuild
from projections.platform.runner import Runner
from tests.operators import Operator

EVERY = [pytest.param(projection, id=projection.name) for projection in PROJECTIONS]


def rebuild_some(operator: Operator, *chosen: Projection) -> int:
    application = operator.application
    return rebuild(application.log, application.tables, chosen or PROJECTIONS, PROJECTIONS)


def test_every_read_model_built_again_equals_the_live_one(trade: Operator):
    before = trade.live_contents()
    assert all(before.values())  # each table has something to compare

    position = rebuild_some(trade)

    assert trade.live_contents() == before
    assert trade.application.runner.position() == position
    assert trade.select("SELECT nspname FROM pg_namespace WHERE nspname = 'rebuilding'") == []


@pytest.mark.parametrize("chosen", EVERY)
def test_one_read_model_is_mended_alone_and_the_others_are_not_touched(trade: Operator, chosen: Projection):
    before = trade.live_contents()
    for table in chosen.tables:
        trade.execute(f"DELETE FROM live.{table}")
    others = {table for projection in PROJECTIONS if projection is not chosen for table in projection.tables}
    identities = identity_of(trade, others)

    rebuild_some(trade, chosen)

    assert trade.live_contents() == before
    assert identity_of(trade, others) == identities


def identity_of(operator: Operator, tables: set[str]) -> list[Any]:
    """The tables' own identities in the database: a table that was replaced has another one."""
    return operator.select(
        "SELECT relname, oid FROM pg_class WHERE relnamespace = 'live'::regnamespace AND relname = ANY(%s) ORDER BY 1",
        sorted(tables),
    )


def test_indexes_and_constraints_are_those_of_a_first_build(operator: Operator):
    query = """SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'live' ORDER BY 1, 2"""
    before = operator.select(query)
    rebuild_some(operator)
    assert operator.select(query) == before


def test_a_read_model_that_was_never_built_is_built(trade: Operator):
    before = trade.live_contents()
    trade.execute("DROP TABLE live.payments, live.allocations CASCADE")
    trade.execute("DELETE FROM billing.checkpoints WHERE projection = 'payments'")
    chosen = next(projection for projection in PROJECTIONS if projection.name == "payments")
    rebuild_some(trade, chosen)
    assert trade.live_contents() == before


@contextmanager
def busy(operator: Operator) -> Iterator[None]:
    """Somebody registers customers and bills accounts without a pause, and somebody else keeps the read models."""
    stopped = Event()

    def write() -> int:
        count = 0
        while not stopped.is_set():
            count += 1
            operator.tell(RegisterCustomer(customer=Customer(number=f"N{count}", kind="person", name="New")))
            operator.subscriber(f"B{count:04}")
        return count

    def follow() -> None:
        application = operator.application
        runner = Runner(PostgresLog(application.datastore), application.tables, PROJECTIONS)
        while not stopped.is_set():
            runner.follow()

    with ThreadPoolExecutor(2) as threads:
        writing, following = threads.submit(write), threads.submit(follow)
        try:
            yield
        finally:
            stopped.set()
        assert writing.result(60) > 0
        following.result(60)


def test_a_rebuild_while_others_write_misses_nothing(trade: Operator):
    with busy(trade):
        for projection in (None, *PROJECTIONS):
            rebuild_some(trade, *([projection] if projection else []))
    assert trade.findings() == []


def test_a_check_while_others_write_finds_nothing(trade: Operator):
    application = trade.application
    with busy(trade):
        for _ in range(3):
            found = check(application.log, application.tables, PROJECTIONS, INVARIANTS)
            assert [finding for finding in found if finding.offenders] == []


def test_a_check_while_somebody_bills_finds_nothing(trade: Operator):
    application = trade.application
    trade.subscribers(40, first=100)
    stopped = Event()

    def bill() -> None:
        for days in range(1, 5):
            trade.bill(date(2026, 4, 11 + days))
            trade.subscriber(f"B{days:02}", since=date(2026, 4, 9 + days))
        stopped.set()

    with ThreadPoolExecutor(1) as thread:
        billing = thread.submit(bill)
        while not stopped.is_set() and not billing.done():
            found = check(application.log, application.tables, PROJECTIONS, INVARIANTS)
            assert [finding for finding in found if finding.offenders] == []
        billing.result(60)


def test_a_rebuild_waits_for_a_transaction_that_is_still_open(trade: Operator):
    """The live tables may have gone further than what is final now: a transaction began in the meantime."""
    customers = next(projection for projection in PROJECTIONS if projection.name == "customers")
    trade.tell(RegisterCustomer(customer=Customer(number="N1", kind="person", name="New")))
    trade.application.runner.catch_up()
    rebuilding = PostgresLog(trade.application.datastore)
    with psycopg.connect(trade.database_url) as slow, ThreadPoolExecutor(1) as thread:
        slow.execute("SELECT pg_current_xact_id()")
        done = thread.submit(rebuild, rebuilding, trade.application.tables, [customers], PROJECTIONS)
        slow.execute("SELECT pg_sleep(0.5)")
        assert not done.done()
        slow.rollback()
        done.result(30)
    trade.tell(RegisterCustomer(customer=Customer(number="N2", kind="person", name="New")))
    assert trade.findings() == []
