"""The runner of read models: a page is there whole or not at all, and nobody's page is written twice."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import psycopg
import pytest

from adapters.bootstrap.application import Application
from adapters.bootstrap.registry import PROJECTIONS
from adapters.postgres.log import PostgresLog
from billing_core.kernel.errors import BillingError
from billing_core.parties.customers import Customer, CustomerRegistered
from billing_core.party_changes import CustomerChanges
from commands.parties import ChangeCustomer, RegisterCustomer
from projections.accounts.balances import Balances
from projections.parties import Customers, count_customers
from projections.platform.projection import LoggedEvent
from projections.platform.runner import LIVE_SCHEMA, ProjectionFailed, ProjectionOutdated, Runner
from tests.operators import Operator, wait_until_held_up


def runner_of(application: Application) -> Runner:
    return Runner(PostgresLog(application.datastore), application.tables, PROJECTIONS)


def checkpoints(operator: Operator) -> list[tuple[str, int]]:
    return operator.select("SELECT projection, position FROM billing.checkpoints ORDER BY 1")


def test_all_read_models_of_a_group_stand_at_the_same_position(operator: Operator):
    answer = operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
    assert operator.application.runner.catch_up() >= answer.position
    ((_, position), *others) = checkpoints(operator)
    assert {position} == {where for _, where in others}
    assert position == operator.application.runner.position()


def test_catching_up_page_by_page_leaves_the_same_as_all_at_once(operator: Operator, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("projections.platform.runner.PAGE_EVENTS", 3)
    for number in range(10):
        operator.tell(RegisterCustomer(customer=Customer(number=f"C{number}", kind="person", name="Ona")))
        operator.tell(ChangeCustomer(number=f"C{number}", changes=CustomerChanges(kind="person", name="Ona Maria")))
    pages: list[int] = []
    runner_of(operator.application).catch_up(progress=pages.append)
    assert pages[:-1] == [3] * (len(pages) - 1) and sum(pages) >= 20
    assert operator.findings() == []


def test_catching_up_to_a_position_shows_nothing_beyond_it(operator: Operator):
    first = operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
    operator.tell(RegisterCustomer(customer=Customer(number="C2", kind="person", name="Ana")))
    assert operator.application.runner.catch_up(upto=first.position) == first.position
    assert operator.select("SELECT number FROM live.customers") == [("C1",)]
    assert operator.ask(count_customers) == 2


def test_what_was_written_before_is_shown_though_somebody_else_is_still_writing(operator: Operator, server_url: str):
    """Also somebody in another database of the server: what is final is decided for the whole server."""
    with psycopg.connect(server_url) as elsewhere, ThreadPoolExecutor(1) as thread:
        elsewhere.execute("SELECT pg_current_xact_id()")
        answer = operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
        caught_up = thread.submit(runner_of(operator.application).catch_up)
        elsewhere.execute("SELECT pg_sleep(0.3)")
        assert not caught_up.done()
        assert runner_of(operator.application).position() < answer.position
        elsewhere.rollback()
        assert caught_up.result(30) >= answer.position
    assert operator.select("SELECT number FROM live.customers") == [("C1",)]


def test_of_two_runners_one_waits_for_the_other(operator: Operator):
    writing, go_on = Event(), Event()

    class Slow(Customers):
        def write(self, cursor, page):
            writing.set()
            assert go_on.wait(30)
            super().write(cursor, page)

    application = operator.application
    slow = Runner(
        PostgresLog(application.datastore),
        application.tables,
        [Slow() if isinstance(projection, Customers) else projection for projection in PROJECTIONS],
    )
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(slow.catch_up)
        assert writing.wait(30)
        second = threads.submit(runner_of(application).catch_up)
        wait_until_held_up(operator)
        go_on.set()
        assert first.result(30) == second.result(30)
    assert operator.findings() == []


class Stumbling(Balances):
    """Cannot take one customer's registration."""

    streams = ("account", "customer")
    folds = (*Balances.folds, CustomerRegistered)

    def write(self, cursor, page):
        super().write(cursor, page)
        if any(entry.stream == "customer/C2" for entry in page):
            raise ValueError("what is this?")


