"""What is unusual: each limit at its edge, and the limits that can be stated."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing_core.confirmation import (
    USUAL_LIMITS,
    ConfirmationLimits,
    ConfirmationLimitsSet,
    ConfirmationNeeded,
    require_usual_amount,
    require_usual_day,
    require_usual_number,
    set_limits,
    strictest,
)
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money

TODAY = date(2026, 11, 29)


def test_a_day_is_asked_about_beyond_the_limit():
    require_usual_day(USUAL_LIMITS, "on", date(2027, 5, 31), TODAY)
    require_usual_day(USUAL_LIMITS, "on", TODAY - timedelta(days=4_000), TODAY)
    with pytest.raises(ConfirmationNeeded) as asked:
        require_usual_day(USUAL_LIMITS, "on", date(2072, 12, 1), TODAY)
    assert str(asked.value) == (
        "on '2072-12-01': is 16,804 days ahead of today, 2026-11-29, more than 183; if it is meant, confirm it with "
        "--yes, a program with confirmed=true"
    )


@pytest.mark.parametrize("day", [date(2027, 6, 1), date(2027, 11, 29)])
def test_the_year_that_is_not_typed_right_is_asked_about(day: date):
    with pytest.raises(ConfirmationNeeded):
        require_usual_day(USUAL_LIMITS, "on", day, TODAY)


@pytest.mark.parametrize("sign", ["", "-"])
def test_an_amount_is_asked_about_beyond_the_limit_whichever_way_it_goes(sign: str):
    require_usual_amount(USUAL_LIMITS, "amount", Money(Decimal(f"{sign}10000.00"), "EUR"))
    with pytest.raises(ConfirmationNeeded, match=r"is more than 10,000 EUR; if it is meant"):
        require_usual_amount(USUAL_LIMITS, "amount", Money(Decimal(f"{sign}10000.01"), "EUR"))


@pytest.mark.parametrize(("accounts", "of", "asks"), [(100, 1000, False), (101, 1000, True), (10, 20, False),
                                                      (11, 20, True), (10, 10, False), (0, 0, False)])  # fmt: skip
def test_a_number_of_accounts_is_asked_about_if_it_is_a_large_part_and_not_a_few(accounts: int, of: int, asks: bool):
    if not asks:
        require_usual_number(USUAL_LIMITS, accounts, of)
        return
    with pytest.raises(ConfirmationNeeded, match=f"is more than 10 % of all {of:,}"):
        require_usual_number(USUAL_LIMITS, accounts, of)


def test_limits_that_hold_already_change_nothing():
    def stated(**limits: Any) -> ConfirmationLimitsSet:
        return ConfirmationLimitsSet(effective_on=TODAY, seller="north", limits=ConfirmationLimits(**limits))

    assert set_limits(USUAL_LIMITS, stated()) == []
    assert set_limits(USUAL_LIMITS, stated(most_days_ahead=0)) == [stated(most_days_ahead=0)]
    for wrong in ({"most_days_ahead": -1}, {"most_amount": Decimal(-1)}, {"most_percent": Decimal(101)},
                  {"most_amount": Decimal("NaN")}):  # fmt: skip
        with pytest.raises(InvalidValue):
            set_limits(USUAL_LIMITS, stated(**wrong))


def test_what_concerns_several_sellers_has_the_lowest_of_their_limits():
    one = ConfirmationLimits(most_days_ahead=30, most_amount=Decimal(500))
    other = ConfirmationLimits(most_percent=Decimal(5))
    assert strictest([one, other]) == ConfirmationLimits(
        most_days_ahead=30, most_amount=Decimal(500), most_percent=Decimal(5)
    )
    assert strictest([]) == USUAL_LIMITS
