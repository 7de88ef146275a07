"""The grid of periods: months cut at the billing day as intended, whatever the length of the month."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.billing.periods import Period, boundary, period_containing, periods_over, require_billing_day
from billing_core.errors import InvalidValue

billing_days = st.integers(1, 31)
dates = st.dates(date(2000, 1, 1), date(2060, 12, 31))


def test_a_billing_day_at_the_end_of_the_month_goes_back_after_february():
    """31 Jan, 28 Feb, 31 Mar: never drifts to the 28th."""
    periods = periods_over(date(2026, 1, 31), date(2026, 5, 31), 31)

    assert [period.from_on for period in periods] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]
    assert periods[-1].to_on == date(2026, 5, 31)


@pytest.mark.parametrize(
    ("on", "billing_day", "from_on", "to_on", "days"),
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
def test_the_period_in_which_a_day_lies(on: str, billing_day: int, from_on: str, to_on: str, days: int):
    period = period_containing(date.fromisoformat(on), billing_day)

    assert period == Period(date.fromisoformat(from_on), date.fromisoformat(to_on))
    assert period.days == days


def test_months_count_on_over_the_end_of_a_year():
    assert boundary(2026, 13, 31) == date(2027, 1, 31)
    assert boundary(2026, 0, 31) == date(2025, 12, 31)
    assert boundary(2026, 14, 30) == date(2027, 2, 28)


@pytest.mark.parametrize("billing_day", range(1, 32))
def test_over_forty_years_the_grid_has_no_gap_and_never_drifts(billing_day: int):
    periods = periods_over(date(2000, 1, 1), date(2040, 1, 1), billing_day)

    for earlier, later in pairwise(periods):
        assert earlier.to_on == later.from_on
    months = [(period.from_on.year, period.from_on.month) for period in periods]
    assert len(set(months)) == len(months)
    for period in periods:
        last_day = monthrange(period.from_on.year, period.from_on.month)[1]
        assert period.from_on.day == min(billing_day, last_day)
        assert 28 <= period.days <= 31
    assert periods[0].from_on <= date(2000, 1, 1)
    assert periods[-1].to_on >= date(2040, 1, 1)
    assert len(periods) in (480, 481)


@given(on=dates, billing_day=billing_days)
def test_every_day_lies_in_exactly_one_period(on: date, billing_day: int):
    period = period_containing(on, billing_day)

    assert period.from_on <= on < period.to_on
    assert period_containing(period.from_on, billing_day) == period
    assert period_containing(period.to_on - timedelta(days=1), billing_day) == period
    assert period_containing(period.to_on, billing_day) != period


@given(from_on=dates, days=st.integers(0, 500), billing_day=billing_days)
def test_the_periods_over_some_days_are_those_that_their_days_lie_in(from_on: date, days: int, billing_day: int):
    every_day = [from_on + timedelta(days=offset) for offset in range(days)]

    found = periods_over(from_on, from_on + timedelta(days=days), billing_day)

    assert found == list(dict.fromkeys(period_containing(day, billing_day) for day in every_day))


@pytest.mark.parametrize("billing_day", [0, -1, 32])
def test_a_billing_day_that_no_month_has_is_refused(billing_day: int):
    with pytest.raises(InvalidValue, match="must be 1 to 31") as caught:
        require_billing_day(billing_day)

    assert (caught.value.field, caught.value.value) == ("billing day", str(billing_day))
