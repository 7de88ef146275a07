"""When an invoice is due: rules of days, of the month and of working days, and the shift off days not worked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import InvalidValue
from billing_core.time.due_dates import (
    WITHOUT_HOLIDAYS,
    DayOfMonth,
    DaysAfterIssue,
    DueRule,
    DueShift,
    WorkingDayAfterIssue,
    WorkingWeek,
    due_date,
    require_due_rule,
    shifted,
    working_day_after,
)

ONE_DAY = timedelta(days=1)

# Public holidays of the Czech Republic around the Easter and the end of the year 2026.
CZECH = WorkingWeek(
    frozenset(
        date.fromisoformat(day)
        for day in ("2026-04-03", "2026-04-06", "2026-12-24", "2026-12-25", "2026-12-26", "2027-01-01")
    )
)

dates = st.dates(date(2000, 1, 1), date(2060, 12, 31))
calendars = st.builds(
    lambda near, gaps, weekend: WorkingWeek(frozenset(near + timedelta(days=gap) for gap in gaps), frozenset(weekend)),
    dates,
    st.lists(st.integers(-20, 20), max_size=25),
    st.sets(st.integers(0, 6), max_size=3),
)
rules = st.one_of(
    st.builds(DaysAfterIssue, days=st.integers(0, 60)),
    st.builds(DayOfMonth, day=st.integers(1, 31), month=st.sampled_from(["this", "next"])),
    st.builds(WorkingDayAfterIssue, number=st.integers(1, 30)),
)
shifts = st.sampled_from(["none", "next", "previous"])


@pytest.mark.parametrize(
    ("issued_on", "rule", "due_on"),
    [
        ("2026-06-03", DaysAfterIssue(days=20), "2026-06-23"),
        ("2026-06-03", DaysAfterIssue(days=0), "2026-06-03"),
        ("2026-12-20", DaysAfterIssue(days=14), "2027-01-03"),
        ("2026-06-03", DayOfMonth(day=15), "2026-06-15"),
        ("2026-06-15", DayOfMonth(day=15), "2026-06-15"),
        ("2026-06-20", DayOfMonth(day=15), "2026-07-15"),
        ("2026-12-20", DayOfMonth(day=15), "2027-01-15"),
        ("2026-01-03", DayOfMonth(day=31, month="next"), "2026-02-28"),
        ("2028-01-31", DayOfMonth(day=31, month="next"), "2028-02-29"),
        ("2026-12-31", DayOfMonth(day=10, month="next"), "2027-01-10"),
        ("2026-06-03", WorkingDayAfterIssue(number=1), "2026-06-04"),
        ("2026-06-05", WorkingDayAfterIssue(number=1), "2026-06-08"),
        ("2026-04-02", WorkingDayAfterIssue(number=1), "2026-04-07"),
        ("2026-12-23", WorkingDayAfterIssue(number=10), "2027-01-11"),
    ],
)
def test_each_rule_gives_its_day(issued_on: str, rule: DueRule, due_on: str):
    assert due_date(date.fromisoformat(issued_on), rule, "none", CZECH) == date.fromisoformat(due_on)


@pytest.mark.parametrize(
    ("on", "shift", "moved_to"),
    [
        ("2026-04-03", "none", "2026-04-03"),
        ("2026-04-03", "next", "2026-04-07"),  # Good Friday, the weekend, Easter Monday
        ("2026-04-06", "previous", "2026-04-02"),
        ("2026-04-07", "next", "2026-04-07"),
        ("2026-04-07", "previous", "2026-04-07"),
        ("2026-12-24", "next", "2026-12-28"),
        ("2027-01-01", "previous", "2026-12-31"),
        ("2027-01-01", "next", "2027-01-04"),
    ],
)
def test_a_day_that_is_not_worked_is_shifted(on: str, shift: DueShift, moved_to: str):
    assert shifted(date.fromisoformat(on), shift, CZECH) == date.fromisoformat(moved_to)


def test_a_due_date_shifted_to_an_earlier_day_does_not_come_before_its_issue():
    good_friday = date(2026, 4, 3)
    assert due_date(good_friday, DaysAfterIssue(days=3), "previous", CZECH) == date(2026, 4, 7)
    assert due_date(good_friday - ONE_DAY, DaysAfterIssue(days=3), "previous", CZECH) == date(2026, 4, 2)


@given(dates, calendars)
def test_the_next_working_day_is_the_first_one_not_before(on: date, calendar: WorkingWeek):
    found = shifted(on, "next", calendar)
    assert found >= on and calendar.is_working_day(found)
    assert not any(calendar.is_working_day(on + timedelta(days=gap)) for gap in range((found - on).days))


@given(dates, calendars)
def test_the_previous_working_day_is_the_last_one_not_after(on: date, calendar: WorkingWeek):
    found = shifted(on, "previous", calendar)
    assert found <= on and calendar.is_working_day(found)
    assert not any(calendar.is_working_day(on - timedelta(days=gap)) for gap in range((on - found).days))


@given(dates, st.integers(1, 40), calendars)
def test_the_nth_working_day_has_so_many_working_days_up_to_it(on: date, number: int, calendar: WorkingWeek):
    found = working_day_after(on, number, calendar)
    days = [on + timedelta(days=gap) for gap in range(1, (found - on).days + 1)]
    assert sum(calendar.is_working_day(day) for day in days) == number
    assert calendar.is_working_day(found)


@given(dates, rules, shifts, calendars)
def test_a_due_date_is_never_before_its_issue_and_worked_where_it_is_shifted(
    issued_on: date, rule: DueRule, shift: DueShift, calendar: WorkingWeek
):
    due_on = due_date(issued_on, rule, shift, calendar)
    assert due_on >= issued_on
    if shift != "none":
        assert calendar.is_working_day(due_on)


@given(dates, st.integers(1, 31), st.sampled_from(["this", "next"]))
def test_a_day_of_the_month_never_drifts(issued_on: date, day: int, month: str):
    rule = DayOfMonth(day=day, month="next" if month == "next" else "this")
    due_on = due_date(issued_on, rule, "none", WITHOUT_HOLIDAYS)
    assert due_on.day == day or (due_on.day < day and (due_on + ONE_DAY).day == 1)
    assert (due_on - issued_on).days < 62


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (DaysAfterIssue(days=-1), "due days"),
        (DaysAfterIssue(days=366), "due days"),
        (DayOfMonth(day=0), "due day of month"),
        (DayOfMonth(day=32), "due day of month"),
        (WorkingDayAfterIssue(number=0), "due working day"),
        (WorkingDayAfterIssue(number=251), "due working day"),
    ],
)
def test_a_rule_beyond_reason_is_refused(rule: DueRule, field: str):
    with pytest.raises(InvalidValue, match=f"{field} .*must be"):
        require_due_rule(rule)
