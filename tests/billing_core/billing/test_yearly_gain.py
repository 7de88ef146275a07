"""What a revision brings in twelve months: what the engine charges by the new list, less what it charges by the old."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.billing.repricing import Repricing, repricing, with_prices
from billing_core.billing.yearly_gain import PlainTerms, plain_terms, yearly_fees
from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.tariffs import Revision, Tariff, revised
from billing_core.kernel.spans import Span
from tests.billing_core.price_lists import at_least, fee, monthly, off, once, tariff, usage
from tests.billing_core.subscriber import Subscriber

APRIL = date(2026, 4, 1)
NET = tariff("net", monthly("20.00", code="fee"))
TV = tariff("tv", monthly("9.00"))


def dearer(price: str, on: date = APRIL, net: Tariff = NET) -> Repricing:
    return repricing(net, with_prices(net, {"fee": Decimal(price)}, on))


def subscribed(net: Tariff = NET, on: str = "2026-01-01", **terms: Any) -> Subscriber:
    subscriber = Subscriber(net, TV, opened="2020-01-01")
    subscriber.activate_on(net.code, on, **terms)
    return subscriber


def terms_of(subscriber: Subscriber, change: Repricing, on: date) -> PlainTerms:
    return plain_terms(subscriber.account, subscriber.account.subscriptions["S1"], change, on, subscriber.catalogue)


def gain(subscriber: Subscriber, change: Repricing, on: date = APRIL) -> Fraction:
    return yearly_fees(change, terms_of(subscriber, change, on), on).gain


def test_a_month_costs_2_00_more():
    assert gain(subscribed(), dearer("22.00")) == 24
    assert gain(subscribed(quantity=Decimal(3)), dearer("22.00")) == 72


def test_prices_with_vat_are_counted_without_it():
    with_vat = tariff("net", monthly("20.00", "20", code="fee"), with_vat=True)

    assert gain(subscribed(with_vat), dearer("22.00", net=with_vat)) == 20


def test_a_year_that_begins_in_a_month_has_a_part_of_it_at_both_ends():
    """16 of 31 days of March at 22.00 are 11.35, after 9.68 at 20.00, so 1.03; then 11 months; then 15 days, 0.97."""
    assert gain(subscribed(), dearer("22.00", date(2026, 3, 16)), date(2026, 3, 16)) == 24


def test_a_service_that_is_held_or_suspended_pays_what_it_pays_meanwhile():
    subscriber = subscribed()
    subscriber.suspend("operator", "2026-03-01", percent="50")
    assert gain(subscriber, dearer("22.00")) == 12

    held = subscribed()
    held.hold("2026-03-01")
    assert gain(held, dearer("22.00")) == 0


def test_periods_of_days_are_charged_by_the_days_of_the_year():
    """From a boundary on 1 April 12 periods of 30 days and 5 days: 12.00, and 3.50 - 3.33 = 0.17."""
    net = tariff("net", fee("20.00", "fee", unit="day", interval=30, align="own"))
    subscriber = subscribed(net, "2026-03-02")

    assert gain(subscriber, dearer("21.00", net=net)) == Fraction("12.17")


def test_discounts_and_an_option_that_was_chosen_count_and_nothing_else_does():
    """24.00 less 10 %, and 12 x 1.00 more for the option; usage, one-off fees and minimums are no fees."""

    def listed(price: str, option: str) -> tuple[AnyComponent, ...]:
        return (
            fee(price, "fee"), fee(option, "sport", is_option=True), fee(option, "news", is_option=True),
            off("10", "fee"), once(option), usage("0.10"), at_least(option),
        )  # fmt: skip

    net = tariff("net", *listed("20.00", "5.00"))
    change = repricing(net, Revision(valid_from=APRIL, components=listed("22.00", "6.00")))

    assert gain(subscribed(net, options=("sport",)), change) == Fraction("33.60")


def test_phases_count_since_the_fee_began():
    """Free for 3 months, since 1 March: on 1 April two free months are left of the twelve."""
    net = tariff("net", fee("20.00", "fee", phases=((3, "0.00"),)))

    assert gain(subscribed(net, "2026-03-01"), dearer("22.00", net=net)) == 20
    assert gain(subscribed(net, "2025-01-01"), dearer("22.00", net=net)) == 24


def test_a_discount_for_n_periods_counts_those_that_were_billed():
    """Half the price for 4 months since 1 February: on 1 April two are left, which bring 1.00 each."""
    net = tariff("net", fee("20.00", "fee"))
    subscriber = subscribed(net)
    subscriber.grant(off("50", "fee", code="welcome", billed_periods=4), "2026-02-01")

    assert gain(subscriber, dearer("22.00", net=net)) == 22


def test_an_agreed_price_is_kept_until_it_ends():
    """The fee is agreed until 1 October and then 22.00 in place of 20.00; the support fee is 1.00 dearer at once."""
    net = tariff("net", fee("20.00", "fee"), fee("5.00", "support"))
    subscriber = subscribed(
        net, agreed_prices={"fee": Decimal(18)}, agreed_until=date(2026, 10, 1)
    )  # fmt: skip
    both = repricing(net, with_prices(net, {"fee": Decimal(22), "support": Decimal(6)}, APRIL))

    assert gain(subscriber, both) == 6 * 2 + 12


def test_a_bundle_holds_while_the_account_has_its_tariff():
    """10 % off the 2.00 a month, with the other service only."""
    net = tariff("net", fee("20.00", "fee"), off("10", "fee", bundle=("tv",)))
    subscriber = subscribed(net)
    assert gain(subscriber, dearer("22.00", net=net)) == 24

    subscriber.activate("tv", "2026-02-01", "S2")
    assert gain(subscriber, dearer("22.00", net=net)) == Fraction("21.60")


def test_a_fee_that_is_not_prorated_is_dearer_from_its_next_period_on():
    net = tariff("net", fee("20.00", "fee", proration="none"))

    assert gain(subscribed(net), dearer("22.00", date(2026, 3, 16), net), date(2026, 3, 16)) == 24


def test_a_service_that_came_to_the_tariff_lately_is_charged_by_it_since_then_only():
    """The price list begins on 10 March, within the period of the day."""
    young = tariff("net", msgspec.structs.replace(fee("20.00", "fee"), prices=with_first_day(date(2026, 3, 10))))
    subscriber = Subscriber(young, TV, opened="2020-01-01")
    subscriber.activate("tv", "2026-01-01")
    subscriber.change_tariff("net", "2026-03-10")

    assert gain(subscriber, dearer("22.00", date(2026, 3, 16), young), date(2026, 3, 16)) == 24


def with_first_day(on: date) -> tuple[Any, ...]:
    (price,) = fee("20.00").prices
    return (msgspec.structs.replace(price, valid_from=on),)


def test_equal_terms_are_found_equal_whenever_the_services_began():
    change = dearer("22.00")
    first, second = subscribed(on="2024-05-07"), subscribed(on="2026-01-01")
    second.activate("tv", "2026-02-01", "S2")

    assert terms_of(first, change, APRIL) == terms_of(second, change, APRIL)


@given(
    price=st.integers(1, 5000),
    more=st.integers(-500, 500),
    percent=st.sampled_from(["0", "10", "33.3"]),
    started=st.integers(0, 98),
    changed=st.integers(0, 60),
    proration=st.sampled_from(["whole", "sliced", "fixed-30"]),
    charged_in=st.sampled_from(["advance", "arrears"]),
)
def test_the_gain_is_what_a_subscriber_is_charged_more(
    price: int, more: int, percent: str, started: int, changed: int, proration: Any, charged_in: Any
):
    """Two subscribers are billed beyond the end of the twelve months, one by the old list and one by the new."""
    components = (
        fee(Decimal(price) / 100, "fee", proration=proration, charged_in=charged_in), off(percent, "fee"),
    )  # fmt: skip
    net = tariff("net", *components)
    on = date.fromordinal(date(2026, 4, 10).toordinal() + changed)
    new = max(Decimal(price + more) / 100, Decimal(0))
    dearer_fee = msgspec.structs.replace(components[0], prices=fee(new, "fee").prices)
    change = repricing(net, Revision(valid_from=on, components=(dearer_fee, components[1])))
    if not change.changed:
        return
    started_on = date.fromordinal(date(2026, 1, 1).toordinal() + started)
    months = Span(started_on, date(on.year + 1, on.month, on.day))

    def charged(listed: Tariff) -> Decimal:
        subscriber = Subscriber(listed, opened="2020-01-01")
        subscriber.activate("net", started_on)
        subscriber.bill(months.end + timedelta(days=31))
        charges = (entry.charge for entry in subscriber.history.charges.values())
        inside = ((charge, charge.span.within(months)) for charge in charges)
        return sum((charge.price_of(days).amount for charge, days in inside if days is not None), Decimal(0))

    subscriber = subscribed(net, started_on.isoformat())
    assert gain(subscriber, change, on) == Fraction(charged(revised(net, change.revision)) - charged(net))


@pytest.mark.parametrize("on", [date(2024, 2, 29), date(2026, 1, 31)])
def test_twelve_months_from_a_day_that_other_months_do_not_have(on: date):
    """On a grid of the 30th: 12 periods; or 28 of 29 days, 1.93, then 11 periods, then 1 of 29 days, 0.07."""
    net = tariff("net", fee("20.00", "fee", align="own"))
    subscriber = Subscriber(net, opened="2020-01-01")
    subscriber.activate("net", "2023-06-30")

    assert gain(subscriber, dearer("22.00", on, net), on) == 24
