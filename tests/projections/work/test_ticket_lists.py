"""Tickets are found by what they are about, where they stand and the words of their subject, in an order, by pages."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from billing_core.kernel.errors import InvalidValue
from billing_core.work.crews import Crew
from billing_core.work.ticket_events import TicketAssigned, TicketChanged, WatchersChanged
from commands.parties import RegisterSeller
from commands.staff.operators import RegisterOperator
from commands.work.crews import DefineCrew
from projections.platform.runner import LIVE_SCHEMA
from projections.work.ticket_lists import (
    ORDERS,
    DuplicatesRow,
    Sort,
    Sought,
    duplicates,
    list_tickets,
    place_of,
    tickets_of_customers,
    work_of_operator,
)
from tests.commands.work.conftest import VRANA
from tests.operators import Operator
from tests.projections.work.books import HOURS, ON
from tests.projections.work.desk import Desk, at


@pytest.fixture
def desk(operator: Operator) -> Desk:
    """Six tickets: the fifth was completed, the sixth was the same as the first."""
    desk = Desk(operator)
    desk.open("03-10 08:00", subject="Dolní 5: no light", address="dolni-5", due_at=at("03-12 08:00"))
    desk.open(
        "03-10 09:00", subject="Slow in the evening", address="dolni-5", due_at=at("03-11 08:00"), priority="high"
    )
    desk.open("03-10 10:00", customer="A0002", subject="The bill is wrong", queue="billing", kind="complaint")
    desk.open("03-10 11:00", customer="A0002", subject="light at Dolni 7", due_at=at("03-11 08:00"), priority="urgent")
    desk.open("03-10 12:00", customer="A0002", subject="Moved house")
    desk.open("03-10 13:00", subject="Dark")
    desk.write("T-1", "03-10 14:00", (TicketAssigned, {"queue": "crews", "assignee": "ana", "crew": "c1"}))
    desk.move("T-1", "03-10 15:00", "mend", queue="crews")
    desk.write("T-2", "03-10 16:00", (WatchersChanged, {"watchers": ("ana", "bo")}))
    desk.write("T-4", "03-10 16:00", (TicketAssigned, {"queue": "desk", "assignee": "ana"}))
    desk.write("T-4", "03-10 16:00", (WatchersChanged, {"watchers": ("ana",)}))
    tagged = {"subject": "light at Dolni 7", "priority": "urgent", "due_at": at("03-11 08:00"), "tags": ("vip",)}
    desk.write("T-4", "03-10 16:00", (TicketChanged, tagged))
    desk.close("T-5", "03-10 17:00")
    desk.close("T-6", "03-10 18:00", outcome="duplicate", duplicate_of="T-1")
    return desk


def numbers(desk: Desk, sort: Sort = "number", **sought: Any) -> list[str]:
    return [row.number for row in desk.operator.ask(list_tickets, Sought(**sought), 10, sort)]


@pytest.mark.parametrize("of", ["customer", "account", "device", "document", "parent", "duplicate_of"])
def test_all_tickets_of_something_are_found_by_an_index(desk: Desk, of: str):
    """Otherwise a list of the few of a customer would read the million that ended."""
    with desk.operator.application.tables.transaction(LIVE_SCHEMA) as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan: list[str] = []

        class Explained:
            def execute(self, query: str, parameters: Any) -> list[Any]:
                plan.extend(line for (line,) in cursor.execute(f"EXPLAIN {query}", parameters).fetchall())
                return []

        list_tickets(Explained(), Sought(state="", **{of: "17"}), 10)  # type: ignore[arg-type]
    assert any("Index Cond" in line and of in line for line in plan), plan


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ({}, ["T-1", "T-2", "T-3", "T-4"]),
        ({"state": ""}, ["T-1", "T-2", "T-3", "T-4", "T-5", "T-6"]),
        ({"state": "completed"}, ["T-5"]),
        ({"state": "duplicate", "duplicate_of": "T-1"}, ["T-6"]),
        ({"queue": "desk"}, ["T-2", "T-4"]),
        ({"queue": "crews", "crew": "c1"}, ["T-1"]),
        ({"assignee": "ana"}, ["T-1", "T-4"]),
        ({"watcher": "ana"}, ["T-2", "T-4"]),
        ({"step": "mend"}, ["T-1"]),
        ({"tag": "vip"}, ["T-4"]),
        ({"address": "dolni-5"}, ["T-1", "T-2"]),
        ({"customer": "A0002", "kind": "fault"}, ["T-4"]),
        ({"priority": "high"}, ["T-2"]),
        ({"search": "DOLNÍ lig"}, ["T-1", "T-4"]),
        ({"search": "olni"}, []),
        ({"search": " t-3 "}, ["T-3"]),
        ({"search": "100%"}, []),
        ({"overdue_at": at("03-12 00:00")}, ["T-2", "T-4"]),
    ],
)  # fmt: skip
def test_a_list_shows_those_for_which_everything_holds_that_is_named(desk: Desk, sought: dict[str, Any], found: list):
    assert numbers(desk, **sought) == found


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("number", ["T-1", "T-2", "T-3", "T-4", "T-5", "T-6"]),
        ("newest", ["T-6", "T-5", "T-4", "T-3", "T-2", "T-1"]),
        ("due", ["T-2", "T-4", "T-1"]),
        ("waiting", ["T-2", "T-3", "T-4", "T-5", "T-6", "T-1"]),
    ],
)
def test_a_list_has_an_order_and_its_pages_have_each_ticket_once(desk: Desk, sort: Sort, found: list[str]):
    assert numbers(desk, sort, state="") == found

    after, shown = "", []
    while page := desk.operator.ask(list_tickets, Sought(state=""), 2, sort, after):
        shown += [row.number for row in page]
        after = place_of(page[-1], sort)
    assert shown == found
    assert set(ORDERS) == set(get_args(Sort))


@pytest.mark.parametrize(("sort", "after"), [("number", "x"), ("due", "7"), ("due", "yesterday/7"), ("number", "a/b")])
def test_a_place_that_no_list_gave_is_refused(desk: Desk, sort: Sort, after: str):
    with pytest.raises(InvalidValue, match="must be the `next` of a page before"):
        desk.operator.ask(list_tickets, Sought(), 2, sort, after)


def test_my_work_is_what_i_was_given_and_what_i_watch_the_most_urgent_first(desk: Desk):
    found = desk.operator.ask(work_of_operator, "ana", 10)
    assert [row.number for row in found.assigned] == ["T-4", "T-1"]
    assert [row.number for row in found.watched] == ["T-2"]

    nobody = desk.operator.ask(work_of_operator, "", 10)
    assert (nobody.assigned, nobody.of_crews, nobody.watched) == ([], [], [])


def test_my_work_is_that_of_my_crews_too_and_no_ticket_is_in_it_twice(desk: Desk):
    desk.operator.tell(RegisterSeller(seller=VRANA), today=ON)
    for code, members in (("c1", ("bo",)), ("c2", ("ana",))):
        desk.operator.tell(RegisterOperator(operator=members[0], name=code, roles=("administrator",)), today=ON)
        crew = Crew(code=code, title=code, seller="vrana", members=members, hours=HOURS)
        desk.operator.tell(DefineCrew(crew=crew), today=ON)
    desk.write("T-2", "03-10 17:00", (TicketAssigned, {"queue": "desk", "crew": "c1"}))

    found = desk.operator.ask(work_of_operator, "bo", 10)
    assert found.crews == ["c1"]
    assert (found.assigned, found.watched) == ([], [])
    assert [row.number for row in found.of_crews] == ["T-2", "T-1"]


def test_a_customers_tickets_are_the_open_ones_and_those_that_ended_last(desk: Desk):
    open_ones, ended = desk.operator.ask(tickets_of_customers, ["A0002"], 10)
    assert [row.number for row in open_ones] == ["T-4", "T-3"]
    assert [row.number for row in ended] == ["T-5"]
    assert desk.operator.ask(tickets_of_customers, ["A0001"], 1)[0][0].number == "T-2"  # a priority before a number


def test_duplicates_stand_with_what_they_are_duplicates_of(desk: Desk):
    (row,) = desk.operator.ask(duplicates, "", 10)
    on = at("03-10 18:00").date()
    assert row == DuplicatesRow("T-1", 1, ["T-6"], ["A0001"], on, on)
    assert desk.operator.ask(duplicates, "T-1", 10) == []
