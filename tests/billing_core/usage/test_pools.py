"""Pools: what is rated together, in which period, with which packages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import Destinations, UnitPrice, UsagePricing
from billing_core.catalogue.tariffs import Tariff, publish_tariff
from billing_core.catalogue.unit_packages import UnitPackage
from billing_core.kernel.errors import InvalidValue
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionEvent,
    SubscriptionTariffChanged,
    SubscriptionTerminated,
)
from billing_core.services.subscriptions import Subscription, after_facts
from billing_core.time.period_rules import PeriodRule
from billing_core.time.periods import BillingDay
from billing_core.usage.rating.pools import Pool, Services, UsedComponent, next_pool, pools_of

MONTHLY = PeriodRule(unit="month", interval=1, align="account", charged_in="arrears")
EVERY_30_DAYS = PeriodRule(unit="day", interval=30, align="own", charged_in="arrears")
NATIONAL = UnitPackage(code="national", units=600, groups=("national",))
FAMILY = UnitPackage(code="family", units=3000, is_shared=True)


def tariff(code: str, *components: tuple[str, UsagePricing], period: PeriodRule = MONTHLY) -> Tariff:
    usages = tuple(
        Usage(code=name, name=name, vat_rate=Decimal(0), pricing=pricing, period=period) for name, pricing in components
    )
    return Tariff(code=code, name=code, currency="EUR", components=usages)


SMALL = tariff("small", ("calls", Destinations(price_list="a")), ("data", UnitPrice(price=Decimal(1))))
LARGE = tariff("large", ("calls", Destinations(price_list="b", packages=(NATIONAL,))))
SHARED = tariff("shared", ("calls", Destinations(price_list="a", packages=(NATIONAL, FAMILY))))
FLOATING = tariff("floating", ("calls", Destinations(price_list="a")), period=EVERY_30_DAYS)
CATALOGUE = {each.code: each for each in (SMALL, LARGE, SHARED, FLOATING)}


def day(text: str) -> date:
    return date.fromisoformat(text)


def subscribed(code: str, tariff: str, *changes: SubscriptionEvent) -> Subscription:
    activated = SubscriptionActivated(effective_on=date(2026, 1, 15), subscription=code, tariff=tariff)
    return after_facts(None, [activated, *changes])


def services(*subscriptions: Subscription, billing_day: int = 1) -> Services:
    return Services("A1", {each.code: each for each in subscriptions}, [BillingDay(date.min, billing_day)], CATALOGUE)


def used(subscription: str, component: str, *days: str) -> list[UsedComponent]:
    return [UsedComponent(subscription, component, day(on)) for on in days]


def shown(pools: list[Pool]) -> list[str]:
    """Each pool as `[period) members; packages`."""
    return [
        f"[{pool.period.from_on:%d %b}, {pool.period.to_on:%d %b}) "
        + ", ".join(
            f"{member.subscription}/{member.component} {member.days.from_on:%d %b} {member.pricing.price_list}"
            for member in pool.members
        )
        + "".join(f"; {each.package.code} of {each.owner or 'all'} {each.members}" for each in pool.packages)
        for pool in pools
    ]


def test_the_records_of_a_component_in_a_period_are_rated_together():
    found = pools_of(services(subscribed("V", "small")), used("V", "calls", "2026-04-03", "2026-04-30", "2026-05-01"))
    assert shown(found) == ["[01 Apr, 01 May) V/calls 01 Apr a", "[01 May, 01 Jun) V/calls 01 May a"]


def test_the_grid_of_the_account_counts():
    found = pools_of(services(subscribed("V", "small"), billing_day=10), used("V", "calls", "2026-04-03"))
    assert shown(found) == ["[10 Mar, 10 Apr) V/calls 10 Mar a"]


def test_another_price_list_within_the_period_is_another_member_of_the_same_pool():
    changed = SubscriptionTariffChanged(effective_on=date(2026, 4, 16), subscription="V", tariff="large")
    found = pools_of(services(subscribed("V", "small", changed)), used("V", "calls", "2026-04-03"))
    assert shown(found) == [
        "[01 Apr, 01 May) V/calls 01 Apr a, V/calls 16 Apr b; national of V/calls (1,)",
    ]


def test_the_first_days_of_a_service_have_no_member_before_it():
    found = pools_of(services(subscribed("V", "small")), used("V", "calls", "2026-01-20"))
    assert [member.days.from_on for pool in found for member in pool.members] == [date(2026, 1, 15)]


def test_services_that_share_a_package_are_rated_together_each_with_its_own_packages_too():
    both = services(subscribed("V", "shared"), subscribed("W", "shared"), subscribed("X", "small"))
    found = pools_of(both, [*used("W", "calls", "2026-04-03"), *used("V", "calls", "2026-04-03")])
    assert shown(found) == [
        "[01 Apr, 01 May) V/calls 01 Apr a, W/calls 01 Apr a; national of V/calls (0,); "
        "national of W/calls (1,); family of all (0, 1)"
    ]


def test_each_service_uses_its_packages_in_the_order_of_its_tariff():
    """V has its own after the shared one, W before it."""
    late = tariff("late", ("calls", Destinations(price_list="a", packages=(FAMILY, NATIONAL))))
    both = services(subscribed("V", "late"), subscribed("W", "shared"))
    (pool,) = pools_of(both._replace(catalogue={**CATALOGUE, "late": late}), used("V", "calls", "2026-04-03"))
    assert [(each.package.code, each.owner) for each in pool.packages] == [
        ("national", "W/calls"), ("family", ""), ("national", "V/calls"),
    ]  # fmt: skip


def test_services_that_share_a_package_meet_in_the_month_of_the_account_since_whenever_they_are_there():
    """The billing day is 1, and 20 from 10 March on; W is activated between the change and the first 20th."""
    changed = [BillingDay(date.min, 1), BillingDay(date(2026, 3, 10), 20)]
    newer = after_facts(
        None, [SubscriptionActivated(effective_on=date(2026, 3, 12), subscription="W", tariff="shared")]
    )
    both = services(subscribed("V", "shared"), newer)._replace(billing_days=changed)
    pools = [pools_of(both, used(code, "calls", "2026-03-15")) for code in ("V", "W")]
    assert pools[0] == pools[1]
    assert shown(pools[0])[0].startswith("[01 Mar, 20 Mar) V/calls 01 Mar a, W/calls 12 Mar a; ")


def test_a_billing_day_that_changes_cuts_the_period_and_each_day_is_in_one_pool():
    changed = [BillingDay(date.min, 1), BillingDay(date(2026, 3, 10), 20)]
    known = services(subscribed("V", "large"))._replace(billing_days=changed)
    pools = pools_of(known, used("V", "calls", "2026-03-25", "2026-03-15"))
    assert shown(pools) == [
        "[01 Mar, 20 Mar) V/calls 01 Mar b; national of V/calls (0,)",
        "[20 Mar, 20 Apr) V/calls 20 Mar b; national of V/calls (0,)",
    ]
    assert next_pool(known, pools[0]) == pools[1]


def test_a_component_that_changes_its_grid_has_each_day_in_one_pool():
    """Small is charged by the month, floating by 30 days since the activation on 15 January, here since 16 April."""
    changed = SubscriptionTariffChanged(effective_on=date(2026, 4, 16), subscription="V", tariff="floating")
    known = services(subscribed("V", "small", changed))
    pools = pools_of(known, used("V", "calls", "2026-04-15", "2026-04-16"))
    assert shown(pools) == ["[01 Apr, 01 May) V/calls 01 Apr a", "[15 Apr, 15 May) V/calls 16 Apr a"]
    assert [member.days.to_on for pool in pools for member in pool.members] == [date(2026, 4, 16), date(2026, 5, 15)]


@pytest.mark.parametrize(
    ("unit", "interval", "align"), [("day", 30, "own"), ("month", 1, "own"), ("month", 3, "account")]
)
def test_a_package_is_shared_only_by_components_that_are_charged_by_the_month_of_the_account(unit, interval, align):
    rule = PeriodRule(unit=unit, interval=interval, align=align, charged_in="arrears")
    calls = ("calls", Destinations(price_list="a", packages=(NATIONAL, FAMILY)))
    with pytest.raises(InvalidValue, match="charged by the month of the account") as caught:
        publish_tariff(None, tariff("family", calls, period=rule), date(2026, 1, 1))
    assert caught.value.field == "tariff family, component calls, package family"


def test_what_no_price_list_prices_and_what_is_not_in_force_is_in_no_pool():
    ended = SubscriptionTerminated(effective_on=date(2026, 4, 10), subscription="V", reason="moves")
    known = services(subscribed("V", "small", ended))
    assert pools_of(known, used("V", "data", "2026-04-03")) == []
    assert pools_of(known, used("V", "calls", "2026-04-10")) == []
    assert pools_of(known, used("unknown", "calls", "2026-04-03")) == []


def test_the_next_pool_is_that_of_the_next_period_as_long_as_the_service_goes_on():
    ended = SubscriptionTerminated(effective_on=date(2026, 5, 10), subscription="V", reason="moves")
    known = services(subscribed("V", "large", ended))
    (april,) = pools_of(known, used("V", "calls", "2026-04-03"))
    may = next_pool(known, april)
    assert may is not None
    assert shown([may]) == ["[01 May, 01 Jun) V/calls 01 May b; national of V/calls (0,)"]
    assert next_pool(known, may) is None
