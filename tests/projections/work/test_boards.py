"""Boards of open tickets and figures of all, worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billing_core.work.ticket_events import LabourLogged, TicketAssigned
from projections.work.boards import AgeingRow, LoadRow, ageing, board, load
from projections.work.figures import CountRow, Days, TimesRow, count_tickets, times
from tests.operators import Operator
from tests.projections.work.desk import Desk, at

NOW = at("04-01 08:00")
SPRING = Days(date(2026, 3, 1), date(2026, 5, 1))
MARCH = Days(date(2026, 3, 1), date(2026, 4, 1))


@pytest.fixture
def desk(operator: Operator) -> Desk:
    return Desk(operator)


def test_a_board_has_a_cell_for_each_step_with_the_most_urgent_tickets(desk: Desk):
    desk.open("03-10 08:00")
    desk.open("03-10 09:00", due_at=at("04-01 07:59"))
    desk.open("03-10 10:00", due_at=at("04-01 08:00"))
    desk.open("03-10 11:00", priority="urgent")
    desk.open("03-10 12:00", queue="crews", steps=("dig", "call"))
    desk.open("03-10 13:00", queue="crews", steps=(), actions=("x//0",))
    desk.close(desk.open("03-10 14:00"), "03-10 15:00")

    def cells(first: int, queue: str = "") -> list[tuple[Any, ...]]:
        found = desk.operator.ask(board, NOW, first, queue)
        return [
            (each.queue, each.step, each.tickets, each.overdue, each.oldest_since, [row.number for row in each.first])
            for each in found
        ]

    crews = [
        ("crews", "", 1, 0, at("03-10 13:00"), ["T-6"]),
        ("crews", "call", 1, 0, at("03-10 12:00"), ["T-5"]),
        ("crews", "dig", 1, 0, at("03-10 12:00"), ["T-5"]),
    ]
    assert cells(3) == [*crews, ("desk", "look", 4, 1, at("03-10 08:00"), ["T-4", "T-2", "T-3"])]
    assert cells(1, "crews") == crews


def test_a_ticket_is_as_old_as_its_opening(desk: Desk):
    for moment in ("03-31 08:00", "03-31 07:59", "03-29 08:00", "03-25 08:00", "03-02 08:00", "03-02 07:59"):
        desk.open(moment)
    desk.open("04-01 07:00", queue="crews")
    desk.close(desk.open("03-01 08:00"), "03-10 15:00")

    crews, of_desk = desk.operator.ask(ageing, NOW, "", 10)
    assert crews == AgeingRow("crews", 1, 1, 0, 0, 0, 0, at("04-01 07:00"))
    assert of_desk == AgeingRow("desk", 6, 1, 2, 1, 1, 1, at("03-02 07:59"))
    assert desk.operator.ask(ageing, NOW, "crews", 10) == [of_desk]


def test_load_is_what_is_open_by_who_has_it(desk: Desk):
    desk.open("03-10 08:00", due_at=at("03-11 08:00"), priority="urgent")
    desk.open("03-10 09:00")
    desk.open("03-10 10:00")
    for number, who in (("T-1", "ana"), ("T-2", "ana"), ("T-3", "")):
        desk.write(number, "03-11 08:00", (TicketAssigned, {"queue": "desk", "assignee": who, "crew": "c1"}))
    desk.write("T-1", "03-11 09:00", (LabourLogged, {"operator": "bo", "minutes": 50}))
    desk.write("T-2", "03-11 09:00", (LabourLogged, {"operator": "ana", "minutes": 20}))
    desk.write("T-2", "03-11 09:00", (LabourLogged, {"operator": "ana", "minutes": -5}))

    assert desk.operator.ask(load, "assignee", NOW, "", 10) == [LoadRow("ana", 2, 1, 1, 65, at("03-10 08:00"))]
    assert desk.operator.ask(load, "crew", NOW, "", 10) == [LoadRow("c1", 3, 1, 1, 65, at("03-10 08:00"))]


def test_tickets_are_counted_on_the_days_on_which_they_were_opened_and_closed(desk: Desk):
    desk.close(desk.open("02-28 08:00"), "03-01 08:00")
    desk.close(desk.open("03-31 08:00", product="tv"), "04-01 08:00", outcome="cancelled", reason="x")
    desk.close(desk.open("03-10 08:00", product="tv"), "03-10 09:00", outcome="duplicate", duplicate_of="T-1")
    desk.open("03-10 08:00", product="net")

    def counts(*question: Any) -> list[CountRow]:
        return desk.operator.ask(count_tickets, *question, "", 10)

    assert counts("month", SPRING) == [CountRow("2026-03", 3, 2, 1, 0, 1), CountRow("2026-04", 0, 1, 0, 1, 0)]
    assert counts("product", MARCH) == [
        CountRow("net", 1, 0, 0, 0, 0), CountRow("tv", 2, 1, 0, 0, 1), CountRow("", 0, 1, 1, 0, 0),
    ]  # fmt: skip
    assert desk.operator.ask(count_tickets, "product", MARCH, "net", 1) == [CountRow("tv", 2, 1, 0, 0, 1)]
    assert desk.operator.ask(count_tickets, "product", MARCH, "tv", 1) == [CountRow("", 0, 1, 1, 0, 0)]


def test_reply_and_resolution_take_minutes_and_keep_deadlines_or_miss_them(desk: Desk):
    """Ten were answered after 10, 20 ... 100 minutes; nine of 100 tickets are slower than the slowest of 90."""
    for n in range(1, 11):
        number = desk.open("03-10 08:00", reply_due_at=at("03-10 09:00"), due_at=at("03-10 10:00"))
        desk.answer(number, f"03-10 {8 + n // 6:02}:{10 * (n % 6):02}")
        if n <= 4:
            desk.close(number, f"03-10 {8 + n // 2:02}:{30 * (n % 2):02}")
    late = desk.open("03-10 08:00", reply_due_at=at("03-10 09:00"), due_at=at("03-10 09:00"))
    desk.close(late, "03-10 09:01")
    desk.close(desk.open("03-10 08:00", due_at=at("03-10 09:00")), "03-12 08:00", outcome="cancelled", reason="x")
    desk.open("04-30 08:00", queue="crews", due_at=at("05-02 08:00"))

    at_nine, later = (desk.operator.ask(times, "queue", SPRING, now, "", 10) for now in (at("03-10 09:30"), NOW))
    # Closed after 30, 60, 90, 120 and 61 minutes: 30 60 61 90 120; the last of the four met its deadline to the minute.
    assert later == [
        TimesRow("crews", 1, 0, None, None, 0, 0, 0, None, None, 0, 0),
        TimesRow("desk", 11, 10, 50, 90, 6, 5, 5, 61, 120, 4, 7),
    ]
    assert [row.resolutions_missed for row in at_nine] == [0, 1]
    assert [row.of for row in desk.operator.ask(times, "month", SPRING, NOW, "2026-03", 10)] == ["2026-04"]
