"""Yearly holds: the days of a season in each year, and which seasons can be planned."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.services.yearly_holds import (
    FOLDS,
    YearlyHoldEnded,
    YearlyHoldMade,
    YearlyHoldPlanned,
    YearlyHolds,
    day_in,
    end,
    next_season,
    plan,
    until_of,
)

TODAY = date(2026, 10, 15)


def planned(from_day: str = "10-01", to_day: str = "03-31", on: date = TODAY) -> YearlyHoldPlanned:
    next_on = next_season(from_day, on)
    return YearlyHoldPlanned(effective_on=on, subscription="S1", from_day=from_day, to_day=to_day, next_on=next_on)


def test_the_worked_example():
    assert planned().next_on == date(2027, 10, 1)
    assert until_of(date(2027, 10, 1), "03-31") == date(2028, 4, 1)
    assert next_season("10-01", date(2028, 4, 1)) == date(2028, 10, 1)


@pytest.mark.parametrize(
    ("from_day", "to_day", "first_on", "until"),
    [
        ("10-15", "10-31", date(2026, 10, 15), date(2026, 11, 1)),
        ("10-16", "02-29", date(2026, 10, 16), date(2027, 3, 1)),
        ("12-01", "12-31", date(2026, 12, 1), date(2027, 1, 1)),
        ("02-29", "03-05", date(2027, 2, 28), date(2027, 3, 6)),
    ],
)
def test_a_season_may_pass_the_end_of_a_year_or_begin_on_a_leap_day(
    from_day: str, to_day: str, first_on: date, until: date
):
    assert next_season(from_day, TODAY) == first_on
    assert until_of(first_on, to_day) == until


def test_the_leap_day_is_the_28th_in_a_common_year():
    assert [day_in(year, "02-29") for year in (2026, 2028)] == [date(2026, 2, 28), date(2028, 2, 29)]


@pytest.mark.parametrize("wrong", ["13-01", "00-10", "04-31", "1-1", "1.10.", ""])
def test_what_is_no_day_of_the_year_is_refused(wrong: str):
    with pytest.raises(InvalidValue, match="such as 10-01"):
        next_season(wrong, TODAY)


def test_a_season_leaves_days_of_the_year():
    with pytest.raises(InvalidValue, match="leaves no day"):
        plan(YearlyHolds(), planned("10-01", "09-30"))
    assert plan(YearlyHolds(), planned("10-01", "09-29"))


def test_a_season_is_replaced_repeated_and_ended():
    holds = YearlyHolds()
    FOLDS[YearlyHoldPlanned](holds, planned())
    assert plan(holds, planned()) == []
    assert plan(holds, planned("11-01")) == [planned("11-01")]
    made = YearlyHoldMade(effective_on=date(2027, 10, 1), subscription="S1", until_on=date(2028, 4, 1),
                          next_on=date(2028, 10, 1))  # fmt: skip
    FOLDS[YearlyHoldMade](holds, made)
    assert holds.of["S1"].next_on == date(2028, 10, 1)
    ended = YearlyHoldEnded(effective_on=TODAY, subscription="S1")
    assert end(holds, ended) == [ended]
    FOLDS[YearlyHoldEnded](holds, ended)
    with pytest.raises(RuleViolation, match="has no yearly hold"):
        end(holds, ended)


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.dates(date(2024, 1, 1), date(2024, 12, 31)),
       st.integers(0, 363))  # fmt: skip
def test_seasons_follow_each_other_once_a_year_without_meeting(on: date, first: date, length: int):
    last = first + timedelta(days=length)
    from_day, to_day = f"{first:%m-%d}", f"{last:%m-%d}"
    first_on = next_season(from_day, on)
    until = until_of(first_on, to_day)

    following = next_season(from_day, until)

    assert on <= first_on < until <= following
    assert following.year == first_on.year + 1
