"""What a hold must keep to: its length, and its days of each calendar year, counted day by day."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.catalogue.hold_terms import HoldTerms
from billing_core.catalogue.tariffs import Tariff, require_tariff
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionChangeCancelled,
    SubscriptionEvent,
    SubscriptionHeld,
    SubscriptionResumed,
)
from billing_core.services.holds import hold, resume
from billing_core.services.subscriptions import Subscription, apply_subscription
from tests.billing_core.price_lists import monthly

TERMS = HoldTerms(least_days=10, most_days=60, most_days_a_year=90)
START = date(2026, 1, 1)


def care(terms: HoldTerms | None) -> dict[str, Tariff]:
    return {"care": Tariff(code="care", name="Care", currency="EUR", components=(monthly("300.00"),), hold=terms)}


def subscribed(*facts: SubscriptionEvent) -> Subscription:
    subscriptions: dict[str, Subscription] = {}
    for fact in (SubscriptionActivated(effective_on=START, subscription="S1", tariff="care"), *facts):
        apply_subscription(subscriptions, fact)
    return subscriptions["S1"]


def held(subscription: Subscription, day: str, until: str | None, terms: HoldTerms | None = TERMS) -> Subscription:
    """The subscription with a hold that was decided."""
    fact = SubscriptionHeld(effective_on=date.fromisoformat(day), subscription="S1")
    end = None if until is None else date.fromisoformat(until)
    subscriptions = {"S1": msgspec.structs.replace(subscription)}
    for decided in hold(subscription, fact, end, care(terms)):
        apply_subscription(subscriptions, decided)
    return subscriptions["S1"]


def test_the_worked_example():
    first = held(subscribed(), "2026-12-01", "2027-01-20")
    held(first, "2027-02-01", "2027-03-20")
    with pytest.raises(RuleViolation, match=r"hold from '2027-02-01': is 73 days; tariff care allows at most 60"):
        held(first, "2027-02-01", "2027-04-15")


def test_the_days_of_a_year_are_those_of_all_its_holds():
    twice = held(held(subscribed(), "2026-12-01", "2027-01-20"), "2027-02-01", "2027-03-20")
    assert held(twice, "2027-06-01", "2027-06-25").timeline[-1].on == date(2027, 6, 25)  # 19 + 47 + 24 = 90
    with pytest.raises(RuleViolation, match="makes 91 days on hold in 2027; tariff care allows 90"):
        held(twice, "2027-06-01", "2027-06-26")


def test_without_terms_every_hold_is_allowed():
    assert held(subscribed(), "2026-02-01", None, None).segments()[-1].in_force.status == "held"


def test_back_earlier_is_measured_too_and_replaces_the_end_that_was_said():
    subscription = held(subscribed(), "2026-02-01", "2026-03-01")
    early = SubscriptionResumed(effective_on=date(2026, 2, 10), subscription="S1")
    with pytest.raises(RuleViolation, match="is 9 days; tariff care asks for at least 10"):
        resume(subscription, early, care(TERMS))

    cancelled, resumed = resume(
        subscription, SubscriptionResumed(effective_on=date(2026, 2, 11), subscription="S1"), care(TERMS)
    )
    assert isinstance(cancelled, SubscriptionChangeCancelled)
    assert (cancelled.kind, cancelled.effective_on) == ("resume", date(2026, 3, 1))
    assert resumed.effective_on == date(2026, 2, 11)


@given(
    st.lists(st.tuples(st.integers(1, 700), st.integers(1, 80)), min_size=1, max_size=8),
    st.integers(1, 20),
    st.integers(20, 70),
    st.integers(70, 120),
)
def test_no_accepted_hold_is_outside_the_terms(holds: list[tuple[int, int]], least: int, most: int, a_year: int):
    terms = HoldTerms(least_days=least, most_days=most, most_days_a_year=a_year)
    subscription = subscribed()
    accepted: list[tuple[date, date]] = []
    for start, days in holds:
        first, end = START + timedelta(days=start), START + timedelta(days=start + days)
        try:
            subscription = held(subscription, first.isoformat(), end.isoformat(), terms)
        except RuleViolation:
            continue
        accepted.append((first, end))
    days_of = Counter(
        (first + timedelta(days=number)).year for first, end in accepted for number in range((end - first).days)
    )
    assert all(days <= a_year for days in days_of.values())
    stretches = [segment for segment in subscription.segments() if segment.in_force.status == "held"]
    assert sum((segment.to_on - segment.from_on).days for segment in stretches if segment.to_on) == sum(
        days_of.values()
    )
    assert all(least <= (end - first).days <= most for first, end in accepted)


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        (HoldTerms(least_days=0), r"tariff care, hold, least days '0': must be at least a day"),
        (HoldTerms(least_days=10, most_days=9), r"most days '9': must not be below the least, 10"),
        (HoldTerms(most_days_a_year=367), r"most days a year '367': must be 1 to 366"),
        (HoldTerms(charge_percent=Decimal(101)), r"hold, charge percent '101': must be 0 to 100"),
    ],
)
def test_terms_that_no_hold_can_keep_are_refused(terms: HoldTerms, told: str):
    with pytest.raises(InvalidValue, match=told):
        require_tariff(care(terms)["care"])
