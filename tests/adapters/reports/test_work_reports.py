"""Reports on tickets and messages of a small house, with figures worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from adapters.calendars.holiday_calendar import calendar_of
from billing_core.party_changes import SellerChanges
from billing_core.work.service_levels import DueTimes, Promised, ServiceLevel, due_times
from billing_core.work.ticket_events import LabourLogged, MaterialUsed, TicketReopened
from billing_core.work.working_hours import WorkingHours, WorkingTime
from commands.parties import ChangeSeller
from tests.adapters.reports.asked import asked, only
from tests.operators import Operator
from tests.projections.work.desk import Desk, at

PRAGUE = "Europe/Prague"
DAYS = ("08:00-16:00",)
HOURS = WorkingHours(monday=DAYS, tuesday=DAYS, wednesday=DAYS, thursday=DAYS, friday=DAYS)
LEVEL = ServiceLevel(
    code="home", title="Homes", seller="north", hours=HOURS,
    promised={"normal": Promised(first_reply=240, resolution=960)},
)  # fmt: skip
MARCH = {"from_": "2026-03-01", "to": "2026-04-01"}
TODAY = date(2026, 3, 20)


def promised(moment: str) -> DueTimes:
    """Until when a ticket that is opened at an instant of UTC is due, in working hours of Prague."""
    return due_times(at(moment), LEVEL, "normal", WorkingTime(HOURS, calendar_of("CZ"), ZoneInfo(PRAGUE)))


@pytest.fixture
def desk(operator: Operator) -> Desk:
    """Two customers of a seller in Prague, which is an hour ahead of UTC in March."""
    operator.tell(ChangeSeller(code="north", changes=SellerChanges(time_zone=PRAGUE)), today=date(2026, 1, 1))
    operator.subscribers(2)
    return Desk(operator)


def opened(desk: Desk, moment: str, customer: str = "A0001", **fields: object) -> str:
    until = promised(moment)
    return desk.open(moment, customer, account=customer, reply_due_at=until.first_reply_at,
                     due_at=until.resolution_at, **fields)  # fmt: skip


def test_a_promise_of_friday_afternoon_goes_on_on_monday(desk: Desk):
    """Opened on Friday 13 March at 14:00 of Prague: a reply until Monday 10:00, resolved until Tuesday 14:00.

    T-1 is answered on Monday 09:30 and completed on Tuesday 15:00: in time, and an hour late.
    T-2 is answered on Monday 10:30 and completed on Tuesday 13:00: half an hour late, and in time.
    T-3 is answered on Friday 14:20 and open; T-4, opened on Thursday the 19th at 15:00, has until Friday 11:00.
    T-5 was cancelled: nobody promised anything for it.
    """
    for _ in range(3):
        opened(desk, "03-13 13:00")
    opened(desk, "03-19 14:00")
    opened(desk, "03-13 13:00")
    desk.answer("T-3", "03-13 13:20")
    desk.answer("T-1", "03-16 08:30")
    desk.answer("T-2", "03-16 09:30")
    desk.close("T-2", "03-17 12:00")
    desk.close("T-1", "03-17 14:00")
    desk.close("T-5", "03-13 14:00", outcome="cancelled")

    (row,) = asked(desk.operator, "ticket-times-by-queue", TODAY, **MARCH)

    # To the answer 4050, 4110 and 20 minutes; to completion 5820 and 5700.
    assert row == {
        "queue": "desk", "tickets": 4, "answered": 3, "reply_minutes_median": 4050, "reply_minutes_p90": 4110,
        "replies_kept": 2, "replies_missed": 1, "completed": 2, "resolution_minutes_median": 5700,
        "resolution_minutes_p90": 5820, "resolutions_kept": 1, "resolutions_missed": 2,
        "kept": Decimal("0.3333"),
    }  # fmt: skip
    overdue = asked(desk.operator, "tickets-overdue", TODAY)
    assert only(overdue, "ticket", "due_at", "days") == [("T-3", at("03-17 13:00"), 3)]


def test_a_deadline_of_today_is_not_missed_before_the_day_is_over(desk: Desk):
    opened(desk, "03-13 13:00")

    for today, missed in ((date(2026, 3, 17), 0), (date(2026, 3, 18), 1)):
        (row,) = asked(desk.operator, "ticket-times-by-priority", today, **MARCH)
        assert row["resolutions_missed"] == missed
        assert len(asked(desk.operator, "tickets-overdue", today)) == missed


def test_tickets_are_counted_on_the_days_on_which_they_were_opened_and_ended(desk: Desk):
    """One is opened in February and ends in March, two are opened in March, of which one ends as a duplicate."""
    opened(desk, "02-27 09:00")
    opened(desk, "03-02 09:00", kind="billing")
    opened(desk, "03-03 09:00", customer="A0002")
    desk.close("T-1", "03-02 10:00")
    desk.close("T-3", "03-04 10:00", outcome="duplicate", duplicate_of="T-2")

    by_kind = asked(desk.operator, "tickets-by-kind", TODAY, **MARCH)

    assert [tuple(row.values()) for row in by_kind] == [("billing", 1, 0, 0, 0, 0), ("fault", 1, 2, 1, 0, 1)]
    by_day = asked(desk.operator, "tickets-by-day", TODAY, **MARCH)
    assert only(by_day, "of", "opened", "closed") == [
        (date(2026, 3, 2), 1, 1), (date(2026, 3, 3), 1, 0), (date(2026, 3, 4), 0, 1),
    ]  # fmt: skip
    assert only(asked(desk.operator, "tickets-opened", TODAY, **MARCH), "ticket") == [("T-2",), ("T-3",)]
    assert only(asked(desk.operator, "tickets-closed", TODAY, **MARCH, kind="fault"), "ticket") == [("T-1",), ("T-3",)]
    assert only(asked(desk.operator, "tickets-by-age", TODAY), "tickets", "days_30", "oldest_at") == [
        (1, 1, at("03-02 09:00"))
    ]


def test_labour_is_summed_with_its_corrections(desk: Desk):
    """Eve worked 50 minutes on T-1, of which 20 were too many, and 15 on T-2; Adam 40 on T-1."""
    first, second = opened(desk, "03-02 09:00"), opened(desk, "03-02 09:05", kind="billing")
    for ticket, moment, operator, minutes in (
        (first, "03-02 10:00", "eve", 50), (first, "03-03 10:00", "eve", -20), (second, "03-03 10:00", "eve", 15),
        (first, "03-03 11:00", "adam", 40), (second, "04-01 10:00", "adam", 99),
    ):  # fmt: skip
        desk.write(ticket, moment, (LabourLogged, {"operator": operator, "minutes": minutes}))

    by_operator = asked(desk.operator, "labour-by-operator", TODAY, **MARCH)

    assert only(by_operator, "operator", "tickets", "minutes") == [("adam", 1, 40), ("eve", 2, 45)]
    by_kind = asked(desk.operator, "labour-by-kind", TODAY, **MARCH)
    assert only(by_kind, "kind", "minutes") == [("billing", 15), ("fault", 70)]
    entries = asked(desk.operator, "labour", TODAY, **MARCH, operator="eve")
    assert only(entries, "ticket", "minutes", "recorded_by") == [
        ("T-1", 50, "clerk"), ("T-1", -20, "clerk"), ("T-2", 15, "clerk"),
    ]  # fmt: skip


def test_material_of_several_units_is_not_added(desk: Desk):
    ticket = opened(desk, "03-02 09:00")
    for quantity, unit in (("12.5", "m"), ("-2.5", "m"), ("1", "")):
        desk.write(ticket, "03-02 10:00", (MaterialUsed, {"item": "cable", "quantity": quantity, "unit": unit}))

    rows = asked(desk.operator, "material-by-item", TODAY, **MARCH)

    assert only(rows, "item", "unit", "quantity", "entries") == [("cable", "", 1, 1), ("cable", "m", 10, 2)]


def test_a_ticket_that_comes_back_is_not_ended_and_counts_as_reopened(desk: Desk):
    """Two end, one of them comes back and ends again, later the other one comes back too."""
    first, second = opened(desk, "03-02 09:00"), opened(desk, "03-02 09:05")
    for ticket, moment in ((first, "03-02 10:00"), (second, "03-02 10:00")):
        desk.close(ticket, moment)
    for ticket, moment in ((first, "03-03 10:00"), (second, "03-05 10:00")):
        desk.write(ticket, moment, (TicketReopened, {"reason": "again", "step": "look"}))
        if ticket == first:
            desk.close(ticket, "03-04 10:00")

    (row,) = asked(desk.operator, "tickets-reopened-by-kind", TODAY, **MARCH)

    assert (row["closed"], row["reopened"]) == (1, 2)
    assert row["share"] == Decimal("0.6667")


def test_a_customer_with_three_tickets_of_a_kind_has_a_repeated_fault(desk: Desk):
    for day in ("02", "05", "09"):
        opened(desk, f"03-{day} 09:00")
    opened(desk, "03-09 10:00", kind="billing")
    for day in ("02", "05"):
        opened(desk, f"03-{day} 09:00", customer="A0002")

    rows = asked(desk.operator, "repeated-faults", TODAY)

    customer = desk.operator.select("SELECT customer FROM live.tickets WHERE number = 'T-1'")[0][0]
    assert only(rows, "customer", "kind", "found", "open") == [(customer, "fault", 3, 3)]
    assert rows[0]["last_on"] - rows[0]["first_on"] == timedelta(days=7)


def test_a_dealer_sees_tickets_of_own_customers_alone(desk: Desk):
    opened(desk, "03-02 09:00")
    opened(desk, "03-02 09:00", customer="A0002")
    desk.operator.application.runner.catch_up()
    desk.operator.execute("UPDATE live.customers SET dealer = 'east' WHERE number = 'A0002'")

    rows = asked(desk.operator, "tickets-by-kind", TODAY, asking="east", **MARCH)

    assert only(rows, "of", "opened") == [("fault", 1)]
