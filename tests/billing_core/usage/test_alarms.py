"""Alarms of quotas and of the money of a month: at which shares, once, and what the usage costs so far."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from billing_core.catalogue.allowances import Allowance
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import UnitPrice
from billing_core.catalogue.quotas import Quota, QuotaStep
from billing_core.kernel.errors import InvalidValue
from billing_core.time.periods import Period
from billing_core.usage.control.alarms import (
    FOLDS,
    PricedUse,
    UsageAlarms,
    UsageLimits,
    UsageLimitsSet,
    amount_alarms,
    cost_in,
    month_of,
    quota_alarms,
    set_limits,
)
from billing_core.usage.control.quotas import BoughtTopUp, PeriodUse, QuotaState
from billing_core.usage.records import Rated, UsageEntry

ON = date(2026, 5, 10)
MAY = month_of(ON)
TWENTY = UsageLimits(monthly_amount=Decimal("20.00"), at_limit="suspend")


def limited(limits: UsageLimits | None = TWENTY, code: str = "S1", alarms: UsageAlarms | None = None) -> UsageAlarms:
    alarms = alarms or UsageAlarms()
    fact = UsageLimitsSet(effective_on=ON, subscription=code, limits=limits)
    FOLDS[UsageLimitsSet](alarms, fact)
    return alarms


def raised(alarms: UsageAlarms, cost: str, on: date = ON, code: str = "S1") -> list[tuple[int, str]]:
    facts: list[Any] = amount_alarms(alarms, code, Fraction(cost), month_of(on), "EUR", on)
    for fact in facts:
        FOLDS[type(fact)](alarms, fact)
    return [(fact.share, fact.action) for fact in facts]


def test_each_share_of_the_money_is_raised_once_in_a_month():
    alarms = limited()
    assert raised(alarms, "9.99") == []
    assert raised(alarms, "16.20") == [(50, "tell"), (80, "tell")]
    assert raised(alarms, "19.99") == []
    assert raised(alarms, "20.00") == [(100, "suspend")]
    assert raised(alarms, "40.00") == []
    assert alarms.of_amounts["S1"].reaches(ON) == "suspend"
    assert alarms.of_amounts["S1"].reaches(date(2026, 6, 1)) == "tell"
    assert raised(alarms, "10.00", date(2026, 6, 1)) == [(50, "tell")]


def test_another_limit_begins_anew():
    alarms = limited()
    raised(alarms, "20.00")
    limited(UsageLimits(monthly_amount=Decimal("30.00"), at_limit="suspend"), alarms=alarms)
    assert "S1" not in alarms.of_amounts
    assert raised(alarms, "20.00") == [(50, "tell")]


def test_the_limit_itself_is_always_a_share():
    assert raised(limited(UsageLimits(monthly_amount=Decimal(10), shares=(), at_limit="slow")), "10") == [(100, "slow")]


def test_without_limits_nothing_is_raised():
    assert raised(UsageAlarms(), "1000") == []
    assert raised(limited(UsageLimits(credit=Decimal(5)), ""), "1000", code="") == []


def test_alarms_of_a_quota_are_shares_of_its_full_units_which_top_ups_raise():
    ladder = Quota(steps=(QuotaStep(after=Decimal(50), action="slow"),), unit="GB")
    use = PeriodUse("S1", "data", MAY, Decimal("44"))
    state = QuotaState(MAY.from_on, MAY.to_on, top_ups=(BoughtTopUp("five", ON, MAY.to_on, Decimal(5)),))
    facts: list[Any] = quota_alarms(UsageAlarms(), state, ladder, use, ON)
    assert [(fact.share, fact.used, fact.limit, fact.unit) for fact in facts] == [
        (50, Decimal(44), Decimal(55), "GB"),
        (80, Decimal(44), Decimal(55), "GB"),
    ]
    assert quota_alarms(UsageAlarms(), state, ladder, use, MAY.to_on) == []


def used(*entries: tuple[str, str], **details: Any) -> PricedUse:
    component = Usage(
        code="data", name="Data", vat_rate=Decimal(20), pricing=UnitPrice(price=Decimal(1)), **details
    )  # fmt: skip
    found = [UsageEntry(date.fromisoformat(f"2026-{on}"), "data", Decimal(quantity)) for on, quantity in entries]
    return PricedUse(component, True, found, lambda on: Period(date(2026, 4, 20), date(2026, 5, 20)))


def test_the_month_costs_what_its_days_add_to_the_period():
    """10 units free from 20 April on: 8 in April and 5 in May, of which 3 are priced."""
    free = Allowance(quantity=Decimal(10))
    assert cost_in(MAY, used(("04-25", "8"), ("05-02", "5"), allowance=free)) == 3
    assert cost_in(MAY, used(("04-25", "12"), allowance=free)) == 0
    assert cost_in(MAY, used(("04-30", "10"), ("05-01", "2"), allowance=free)) == 2


def test_vat_is_added_if_the_prices_are_without_it():
    priced = used(("05-02", "5"))
    assert cost_in(MAY, PricedUse(priced.component, False, priced.entries, priced.period_of)) == 6


def test_what_was_rated_record_by_record_costs_what_it_was_rated_as():
    priced = used()
    days = [(date(2026, 4, 30), 5), (date(2026, 5, 1), 10), (date(2026, 5, 9), 15)]
    entries = [UsageEntry(on, "data", Decimal(60), Rated(1, parts, 100)) for on, parts in days]
    assert cost_in(MAY, PricedUse(priced.component, True, entries, priced.period_of)) == Fraction(1, 4)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (UsageLimits(monthly_amount=Decimal(-1)), ""),
        (UsageLimits(monthly_amount=Decimal("1.001")), ""),
        (UsageLimits(shares=(0,)), ""),
        (UsageLimits(credit=Decimal(5)), "S1"),
    ],
)
def test_limits_that_make_no_sense_are_refused(limits: UsageLimits, code: str):
    with pytest.raises(InvalidValue):
        set_limits(None, UsageLimitsSet(effective_on=ON, subscription=code, limits=limits), "EUR")


def test_limits_that_hold_already_change_nothing():
    assert set_limits(TWENTY, UsageLimitsSet(effective_on=ON, subscription="S1", limits=TWENTY), "EUR") == []
