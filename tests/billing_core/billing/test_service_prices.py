"""What a service costs in a whole period on a day, while it runs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.billing.service_prices import price_on
from tests.billing_core.price_lists import fee, monthly, off, once, tariff
from tests.billing_core.subscriber import Subscriber

JUNE = date(2026, 6, 11)


def prices(subscriber: Subscriber, on: date = JUNE) -> list[str]:
    found = price_on(subscriber.account, subscriber.account.subscriptions["S1"], subscriber.catalogue, on)
    return [f"{charge.amount.amount} a {charge.every}" for charge in found]


def test_two_units_with_ten_percent_off_cost_40_00_less_4_00_a_month() -> None:
    net = tariff("net", monthly("20.00", code="fee"), off("10", "fee"), once("50.00"))
    subscriber = Subscriber(net, opened="2026-01-01")
    subscriber.activate_on("net", "2026-05-20", quantity=Decimal(2))
    assert prices(subscriber) == ["40.00 a month", "-4.00 a month"]


def test_a_suspended_service_shows_what_it_costs_when_it_is_resumed() -> None:
    subscriber = Subscriber(tariff("net", monthly("20.00", code="fee")), opened="2026-01-01")
    subscriber.activate_on("net", "2026-01-01")
    subscriber.suspend("non-payment", "2026-06-01")
    assert prices(subscriber) == ["20.00 a month"]


def test_before_its_first_day_and_after_its_last_one_it_shows_the_price_of_that_day() -> None:
    subscriber = Subscriber(tariff("net", monthly("20.00", code="fee")), opened="2026-01-01")
    subscriber.activate_on("net", "2026-07-01")
    subscriber.change_price("2026-07-10", fee="25.00")
    subscriber.terminate("2026-08-01")
    assert prices(subscriber, date(2026, 6, 1)) == ["20.00 a month"]
    assert prices(subscriber, date(2026, 9, 1)) == ["25.00 a month"]


def test_a_fee_in_arrears_and_one_of_a_year_are_prices_of_their_own_periods() -> None:
    lines = (fee("20.00", "fee", charged_in="arrears"), fee("120.00", "box", interval=12))
    subscriber = Subscriber(tariff("net", *lines), opened="2026-01-01")
    subscriber.activate_on("net", "2026-01-15")
    assert sorted(prices(subscriber)) == ["120.00 a 12 months", "20.00 a month"]
