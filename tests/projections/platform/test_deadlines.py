"""The table of deadlines: each area folds its own, also of events that another one folds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest

from billing_core.parties.customers import Customer, CustomerChanged, CustomerRegistered
from billing_core.party_changes import CustomerChanges
from commands.parties import ChangeCustomer, RegisterCustomer
from projections.platform.deadlines import Deadline, DeadlineFolds, Deadlines
from projections.platform.projection import LoggedEvent
from tests.operators import Operator

MAY, JUNE = date(2036, 5, 10), date(2036, 6, 10)
AT_TWO = datetime(2036, 5, 10, 14, tzinfo=UTC)


def greet(entry: LoggedEvent) -> Iterable[Deadline]:
    yield Deadline("greet", MAY)
    yield Deadline("greet", JUNE, "again")


def never_mind(entry: LoggedEvent) -> Iterable[Deadline]:
    yield Deadline("greet", None)


def visit(entry: LoggedEvent) -> Iterable[Deadline]:
    yield Deadline("visit", MAY)


def folded(operator: Operator, deadlines: Deadlines) -> list[LoggedEvent]:
    """The events of the log that the table folds."""
    log = operator.application.log
    return [entry for entry in log.read(0, log.newest_position(), 100) if isinstance(entry.event, deadlines.folds)]


GREETING: DeadlineFolds = {CustomerRegistered: greet, CustomerChanged: never_mind}
VISITING: DeadlineFolds = {CustomerRegistered: visit, CustomerChanged: visit}


@pytest.mark.parametrize("events_a_page", [1, 100])
def test_a_later_deadline_replaces_an_earlier_one_and_none_removes_it(operator: Operator, events_a_page: int):
    for number in ("C1", "C2"):
        operator.tell(RegisterCustomer(customer=Customer(number=number, kind="person", name="Ona")))
    operator.tell(ChangeCustomer(number="C1", changes=CustomerChanges(kind="person", name="Anna")))
    deadlines = Deadlines([GREETING, VISITING])
    page = folded(operator, deadlines)

    with operator.application.tables.transaction("live") as cursor:
        for first in range(0, len(page), events_a_page):
            deadlines.write(cursor, page[first : first + events_a_page])

    assert operator.select("SELECT stream, kind, subject, due_on FROM live.deadlines ORDER BY 1, 2, 3") == [
        ("customer/C1", "greet", "again", JUNE),
        ("customer/C1", "visit", "", MAY),
        ("customer/C2", "greet", "", MAY),
        ("customer/C2", "greet", "again", JUNE),
        ("customer/C2", "visit", "", MAY),
    ]


def come_at(entry: LoggedEvent) -> Iterable[Deadline]:
    yield Deadline("visit", MAY, "first", AT_TWO)
    yield Deadline("visit", MAY, "second", AT_TWO + timedelta(hours=1))


def come_later(entry: LoggedEvent) -> Iterable[Deadline]:
    yield Deadline("visit", MAY, "first", AT_TWO + timedelta(hours=2))
    yield Deadline("visit", JUNE, "second")


@pytest.mark.parametrize("events_a_page", [1, 100])
def test_a_deadline_may_have_an_instant_and_comes_in_order_of_it(operator: Operator, events_a_page: int):
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
    deadlines = Deadlines([{CustomerRegistered: come_at, CustomerChanged: come_later}])
    statement = "SELECT subject, due_on, due_at, comes_at FROM live.deadlines ORDER BY comes_at"
    with operator.application.tables.transaction("live") as cursor:
        deadlines.write(cursor, folded(operator, deadlines))
    assert operator.select(statement) == [
        ("first", MAY, AT_TWO, AT_TWO),
        ("second", MAY, AT_TWO + timedelta(hours=1), AT_TWO + timedelta(hours=1)),
    ]

    operator.tell(ChangeCustomer(number="C1", changes=CustomerChanges(kind="person", name="Anna")))
    page = folded(operator, deadlines)
    with operator.application.tables.transaction("live") as cursor:
        for first in range(0, len(page), events_a_page):
            deadlines.write(cursor, page[first : first + events_a_page])

    four = AT_TWO + timedelta(hours=2)
    assert operator.select(statement) == [
        ("first", MAY, four, four),
        ("second", JUNE, None, datetime(2036, 6, 10, tzinfo=UTC)),
    ]


def test_an_area_that_folds_other_events_makes_another_version_of_the_table():
    assert Deadlines([GREETING]).version == Deadlines([dict(reversed(list(GREETING.items())))]).version
    assert Deadlines([{CustomerRegistered: greet}]).version != Deadlines([GREETING]).version


def test_an_area_that_folds_an_event_of_another_one_makes_another_version_of_the_table():
    assert Deadlines([GREETING]).version != Deadlines([GREETING, VISITING]).version
    assert Deadlines([GREETING, VISITING]).version == Deadlines([VISITING, GREETING]).version
