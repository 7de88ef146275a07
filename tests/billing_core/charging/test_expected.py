"""What is owed: all that a subscription should be charged for, and nothing twice."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import given

from billing_core.catalogue.tariffs import Tariff
from billing_core.charging.charges import (
    Charge,
    ChargedTwice,
    ChargesPosted,
)
from billing_core.charging.double_billing import require_single_cover
from billing_core.charging.expected import Expected
from billing_core.charging.view import BillingView
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.services.events import SubscriptionActivated
from billing_core.services.terms_in_force import TermsInForce
from billing_core.services.timeline import Segment
from billing_core.time.periods import Period
from tests.billing_core.books import covered_days, owed_day_by_day, posted_net
from tests.billing_core.price_lists import (
    month_with,
    monthly,
    monthly_from,
    once,
    tariff,
)
from tests.billing_core.subscriber import Subscriber
from tests.billing_core.timelines import (
    START,
    Run,
    Step,
    billing_days,
    histories,
    price_lists,
    try_to_record,
)

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))


JUNE = Period(date(2026, 6, 1), date(2026, 7, 1))


def timeline(*tariffs: Tariff, activated: str, **agreed: str) -> Subscriber:
    """A subscriber of the first tariff, whose timeline is what matters here."""
    subscriber = Subscriber(*tariffs)
    subscriber.activate(tariffs[0].code, activated, **agreed)
    return subscriber


def owed(period: Period, subscriber: Subscriber) -> list[Charge]:
    """What becomes due within a period."""
    found = subscriber.owed(period.to_on - timedelta(days=1))
    return [charge for charge in found if period.from_on <= charge.from_on < period.to_on]


def test_nothing_is_owed_before_activation_or_after_the_end():
    subscriber = timeline(tariff("net", monthly("300.00"), once("60.00")), activated="2026-04-10")
    subscriber.terminate("2026-05-10")

    assert owed(MARCH, subscriber) == []
    assert owed(JUNE, subscriber) == []


def test_a_day_without_a_price_stops_the_charge():
    subscriber = timeline(tariff("net", monthly_from({"2026-06-11": "300.00"})), activated="2026-06-11")
    subscriber.record([SubscriptionActivated(effective_on=date(2026, 6, 1), subscription="S2", tariff="net")])

    with pytest.raises(RuleViolation, match="tariff net has no price for component monthly") as caught:
        subscriber.owed("2026-06-30", "S2")

    assert (caught.value.field, caught.value.value) == ("date", "2026-06-01")


def test_a_tariff_that_nobody_published_stops_the_charge():
    subscriber = timeline(tariff("net", monthly("300.00")), activated="2026-06-01")
    subscriber.record([SubscriptionActivated(effective_on=date(2026, 6, 1), subscription="S2", tariff="lost")])

    with pytest.raises(NotFound) as caught:
        subscriber.owed("2026-06-30", "S2")

    assert (caught.value.field, caught.value.value) == ("tariff", "lost")


def test_days_covered_twice_are_never_charged():
    """Segments that overlap can only come from a fault, and the fault must not become an invoice."""
    subscriber = timeline(tariff("net", monthly("300.00")), tariff("fast", monthly("500.00")), activated="2026-06-01")
    (segment,) = subscriber.account.subscriptions["S1"].segments()
    other = Segment(date(2026, 6, 20), None, TermsInForce("active", "fast", {}))
    view = BillingView("S1", segment.from_on, segment.from_on, None, [segment, other], subscriber.account.billing_days)

    with pytest.raises(ChargedTwice, match="overlaps the charge S1/monthly/2026-06-01/2026-07-01/0") as caught:
        Expected(view, subscriber.catalogue).coming(JUNE.from_on, JUNE.from_on, JUNE.from_on)

    assert caught.value.code == "charged-twice"
    assert (caught.value.field, caught.value.value) == ("charge", "S1/monthly/2026-06-20/2026-07-01/0")


def test_charges_that_follow_each_other_are_no_double_cover():
    subscriber = timeline(tariff("net", monthly("300.00")), tariff("fast", monthly("500.00")), activated="2026-06-01")
    subscriber.change_tariff("fast", "2026-06-11")

    charges = owed(JUNE, subscriber)

    require_single_cover(charges)
    assert [(charge.from_on.day, charge.to_on.day) for charge in charges] == [(1, 11), (11, 1)]


@given(tariffs=price_lists(), billing_day=billing_days, steps=histories())
def test_what_is_owed_is_what_is_counted_day_by_day(tariffs: list[Tariff], billing_day: int, steps: list[Step]):
    subscriber = Subscriber(*tariffs, opened=START.isoformat(), billing_day=billing_day)
    for step in steps:
        if not isinstance(step, Run):
            try_to_record(subscriber, step, START + timedelta(days=40))
    subscription = subscriber.account.subscriptions["S1"]
    until = month_with(START + timedelta(days=140), billing_day).from_on
    charges = subscriber.owed(until - timedelta(days=1))

    posted = [ChargesPosted(effective_on=START, charges=tuple(charges), billed_through={})]
    assert posted_net(posted, billing_day) == owed_day_by_day(subscription, subscriber.catalogue, billing_day, until)
    assert all(set(cover.values()) <= {1} for cover in covered_days(charges).values())
    assert all(charge.amount.amount >= 0 for charge in charges)


@given(tariffs=price_lists(), billing_day=billing_days, steps=histories())
def test_stretches_of_one_rate_never_touch(tariffs: list[Tariff], billing_day: int, steps: list[Step]):
    """What follows on at the same terms stands on one line."""
    subscriber = Subscriber(*tariffs, opened=START.isoformat(), billing_day=billing_day)
    for step in steps:
        if not isinstance(step, Run):
            try_to_record(subscriber, step, START + timedelta(days=40))
    period = month_with(START + timedelta(days=40), billing_day)

    ends: dict[tuple[object, ...], set[date]] = defaultdict(set)
    for charge in owed(period, subscriber):
        terms = charge.component, charge.tariff, charge.unit_price, charge.vat_rate, charge.agreed
        assert charge.from_on not in ends[terms]
        ends[terms].add(charge.to_on)