def test_a_runner_with_much_to_do_lets_others_in_after_a_page(operator: Operator, monkeypatch: pytest.MonkeyPatch):
    """Otherwise a small command would wait until a billing run has written all."""
    monkeypatch.setattr("projections.platform.runner.PAGE_EVENTS", 1)
    application = operator.application
    before = application.runner.catch_up()
    for number in range(10):
        operator.tell(RegisterCustomer(customer=Customer(number=f"C{number}", kind="person", name="Ona")))
    is_reading, may_read = Event(), Event()

    class HeldUp(PostgresLog):
        def read(self, *arguments: Any, **more: Any) -> Sequence[LoggedEvent]:
            is_reading.set()
            assert may_read.wait(30)
            return super().read(*arguments, **more)

    def get_in() -> int:
        with application.tables.only_runner(LIVE_SCHEMA):
            return application.runner.position()

    with ThreadPoolExecutor(2) as threads:
        followed = threads.submit(Runner(HeldUp(application.datastore), application.tables, PROJECTIONS).follow)
        assert is_reading.wait(30)
        waiting = threads.submit(get_in)
        wait_until_held_up(operator)
        may_read.set()

        assert before < waiting.result(30) < followed.result(30)


def test_a_fold_that_fails_stops_and_names_read_model_position_and_event(operator: Operator):
    application = operator.application
    application.runner.catch_up()
    before = checkpoints(operator)
    stumbling = Runner(
        PostgresLog(application.datastore),
        application.tables,
        [Stumbling() if isinstance(projection, Balances) else projection for projection in PROJECTIONS],
    )
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
    bad = operator.tell(RegisterCustomer(customer=Customer(number="C2", kind="person", name="Ana")))
    operator.tell(RegisterCustomer(customer=Customer(number="C3", kind="person", name="Eva")))

    with pytest.raises(ProjectionFailed) as failure:
        stumbling.catch_up()

    told = str(failure.value)
    assert "'balances'" in told and f"position {bad.position}," in told
    assert "CustomerRegistered of customer/C2" in told and "what is this?" in told
    assert checkpoints(operator) == before
    assert operator.select("SELECT number FROM live.customers") == []
    assert operator.ask(count_customers) == 3  # the mended fold goes on from there


@pytest.mark.parametrize(
    ("damage", "told"),
    [("topic = 'customer-cloned/1'", "customer-cloned/1"), ("state = '{}'", "customer"), ("state = 'x'", "malformed")],
)
def test_an_event_that_cannot_be_read_is_told_with_its_position(operator: Operator, damage: str, told: str):
    answer = operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
    operator.execute(f"UPDATE billing.events SET {damage} WHERE originator_id = 'customer/C1'")
    with pytest.raises(BillingError, match=told) as failure:
        runner_of(operator.application).catch_up()
    assert f"{answer.position}" in str(failure.value)
    assert operator.select("SELECT number FROM live.customers") == []


def test_a_page_that_another_runner_has_written_meanwhile_is_not_written_again(operator: Operator):
    """A runner that lost its lock (its connection was cut) finds the checkpoint moved and keeps nothing."""
    application = operator.application
    application.runner.catch_up()
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))

    class Overtaken(PostgresLog):
        def read(self, *wanted):
            page = super().read(*wanted)
            operator.execute("UPDATE billing.checkpoints SET position = position + 1 WHERE projection = 'customers'")
            return page

    with pytest.raises(ProjectionFailed, match="another runner moved its checkpoint"):
        Runner(Overtaken(application.datastore), application.tables, PROJECTIONS).catch_up()
    assert operator.select("SELECT number FROM live.customers") == []


@pytest.mark.parametrize(
    "outdated",
    [
        "UPDATE billing.checkpoints SET version = version + 1 WHERE projection = 'payments'",
        "UPDATE billing.checkpoints SET version = version - 1 WHERE projection = 'payments'",
        "DELETE FROM billing.checkpoints WHERE projection = 'payments'",
    ],
)
def test_a_read_model_of_another_version_is_refused_until_it_is_built_again(operator: Operator, outdated: str):
    operator.execute(outdated)
    with pytest.raises(ProjectionOutdated, match=r"'payments'.*rebuild"):
        operator.application.runner.catch_up()


def test_creating_the_tables_again_keeps_what_is_in_them(operator: Operator):
    number = f"C{uuid.uuid4().hex[:6]}"
    operator.tell(RegisterCustomer(customer=Customer(number=number, kind="person", name="Ona")))
    before = operator.live_contents()
    operator.application.runner.create_tables()
    assert operator.live_contents() == before
