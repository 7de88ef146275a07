"""Working time: by hand over holidays and the days on which the clock jumps, and what always holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import InvalidValue
from billing_core.time.due_dates import WITHOUT_HOLIDAYS, WorkingWeek
from billing_core.work.working_hours import (
    ROUND_THE_CLOCK,
    WEEKDAYS,
    Interval,
    WorkingHours,
    WorkingTime,
    deadline,
    instant_of,
    require_working_hours,
    time_worked,
)

PRAGUE = ZoneInfo("Europe/Prague")
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
WEEK: dict[str, Any] = dict.fromkeys(WEEKDAYS[:5], ("08:00-12:00", "13:00-17:00"))
OFFICE = WorkingHours(**WEEK)
EASTER = WorkingWeek(holidays=frozenset({date(2026, 4, 3), date(2026, 4, 6)}))
WORKING = WorkingTime(OFFICE, EASTER, PRAGUE)


def prague(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PRAGUE)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.mark.parametrize(
    ("begun_at", "asked", "until"),
    [
        (prague(4, 2, 16), hours(4), prague(4, 7, 11)),  # over Easter
        (prague(4, 2, 8), hours(4), prague(4, 2, 12)),  # up to the end of a span, not the beginning of the next one
        (prague(4, 2, 8), hours(4.5), prague(4, 2, 13, 30)),
        (prague(4, 4, 3), hours(8), prague(4, 7, 17)),  # begun on a Saturday at night
        (prague(4, 2, 12, 30), hours(0), prague(4, 2, 12, 30)),  # nothing asked for
        (prague(3, 27, 16), hours(2), prague(3, 30, 9)),  # over the weekend on which summer time begins
    ],
)
def test_a_deadline_counts_working_hours_alone(begun_at: datetime, asked: timedelta, until: datetime):
    assert deadline(begun_at, asked, WORKING) == until


def test_working_time_between_two_instants_leaves_out_noon_weekend_and_holidays():
    assert time_worked(prague(4, 2, 11, 30), prague(4, 7, 14), WORKING) == hours(9.5)
    assert time_worked(prague(4, 7, 14), prague(4, 2, 11, 30), WORKING) == hours(0)
    assert time_worked(prague(4, 3, 8), prague(4, 6, 20), WORKING) == hours(0)


def test_a_night_has_an_hour_less_or_more_when_the_clock_jumps():
    nights = WorkingTime(WorkingHours(sunday=("00:00-06:00",)), WITHOUT_HOLIDAYS, PRAGUE)
    lengths = [sum((each.length for each in nights.of_day(date(2026, *on))), timedelta())
               for on in ((3, 22), (3, 29), (10, 25))]  # fmt: skip

    assert lengths == [hours(6), hours(5), hours(7)]
    assert deadline(prague(3, 29, 0), hours(3), nights) == prague(3, 29, 4)


@pytest.mark.parametrize(
    ("day", "minute", "utc"),
    [
        ((3, 29), 90, "00:30"),
        ((3, 29), 120, "01:00"),
        ((3, 29), 150, "01:00"),
        ((3, 29), 180, "01:00"),
        ((10, 25), 119, "23:59"),
        ((10, 25), 150, "00:30"),
        ((10, 25), 180, "02:00"),
        ((10, 25), 24 * 60, "23:00"),
    ],
)
def test_a_time_that_is_left_out_is_the_jump_and_one_shown_twice_the_first(day: Any, minute: int, utc: str):
    assert f"{instant_of(date(2026, *day), minute, PRAGUE):%H:%M}" == utc


def test_a_holiday_has_hours_of_its_own_or_none():
    hours_of_easter = WorkingTime(WorkingHours(friday=("08:00-16:00",), holiday=("10:00-12:00",)), EASTER, PRAGUE)

    assert hours_of_easter.of_day(date(2026, 4, 3)) == [Interval(prague(4, 3, 10), prague(4, 3, 12))]
    assert WORKING.of_day(date(2026, 4, 3)) == []


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"monday": ("8:00-12:00",)}, "write it as 08:00-12:00"),
        ({"monday": ("08:00-24:30",)}, "write it as 08:00-12:00"),
        ({"monday": ("22:00-06:00",)}, "ends before it begins"),
        ({"monday": ("08:00-12:00", "11:00-15:00")}, "begins before the span above it ends"),
        ({"monday": ("08:00-08:00",)}, "ends before it begins"),
        ({"holiday": ("08:00-12:00",)}, "have no span on any weekday"),
        ({"monday": ("08:00-08:01",) * 11}, "are more than 10 spans"),
    ],
)
def test_hours_that_make_no_sense_are_refused(written: dict[str, tuple[str, ...]], message: str):
    with pytest.raises(InvalidValue, match=message):
        require_working_hours(WorkingHours(**written))


def test_hours_that_are_never_worked_give_no_deadline():
    every_day_off = WorkingWeek(holidays=frozenset(date.fromordinal(739_000 + day) for day in range(2_000)))

    with pytest.raises(InvalidValue, match="no working time within 400 days"):
        deadline(prague(4, 2, 8), hours(1), WorkingTime(OFFICE, every_day_off, PRAGUE))


# --- what always holds


@st.composite
def any_hours(draw: st.DrawFn) -> WorkingHours:
    """A few spans on each day of the week, some on none."""
    found = {}
    for day in (*WEEKDAYS, "holiday"):
        marks = sorted(draw(st.sets(st.integers(0, 24 * 4), max_size=6)))
        spans = zip(marks[::2], marks[1::2], strict=False)
        found[day] = tuple("-".join(f"{15 * mark // 60:02d}:{15 * mark % 60:02d}" for mark in span) for span in spans)
    found["monday"] = found["monday"] or ("02:15-02:45",)
    return WorkingHours(**found)


zones = st.sampled_from(["Europe/Prague", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
calendars = st.builds(WorkingWeek, holidays=st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=40))
workings = st.builds(WorkingTime, any_hours(), calendars, zones.map(ZoneInfo))
instants = st.timedeltas(timedelta(), timedelta(days=364)).map(lambda after: NEW_YEAR + after)
lengths = st.timedeltas(timedelta(minutes=1), timedelta(hours=30))


@given(workings, instants, lengths)
def test_what_passes_until_the_deadline_is_what_was_asked_for(working: WorkingTime, at: datetime, asked: timedelta):
    until = deadline(at, asked, working)

    assert time_worked(at, until, working) == asked
    assert time_worked(at, until - timedelta(microseconds=1), working) < asked


@given(workings, instants, instants, lengths)
def test_who_begins_later_is_never_due_earlier(working: WorkingTime, one: datetime, other: datetime, asked: timedelta):
    first, second = sorted((one, other))

    assert deadline(first, asked, working) <= deadline(second, asked, working)


@given(workings, instants, lengths, lengths)
def test_asking_for_one_length_after_the_other_is_asking_for_both(
    working: WorkingTime, at: datetime, one: timedelta, other: timedelta
):
    assert deadline(deadline(at, one, working), other, working) == deadline(at, one + other, working)


@given(workings, instants, st.lists(st.timedeltas(timedelta(), timedelta(days=9)), min_size=2, max_size=2))
def test_working_time_adds_up_and_is_never_more_than_what_passed(working: WorkingTime, at: datetime, steps: Any):
    middle, end = at + steps[0], at + steps[0] + steps[1]

    assert time_worked(at, middle, working) + time_worked(middle, end, working) == time_worked(at, end, working)
    assert timedelta() <= time_worked(at, end, working) <= end - at


@given(workings, st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_the_spans_of_days_in_a_row_are_apart_and_in_order(working: WorkingTime, on: date):
    spans = [*working.of_day(on), *working.of_day(on + timedelta(days=1))]

    assert all(before.ends_at <= after.begins_at for before, after in pairwise(spans))


@given(instants, lengths, zones)
def test_round_the_clock_the_deadline_is_what_the_calendar_says(at: datetime, asked: timedelta, zone: str):
    assert deadline(at, asked, WorkingTime(ROUND_THE_CLOCK, EASTER, ZoneInfo(zone))) == at + asked
