"""What usage is to bring in the months of a forecast."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.money import Money
from billing_core.reports.forecasts import MONTHS_OF_USAGE, months_of_usage, usage_to_come


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


CENTS = st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100)


@pytest.mark.parametrize(
    ("past", "billed", "to_come"),
    [("21.00", "0.00", "7.00"), ("21.00", "2.00", "5.00"), ("20.00", "0.00", "6.67"), ("20.00", "8.00", "0.00"),
     ("0.00", "0.00", "0.00"), ("-3.00", "0.00", "0.00"), ("0.02", "0.00", "0.01"), ("0.01", "0.00", "0.00")],
)  # fmt: skip
def test_usage_to_come_is_the_mean_less_what_is_billed(past: str, billed: str, to_come: str):
    assert usage_to_come(eur(past), eur(billed)) == eur(to_come)


@given(past=CENTS, billed=CENTS)
def test_what_is_to_come_with_what_is_billed_is_the_mean_or_more_was_billed(past: Decimal, billed: Decimal):
    found = usage_to_come(eur(str(past)), eur(str(billed))).amount
    assert found >= 0
    if found:
        assert abs((found + billed) * MONTHS_OF_USAGE - past) <= Decimal("0.015")
    else:
        assert billed * MONTHS_OF_USAGE >= past - Decimal("0.015")


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)))
def test_the_months_that_are_looked_at_are_three_and_end_before_this_one(today: date):
    from_on, to_on = months_of_usage(today)
    assert (from_on.day, to_on) == (1, today.replace(day=1))
    assert (to_on.year - from_on.year) * 12 + to_on.month - from_on.month == MONTHS_OF_USAGE
