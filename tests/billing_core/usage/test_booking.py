"""Booking a batch: which facts an account learns, cut at periods, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import Percentage, UnitPrice, UsagePricing
from billing_core.catalogue.tariffs import Tariff
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionEvent,
    SubscriptionTariffChanged,
    SubscriptionTerminated,
)
from billing_core.services.subscriptions import Subscription, after_facts
from billing_core.time.period_rules import PeriodRule
from billing_core.time.periods import BillingDay, period_containing
from billing_core.usage.mediation.booking import Booked, DayRecords, book
from billing_core.usage.records import entries_of

PER_UNIT = UnitPrice(price=Decimal(1))
PER_EVENT = Percentage(rate=Decimal(1), per_event=Decimal(2))
MONTHLY = PeriodRule(unit="month", interval=1, align="account", charged_in="arrears")
OWN = PeriodRule(unit="month", interval=1, align="own", charged_in="arrears")
FIRST_OF_MONTH = [BillingDay(date.min, 1)]


def tariff(
    code: str, pricing: UsagePricing = PER_UNIT, period: PeriodRule = MONTHLY, component: str = "data"
) -> Tariff:
    usage = Usage(code=component, name="Data", vat_rate=Decimal(0), pricing=pricing, period=period)
    return Tariff(code=code, name=code, currency="EUR", components=(usage,))


def subscribed(*changes: SubscriptionEvent, tariff: str = "home") -> Subscription:
    activated = SubscriptionActivated(effective_on=date(2026, 1, 15), subscription="S1", tariff=tariff)
    return after_facts(None, [activated, *changes])


def used(on: str, *quantities: str, component: str = "data") -> DayRecords:
    return DayRecords("A1", "S1", component, date.fromisoformat(on), [Decimal(each) for each in quantities])


def booked(
    days: Sequence[DayRecords], *tariffs: Tariff, subscription: Subscription | None = None,
    billing_days: Sequence[BillingDay] = FIRST_OF_MONTH,
) -> Booked:  # fmt: skip
    catalogue = {each.code: each for each in tariffs or (tariff("home"),)}
    return book(subscription or subscribed(), billing_days, days, catalogue, "mediation:x")


def shown(found: Booked) -> list[str]:
    """Each fact as `day quantities; day quantities`."""
    return [
        "; ".join(f"{day.on:%m-%d} {' '.join(f'{each:f}' for each in day.quantities)}" for day in fact.days)
        for fact in found.facts
    ]


def test_the_days_of_a_period_are_one_fact_with_their_sums():
    """The worked example of the module."""
    found = booked([used("2026-04-30", "1", "2"), used("2026-05-01", "4"), used("2026-05-02", "5")])

    assert shown(found) == ["04-30 3", "05-01 4; 05-02 5"]
    assert [(fact.effective_on, fact.batch) for fact in found.facts] == [
        (date(2026, 4, 30), "mediation:x"), (date(2026, 5, 1), "mediation:x"),
    ]  # fmt: skip
    assert found.refused == []


def test_periods_are_those_of_the_components_own_grid():
    days = [used("2026-02-14", "1"), used("2026-02-15", "2")]

    assert shown(booked(days)) == ["02-14 1; 02-15 2"]
    assert shown(booked(days, tariff("home", period=OWN))) == ["02-14 1", "02-15 2"]


def test_a_billing_day_that_changes_cuts_the_period():
    changed = [*FIRST_OF_MONTH, BillingDay(date(2026, 3, 10), 20)]
    days = [used("2026-03-19", "1"), used("2026-03-20", "2"), used("2026-04-19", "3")]

    assert shown(booked(days, billing_days=changed)) == ["03-19 1", "03-20 2; 04-19 3"]


def test_components_are_facts_of_their_own():
    home = Tariff(
        code="home", name="home", currency="EUR",
        components=(*tariff("home").components, *tariff("home", component="voice").components),
    )  # fmt: skip
    found = booked([used("2026-02-01", "1"), used("2026-02-01", "2", component="voice")], home)

    assert [(fact.component, text) for fact, text in zip(found.facts, shown(found), strict=True)] == [
        ("data", "02-01 1"), ("voice", "02-01 2"),
    ]  # fmt: skip


def test_quantities_stay_apart_if_any_tariff_of_the_subscription_counts_events():
    changed = SubscriptionTariffChanged(effective_on=date(2026, 3, 1), subscription="S1", tariff="card")
    tariffs = tariff("home"), tariff("card", PER_EVENT)

    assert shown(booked([used("2026-02-01", "1", "2")], *tariffs)) == ["02-01 3"]
    assert shown(booked([used("2026-02-01", "1", "2")], *tariffs, subscription=subscribed(changed))) == ["02-01 1 2"]


def test_days_without_the_service_or_the_component_are_refused_with_the_reason():
    changed = SubscriptionTariffChanged(effective_on=date(2026, 3, 1), subscription="S1", tariff="voice")
    ended = SubscriptionTerminated(effective_on=date(2026, 4, 1), subscription="S1")
    found = booked(
        [used("2026-01-14", "1"), used("2026-01-15", "2"), used("2026-03-01", "3", "4"), used("2026-04-01", "5")],
        tariff("home"), tariff("voice", component="voice"), subscription=subscribed(changed, ended),
    )  # fmt: skip

    assert shown(found) == ["01-15 2"]
    assert [(entry.on.isoformat(), entry.records, entry.field) for entry in found.refused] == [
        ("2026-01-14", 1, "date"), ("2026-03-01", 2, "component"), ("2026-04-01", 1, "date"),
    ]  # fmt: skip
    assert found.refused[1].reason == "tariff voice has no such component on 2026-03-01; it has voice"


def test_a_day_whose_sum_could_not_be_recorded_by_hand_is_refused():
    """The sum of a day must be below 10^15, as a single quantity must."""
    found = booked([used("2026-02-01", "999999999999999", "1"), used("2026-02-02", "999999999999998", "1")])

    assert shown(found) == ["02-02 999999999999999"]
    assert [(entry.on.isoformat(), entry.records, entry.value) for entry in found.refused] == [
        ("2026-02-01", 2, "1000000000000000")
    ]


@given(
    st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.lists(st.integers(0, 9), min_size=1, max_size=4))
)
def test_nothing_of_a_batch_is_lost_and_no_fact_spans_two_periods(days: dict[date, list[int]]):
    records = [used(on.isoformat(), *map(str, days[on])) for on in sorted(days)]
    found = booked(records)
    kept = sum(entry.quantity for fact in found.facts for entry in entries_of(fact))
    refused = sum(sum(days[entry.on]) for entry in found.refused)

    assert kept + refused == sum(map(sum, days.values()))
    assert all(entry.on < date(2026, 1, 15) for entry in found.refused)
    for fact in found.facts:
        assert len({period_containing(day.on, MONTHLY, date(2026, 1, 15), FIRST_OF_MONTH) for day in fact.days}) == 1
