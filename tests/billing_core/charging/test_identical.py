"""What is decided once for all subscriptions that are alike is what would be decided for each of them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing_core.catalogue.components import Recurring
from billing_core.catalogue.prices import Price
from billing_core.charging.expected import Expected
from billing_core.charging.identical import MemoOfIdenticalSubscriptions
from billing_core.charging.view import view_of
from billing_core.time.period_rules import PeriodRule
from tests.billing_core.price_lists import ALWAYS, tariff
from tests.billing_core.subscriber import Subscriber

ALIKE = [
    PeriodRule(),
    PeriodRule(charged_in="arrears"),
    PeriodRule(unit="day", align="own"),
    PeriodRule(unit="day"),
    PeriodRule(unit="month", interval=3, anchor_on=date(2026, 1, 1)),
]
ON_THEIR_OWN = [
    PeriodRule(align="own"),
    PeriodRule(unit="week"),
    PeriodRule(unit="day", interval=2, align="own"),
    PeriodRule(unit="month", interval=3),
]


@pytest.mark.parametrize("rule", [*ALIKE, *ON_THEIR_OWN], ids=lambda rule: f"{rule.every}, {rule.align}")
def test_subscriptions_that_began_on_other_days_are_charged_as_each_for_itself(rule: PeriodRule):
    price = Price(amount=Decimal("30.00"), valid_from=ALWAYS)
    net = tariff("net", Recurring(code="fee", name="Fee", vat_rate=Decimal(0), prices=(price,), period=rule))
    memo, met = MemoOfIdenticalSubscriptions({"net": net}), 0
    for started_on in (date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 11)):
        subscriber = Subscriber(net)
        subscriber.activate("net", started_on)
        subscriber.bill(date(2026, 2, 1))
        subscription, billing_days = subscriber.account.subscriptions["S1"], subscriber.account.billing_days
        for ahead in range(0, 120, 10):
            on = date(2026, 2, 2) + timedelta(days=ahead)
            if subscription.due_on is None or subscription.due_on > on:
                continue
            alike = memo.coming(subscription, billing_days, on)
            assert (alike is not None) == (rule in ALIKE)
            assert subscription.charged_until is not None
            owed = Expected(view_of(subscription, billing_days), subscriber.catalogue)
            own = owed.coming(subscription.due_on, on, subscription.charged_until)
            assert alike is None or alike == own
            met += bool(own[0])
    assert met > 3
