"""The grid of periods: cut at boundaries that are all counted from one day, whatever the length of the months."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import InvalidValue
from billing_core.time.period_rules import PeriodRule
from billing_core.time.periods import (
    SOME_JANUARY,
    BillingDay,
    Grid,
    Period,
    boundary,
    first_billing_day,
    grids,
    require_billing_day,
)
from tests.billing_core.price_lists import month_with

ONE_DAY = timedelta(days=1)
billing_days = st.integers(1, 31)
dates = st.dates(date(2000, 1, 1), date(2060, 12, 31))


def on(text: str) -> date:
    return date.fromisoformat(text)


def periods_over(grid: Grid, from_on: date, to_on: date) -> list[Period]:
    """The periods of a grid in which some days lie."""
    found = [grid.containing(from_on)]
    while found[-1].to_on < to_on:
        found.append(grid.containing(found[-1].to_on))
    return found


def months(billing_day: int) -> Grid:
    return Grid(1, 0, SOME_JANUARY, billing_day)


def begins(rule: PeriodRule, activated: str, count: int, *changes: tuple[str, int], billing_day: int = 1) -> list[str]:
    """The first days of the period of the activation and of those after it, on the grids that follow each other."""
    eras = [BillingDay(date.min, billing_day), *(BillingDay(on(day), number) for day, number in changes)]
    spans = grids(rule, on(activated), eras)
    found, day = [], on(activated)
    for _ in range(count):
        span = next(span for span in reversed(spans) if span.from_on <= day)
        ends = [later.from_on for later in spans if later.from_on > day]
        found.append(max(span.grid.containing(day).from_on, span.from_on).isoformat())
        day = min([span.grid.containing(day).to_on, *ends])
    return found


# --- months


def test_a_billing_day_at_the_end_of_the_month_goes_back_after_february():
    """31 Jan, 28 Feb, 31 Mar: never drifts to the 28th."""
    periods = periods_over(months(31), date(2026, 1, 31), date(2026, 5, 31))

    assert [period.from_on for period in periods] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]
    assert periods[-1].to_on == date(2026, 5, 31)


@pytest.mark.parametrize(
    ("day", "billing_day", "from_on", "to_on", "days"),
    [
        ("2026-03-15", 1, "2026-03-01", "2026-04-01", 31),
        ("2026-03-31", 1, "2026-03-01", "2026-04-01", 31),
        ("2026-04-01", 1, "2026-04-01", "2026-05-01", 30),
        ("2026-06-11", 15, "2026-05-15", "2026-06-15", 31),
        ("2026-02-28", 30, "2026-02-28", "2026-03-30", 30),
        ("2026-02-27", 30, "2026-01-30", "2026-02-28", 29),
        ("2024-02-29", 31, "2024-02-29", "2024-03-31", 31),
        ("2024-02-28", 29, "2024-01-29", "2024-02-29", 31),
        ("2023-02-28", 29, "2023-02-28", "2023-03-29", 29),
        ("2025-12-31", 31, "2025-12-31", "2026-01-31", 31),
        ("2026-01-01", 31, "2025-12-31", "2026-01-31", 31),
    ],
)
def test_the_period_in_which_a_day_lies(day: str, billing_day: int, from_on: str, to_on: str, days: int):
    period = months(billing_day).containing(on(day))

    assert period == Period(on(from_on), on(to_on))
    assert period.days == days
    assert month_with(on(day), billing_day) == period


def test_months_count_on_over_the_end_of_a_year():
    assert boundary(2026, 13, 31) == date(2027, 1, 31)
    assert boundary(2026, 0, 31) == date(2025, 12, 31)
    assert boundary(2026, 14, 30) == date(2027, 2, 28)
    assert boundary(2026, -23, 29) == date(2024, 1, 29)


@pytest.mark.parametrize(
    ("day", "billing_day", "expected"),
    [
        ("2026-03-15", 15, "2026-03-15"),
        ("2026-03-16", 15, "2026-04-15"),
        ("2026-02-28", 31, "2026-02-28"),
        ("2026-12-31", 30, "2027-01-30"),
    ],
)
def test_the_first_billing_day_is_not_before_a_date(day: str, billing_day: int, expected: str):
    assert first_billing_day(on(day), billing_day) == on(expected)


@pytest.mark.parametrize("billing_day", range(1, 32))
def test_over_forty_years_the_grid_has_no_gap_and_never_drifts(billing_day: int):
    periods = periods_over(months(billing_day), date(2000, 1, 1), date(2040, 1, 1))

    for earlier, later in pairwise(periods):
        assert earlier.to_on == later.from_on
    begun_in = [(period.from_on.year, period.from_on.month) for period in periods]
    assert len(set(begun_in)) == len(begun_in)
    for period in periods:
        last_day = monthrange(period.from_on.year, period.from_on.month)[1]
        assert period.from_on.day == min(billing_day, last_day)
        assert 28 <= period.days <= 31
    assert periods[0].from_on <= date(2000, 1, 1)
    assert periods[-1].to_on >= date(2040, 1, 1)
    assert len(periods) in (480, 481)


# --- any unit, any interval


UNITS: list[tuple[dict[str, Any], list[str]]] = [
    ({"unit": "day"}, ["2026-01-31", "2026-02-01", "2026-02-02"]),
    ({"unit": "week"}, ["2026-01-31", "2026-02-07", "2026-02-14"]),
    ({"unit": "week", "interval": 2}, ["2026-01-31", "2026-02-14", "2026-02-28"]),
    ({"unit": "day", "interval": 30}, ["2026-01-31", "2026-03-02", "2026-04-01"]),
    ({"unit": "month"}, ["2026-01-31", "2026-02-28", "2026-03-31"]),
    ({"unit": "month", "interval": 2}, ["2026-01-31", "2026-03-31", "2026-05-31"]),
    ({"unit": "month", "interval": 3}, ["2026-01-31", "2026-04-30", "2026-07-31"]),
    ({"unit": "year"}, ["2026-01-31", "2027-01-31", "2028-01-31"]),
    ({"unit": "year", "interval": 10}, ["2026-01-31", "2036-01-31", "2046-01-31"]),
]


@pytest.mark.parametrize(("how", "expected"), UNITS)
def test_own_periods_begin_with_the_activation(how: dict[str, Any], expected: list[str]):
    """31 January: a month later is 28 February, 30 days later 2 March."""
    assert begins(PeriodRule(align="own", **how), "2026-01-31", 3) == expected


def test_a_year_from_29_february_ends_on_the_28th_and_goes_back_in_the_leap_year():
    yearly = PeriodRule(unit="year", align="own")

    assert begins(yearly, "2024-02-29", 5) == ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


def test_a_quarter_on_the_accounts_grid_is_counted_from_the_first_billing_day_after_the_activation():
    """Billing day 1, activated on 15 March: the stub lies in [1 Jan, 1 Apr), the first quarter is [1 Apr, 1 Jul)."""
    quarterly = PeriodRule(interval=3)
    (span,) = grids(quarterly, date(2026, 3, 15), [BillingDay(date.min, 1)])

    assert span.grid.containing(date(2026, 3, 15)) == Period(date(2026, 1, 1), date(2026, 4, 1))
    assert span.grid.containing(date(2026, 4, 1)) == Period(date(2026, 4, 1), date(2026, 7, 1))
    assert begins(quarterly, "2026-04-01", 2) == ["2026-04-01", "2026-07-01"]


def test_a_fixed_anchor_is_the_same_for_everybody():
    """The calendar quarter and a week that begins on Monday, whoever was activated when, on whatever billing day."""
    quarter = PeriodRule(interval=3, anchor_on=date(2020, 1, 1))
    week = PeriodRule(unit="week", anchor_on=date(2026, 1, 5))

    assert begins(quarter, "2026-05-20", 2, billing_day=17) == ["2026-04-01", "2026-07-01"]
    assert begins(week, "2026-05-20", 2, billing_day=17) == ["2026-05-18", "2026-05-25"]
    assert begins(week, "2019-05-20", 1) == ["2019-05-20"], "also before the day on which it is anchored"


# --- another billing day


def test_the_old_grid_holds_up_to_the_first_new_billing_day():
    """Billing day 1, from 10 March on 20: [1 Mar, 20 Mar) of [1 Mar, 1 Apr), then [20 Mar, 20 Apr)."""
    assert begins(PeriodRule(), "2026-02-01", 4, ("2026-03-10", 20)) == [
        "2026-02-01",
        "2026-03-01",
        "2026-03-20",
        "2026-04-20",
    ]


def test_a_billing_day_that_is_changed_again_before_it_came_never_was():
    assert begins(PeriodRule(), "2026-03-01", 3, ("2026-03-10", 25), ("2026-03-12", 20)) == [
        "2026-03-01",
        "2026-03-20",
        "2026-04-20",
    ]


def test_a_billing_day_of_before_the_activation_is_the_one_that_holds():
    assert begins(PeriodRule(), "2026-03-15", 2, ("2026-03-10", 20)) == ["2026-02-20", "2026-03-20"]


def test_only_the_accounts_grid_follows_the_billing_day():
    own, fixed = PeriodRule(align="own"), PeriodRule(anchor_on=date(2020, 1, 1))

    assert begins(own, "2026-03-05", 3, ("2026-03-10", 20)) == ["2026-03-05", "2026-04-05", "2026-05-05"]
    assert begins(fixed, "2026-03-05", 3, ("2026-03-10", 20)) == ["2026-03-01", "2026-04-01", "2026-05-01"]


def test_the_billing_day_it_has_is_no_other_grid():
    eras = [BillingDay(date.min, 15), BillingDay(date(2026, 3, 1), 15), BillingDay(date(2026, 4, 1), 15)]

    assert len(grids(PeriodRule(interval=3), date(2026, 2, 1), eras)) == 1


def test_a_billing_day_that_is_changed_back_before_it_came_is_no_other_grid():
    eras = [BillingDay(date.min, 7), BillingDay(date(2026, 3, 10), 8), BillingDay(date(2026, 3, 12), 7)]

    assert len(grids(PeriodRule(interval=3), date(2026, 2, 1), eras)) == 1


# --- whatever the grid

rules = st.one_of(
    st.builds(PeriodRule, unit=st.just("day"), interval=st.integers(1, 45), align=st.just("own")),
    st.builds(PeriodRule, unit=st.just("week"), interval=st.integers(1, 6), align=st.just("own")),
    st.builds(PeriodRule, interval=st.integers(1, 13), align=st.sampled_from(["own", "account"])),
    st.builds(PeriodRule, unit=st.just("year"), interval=st.integers(1, 4), align=st.just("own")),
    st.builds(PeriodRule, unit=st.sampled_from(["day", "week", "month", "year"]), interval=st.integers(1, 9),
              anchor_on=dates),
)  # fmt: skip


@given(rule=rules, activated_on=dates, billing_day=billing_days, day=dates)
def test_every_day_lies_in_exactly_one_period(rule: PeriodRule, activated_on: date, billing_day: int, day: date):
    (span,) = grids(rule, activated_on, [BillingDay(date.min, billing_day)])
    period = span.grid.containing(day)

    assert period.from_on <= day < period.to_on
    assert span.grid.containing(period.from_on) == period
    assert span.grid.containing(period.to_on - ONE_DAY) == period
    assert span.grid.containing(period.to_on).from_on == period.to_on
    assert span.grid.containing(period.from_on - ONE_DAY).to_on == period.from_on


@given(rule=rules, activated_on=dates, count=st.integers(-200, 200))
def test_no_boundary_drifts(rule: PeriodRule, activated_on: date, count: int):
    """The k-th one lies k intervals away from the first, on its day of the month or the last day of a shorter one."""
    (span,) = grids(rule, activated_on, [BillingDay(date.min, 31)])
    grid = span.grid
    found, number = grid.boundary(0), 0
    step = 1 if count > 0 else -1
    while number != count and 1900 < found.year < 2200:
        number += step
        found = grid.containing(found).to_on if step > 0 else grid.containing(found - ONE_DAY).from_on

    assert found == grid.boundary(number)
    assert grid.number(found) == number
    if rule.months:
        months_away = 12 * (found.year - grid.begins_on.year) + found.month - grid.begins_on.month
        assert months_away == number * rule.months
        assert found.day == min(grid.day, monthrange(found.year, found.month)[1])
    else:
        assert (found - grid.begins_on).days == number * rule.days


@given(
    activated_on=dates,
    interval=st.integers(1, 4),
    changes=st.lists(st.tuples(st.integers(0, 400), billing_days), max_size=4, unique_by=lambda change: change[0]),
)
def test_billing_days_that_change_leave_no_gap_and_no_overlap(
    activated_on: date, interval: int, changes: list[tuple[int, int]]
):
    eras = [BillingDay(activated_on + timedelta(days=days), day) for days, day in sorted(changes)]
    spans = grids(PeriodRule(interval=interval), activated_on, [BillingDay(date.min, 7), *eras])

    assert spans[0].from_on == date.min
    for earlier, later in pairwise(spans):
        assert earlier.from_on < later.from_on
        assert earlier.grid != later.grid
    for span in spans[1:]:
        assert span.grid.containing(span.from_on).from_on == span.from_on, "a new grid begins with a whole period"


@pytest.mark.parametrize("billing_day", [0, -1, 32])
def test_a_billing_day_that_no_month_has_is_refused(billing_day: int):
    with pytest.raises(InvalidValue, match="must be 1 to 31") as caught:
        require_billing_day(billing_day)

    assert (caught.value.field, caught.value.value) == ("billing day", str(billing_day))
