"""What the services of an account cost in a month, with VAT."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.billing.monthly_fees import monthly_fees
from billing_core.catalogue.components import AnyComponent, Recurring
from billing_core.kernel.money import Money
from billing_core.time.period_rules import PeriodRule
from tests.billing_core.price_lists import listed, monthly, tariff
from tests.billing_core.subscriber import Subscriber

ON = date(2026, 3, 15)


def every(period: PeriodRule, price: str) -> AnyComponent:
    return Recurring(code="fee", name="Fee", vat_rate=Decimal(0), prices=listed(price), period=period)


@pytest.mark.parametrize(
    ("component", "fees"),
    [
        (monthly("20.00", vat="20"), "24.00"),
        (every(PeriodRule(unit="month", interval=3), "30.00"), "10.00"),
        (every(PeriodRule(unit="year"), "120.00"), "10.00"),
        (every(PeriodRule(unit="week"), "7.00"), "30.42"),
        (every(PeriodRule(unit="day"), "1.00"), "30.42"),
    ],
)
def test_a_fee_counts_with_its_part_for_a_month(component: AnyComponent, fees: str):
    subscriber = Subscriber(tariff("net", component))
    subscriber.activate("net", "2026-01-01")

    assert monthly_fees(subscriber.account, subscriber.catalogue, ON) == Money(Decimal(fees), "EUR")


def test_services_that_are_suspended_count_and_those_that_ended_do_not():
    subscriber = Subscriber(tariff("net", monthly("20.00")), tariff("tv", monthly("5.00")))
    subscriber.activate("net", "2026-01-01")
    subscriber.activate("tv", "2026-01-01", code="S2")
    subscriber.suspend("non-payment", "2026-03-01")
    subscriber.terminate("2026-03-10", code="S2")

    assert monthly_fees(subscriber.account, subscriber.catalogue, date(2026, 3, 9)) == Money(Decimal("25.00"), "EUR")
    assert monthly_fees(subscriber.account, subscriber.catalogue, ON) == Money(Decimal("20.00"), "EUR")
