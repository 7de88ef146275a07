"""Grants of use: what the money buys, what was used, and that cents of it sum up however it is confirmed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.catalogue.allowances import Allowance
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import Destinations, Graduated, Percentage, Tier, UnitPrice, UsagePricing
from billing_core.catalogue.quotas import Quota, QuotaStep
from billing_core.kernel.errors import Conflict, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.money import Money, total
from billing_core.usage.control.grants import (
    FOLDS,
    Bounds,
    UsageGranted,
    UsageGrantExpired,
    UsageGrantReleased,
    UsageGrants,
    UseAsked,
    confirm_grant,
    expired_grants,
    known_grant,
    release_grant,
    require_price_of,
    require_use,
    reserve_usage,
)
from billing_core.usage.control.price_of_use import PriceOfUse

ON, NEXT_MONTH = date(2026, 5, 20), date(2026, 6, 1)
AT = datetime(2026, 5, 20, 10, 0, tzinfo=UTC)
TEN_CENTS = UnitPrice(price=Decimal("0.10"))


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def price(pricing: UsagePricing = TEN_CENTS, used: str = "0", vat_rate: str = "0", **details: Any) -> PriceOfUse:
    includes_vat, named = details.pop("includes_vat", False), details.pop("named", None)
    component = Usage(code="calls", name="Calls", vat_rate=Decimal(vat_rate), pricing=pricing, **details)
    return PriceOfUse(component, [Decimal(used)], "EUR", includes_vat, None if named is None else Decimal(named))


def asked(units: str = "60", grant: str = "A", **details: Any) -> UseAsked:
    usual: dict[str, Any] = {"subscription": "S1", "component": "calls", "seconds": 3600, "recorded_by": "source"}
    return UseAsked(grant=grant, units=Decimal(units), **usual | details)


def granted(units: str = "60", available: str | None = "100.00", grant: str = "A", **details: Any) -> UsageGranted:
    money = None if available is None else eur(available)
    return reserve_usage(asked(units, grant), price(**details), Bounds(money), AT, ON)


def after(*facts: Any, grants: UsageGrants | None = None) -> UsageGrants:
    grants = grants or UsageGrants()
    for fact in facts:
        FOLDS[type(fact)](grants, fact)
    return grants


@pytest.mark.parametrize(
    ("priced", "units", "costs"),
    [
        (price(), "60", "6.00"),
        (price(vat_rate="21"), "1", "0.13"),  # 0.121, rounded up
        (price(vat_rate="21", includes_vat=True), "1", "0.10"),
        (price(vat_rate="21", named="0.07"), "10", "0.85"),  # 0.847
        (price(allowance=Allowance(quantity=Decimal(20)), used="15", vat_rate="21"), "10", "0.61"),  # 5 x 0.121
        (price(Graduated(tiers=(Tier(up_to=Decimal(10), unit=Decimal(1)), Tier(unit=Decimal(2)))), "8"), "4", "6.00"),
        (price(Percentage(rate=Decimal(1), per_event=Decimal("0.30"))), "50", "0.80"),
        (price(UnitPrice(price=Decimal("0.000001"))), "1", "0.01"),
    ],
)
def test_more_use_costs_what_it_adds_to_what_was_used_with_vat_and_rounded_up(
    priced: PriceOfUse, units: str, costs: str
):
    assert priced.cost_of(Decimal(units)) == eur(costs)


@pytest.mark.parametrize(
    ("units", "available", "expected"),
    [
        ("60", "6.00", "60"),
        ("60", "5.99", "59"),
        ("60", "0.25", "2"),
        ("60.0", "0.25", "2.5"),
        ("60", None, "60"),
        ("6E+1", "0.25", "2"),
    ],
)
def test_as_many_units_are_granted_as_the_money_buys(units: str, available: str | None, expected: str):
    money = None if available is None else eur(available)
    assert price().most_units(Decimal(units), money) == Decimal(expected)


@given(st.integers(1, 2000), st.integers(0, 5000), st.integers(0, 300))
def test_never_more_than_the_money_and_never_one_unit_too_few(units: int, cents: int, used: int):
    tiers = Graduated(tiers=(Tier(up_to=Decimal(100), unit=Decimal("0.013")), Tier(unit=Decimal("0.007"))))
    priced, money = price(tiers, str(used), "21"), Money(Decimal(cents) / 100, "EUR")
    most = priced.most_units(Decimal(units), money)
    assert most == 0 or priced.cost_of(most) <= money
    assert most == units or money < priced.cost_of(most + 1)


def test_no_more_is_granted_than_is_left_until_a_quota_suspends():
    """Suspended after 60 GB, raised by 5, 62,000 MB recorded and granted: 3,000 MB are left."""
    quota = Quota(steps=(QuotaStep(after=Decimal(60), action="suspend"),), unit="GB", counted_in="MB")
    left = quota.left_until_suspended(Decimal(62_000), Decimal(5))
    assert left == 3_000
    fact = reserve_usage(asked("5000"), price(), Bounds(None, left), AT, ON)
    assert (fact.units, fact.asked) == (Decimal(3_000), Decimal(5_000))
    with pytest.raises(RuleViolation, match="quota 'calls': is used up, with what is granted; buy a top-up"):
        reserve_usage(asked("5000"), price(), Bounds(None, Fraction(0)), AT, ON)
    slow = Quota(steps=(QuotaStep(after=Decimal(60), action="slow"),))
    assert slow.left_until_suspended(Decimal(99), Decimal(0)) is None


def test_recorded_usage_counts_once_with_what_was_confirmed_of_it():
    grants = after(granted())
    after(confirm_grant(grants, "A", 1, Decimal(20), NEXT_MONTH, ON), grants=grants)
    assert grants.held("EUR", None, {("S1", "calls"): eur("2.00")}) == eur("6.00")
    assert grants.held("EUR", None, {("S1", "calls"): eur("2.50")}) == eur("6.50")
    assert grants.held("EUR", None, {("S1", "calls"): eur("1.00")}) == eur("6.00")
    assert grants.held("EUR", None, {("S2", "calls"): eur("1.00")}) == eur("7.00")


def test_without_money_for_one_unit_nothing_is_granted():
    with pytest.raises(RuleViolation, match=r"money '0.09 EUR': is all that is available; 60 of calls cost 6.00 EUR"):
        granted(available="0.09")


def test_the_same_request_gets_the_same_grant_and_another_one_under_its_id_is_refused():
    grants = after(granted())
    known = known_grant(grants, asked())
    assert known is not None and known.amount == eur("6.00")
    with pytest.raises(Conflict, match="use an id of its own"):
        known_grant(grants, asked("61"))
    after(*release_grant(grants, "A", ON), grants=grants)
    with pytest.raises(Conflict, match="ended on 2026-05-20"):
        known_grant(grants, asked())


def test_what_was_used_stays_reserved_until_its_period_is_charged():
    grants = after(granted())
    fact = confirm_grant(grants, "A", 1, Decimal(20), NEXT_MONTH, ON)
    assert fact is not None and fact.amount == eur("2.00")
    after(fact, grants=grants)
    assert grants.held("EUR") == eur("6.00")
    (released,) = release_grant(grants, "A", ON)
    assert released == UsageGrantReleased(effective_on=ON, grant="A", amount=eur("4.00"))
    after(released, grants=grants)
    assert (grants.held("EUR"), grants.held("EUR", NEXT_MONTH)) == (eur("2.00"), eur("0.00"))
    assert grants.after_charges("S1", date(2026, 5, 31)).held("EUR") == eur("2.00")
    assert grants.after_charges("S2", NEXT_MONTH).held("EUR") == eur("2.00")
    assert grants.after_charges("S1", NEXT_MONTH).held("EUR") == eur("0.00")


def test_a_part_that_is_known_changes_nothing():
    grants = after(granted())
    first = confirm_grant(grants, "A", 1, Decimal(20), NEXT_MONTH, ON)
    after(first, grants=grants)
    assert confirm_grant(grants, "A", 1, Decimal(20), NEXT_MONTH, ON) is None


def test_more_than_was_granted_is_confirmed_too_since_it_was_used():
    grants = after(granted("10"))
    fact = confirm_grant(grants, "A", 1, Decimal(12), NEXT_MONTH, ON)
    assert fact is not None and fact.amount == eur("1.20")
    after(fact, grants=grants)
    (released,) = release_grant(grants, "A", ON)
    assert released == UsageGrantReleased(effective_on=ON, grant="A", amount=eur("0.00"))


@given(st.lists(st.integers(0, 500), min_size=1, max_size=8))
def test_the_parts_of_a_grant_cost_what_the_whole_does_however_it_is_cut(parts: list[int]):
    grants = after(granted("1000", vat_rate="21", pricing=UnitPrice(price=Decimal("0.0037"))))
    facts = []
    for number, units in enumerate(parts, 1):
        fact = confirm_grant(grants, "A", number, Decimal(units), NEXT_MONTH, ON)
        assert fact is not None
        after(fact, grants=grants)
        facts.append(fact)
    whole = grants.open["A"].cost_of(Decimal(sum(parts)))
    assert total((fact.amount for fact in facts), "EUR") == whole
    assert grants.held("EUR") == max(whole, grants.open["A"].amount, key=lambda money: money.amount)


def test_a_grant_expires_at_its_instant_and_not_before():
    grants = after(granted())
    assert expired_grants(grants, AT + timedelta(seconds=3599), ON) == []
    (expired,) = expired_grants(grants, AT + timedelta(seconds=3600), ON)
    assert expired == UsageGrantExpired(effective_on=ON, grant="A", amount=eur("6.00"))
    after(expired, grants=grants)
    assert grants.held("EUR") == eur("0.00")
    with pytest.raises(NotFound, match="ended on 2026-05-20; use after its end comes by a record"):
        confirm_grant(grants, "A", 1, Decimal(1), NEXT_MONTH, ON)


def test_ids_of_grants_that_ended_are_forgotten_so_that_the_state_stays_small():
    grants = after(granted())
    after(*release_grant(grants, "A", ON), grants=grants)
    later = reserve_usage(asked(grant="B"), price(), Bounds(), AT, ON + timedelta(days=2))
    after(later, grants=grants)
    assert grants.ended_on == {}


def test_a_call_needs_its_price_and_its_records():
    component = Usage(code="calls", name="Calls", vat_rate=Decimal(0), pricing=Destinations(price_list="retail"))
    with pytest.raises(InvalidValue, match="name that of a unit"):
        require_price_of(component, asked())
    with pytest.raises(InvalidValue, match="is charged by its records"):
        require_price_of(component, asked(price=Decimal("0.05"), recorded_by="grant"))
    require_price_of(component, asked(price=Decimal("0.05")))


@pytest.mark.parametrize(
    "wrong", [{"units": "0"}, {"units": "-1"}, {"grant": ""}, {"seconds": 0}, {"seconds": 7 * 86400 + 1}]
)
def test_requests_that_cannot_be_granted_are_refused(wrong: dict[str, Any]):
    with pytest.raises(InvalidValue):
        require_use(asked(**wrong))
