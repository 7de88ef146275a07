"""Discounts and surcharges: parts of other components, in their order, on their days, for so many billed periods."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.billing.charges import Charge, explain
from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.tariffs import publish_tariff
from billing_core.errors import InvalidValue
from tests.billing_core.books import audit
from tests.billing_core.price_lists import fee, off, on_top, once, tariff, usage
from tests.billing_core.subscriber import Subscriber, short, told
from tests.billing_core.timelines import prices


def subscribed(*components: AnyComponent, on: str = "2026-06-01", billing_day: int = 1) -> Subscriber:
    subscriber = Subscriber(tariff("net", *components), tariff("tv", fee("9.00")), billing_day=billing_day)
    subscriber.activate("net", on)
    return subscriber


def shares(charges: Iterable[Charge]) -> list[str]:
    """Discounts and surcharges without the fees that they are on."""
    return short(charge for charge in charges if charge.of)


def amounts(charges: Iterable[Charge]) -> list[str]:
    return [f"{charge.amount.amount:f}" for charge in charges if charge.of]


# --- worked examples


def test_each_is_taken_of_what_those_before_it_left():
    """100.00 a month, 10 % and then 20 % off: -10.00, then 20 % of 90.00 is -18.00; 5 % of 72.00 is added."""
    subscriber = subscribed(fee("100.00"), off("10", code="a"), off("20", code="b"), on_top("5", code="c"))

    found = subscriber.owed("2026-06-01")

    assert amounts(found) == ["-10.00", "-18.00", "3.60"]
    assert [(charge.component, charge.of, charge.kind) for charge in found[1:]] == [
        ("a", "monthly", "discount"),
        ("b", "monthly", "discount"),
        ("c", "monthly", "surcharge"),
    ]
    assert explain(found[1]) == "10 % off 100.00 EUR of monthly, price list net"


def test_what_was_granted_comes_after_the_tariffs_own():
    subscriber = subscribed(fee("100.00"), off("10"))
    subscriber.grant(off(None, code="won", amount="5.00"), "2026-06-01")
    subscriber.grant(off("50", code="friend"), "2026-06-01")

    assert shares(subscriber.owed("2026-06-01")) == [
        "promo 01 Jun - 01 Jul: -10.00",
        "won 01 Jun - 01 Jul: -5.00",
        "friend 01 Jun - 01 Jul: -42.50",
    ]


def test_a_discount_of_the_same_code_takes_the_place_of_the_one_before():
    """10 % for ten days of thirty, then 20 %: of 300.00 that is 10.00 and 40.00."""
    subscriber = subscribed(fee("300.00"))
    subscriber.grant(off("10", code="won"), "2026-06-01")
    subscriber.grant(off("20", code="won"), "2026-06-11")

    assert shares(subscriber.owed("2026-06-01")) == [
        "won 01 Jun - 11 Jun: -10.00",
        "won 11 Jun - 01 Jul: -40.00",
    ]


def test_an_amount_is_prorated_like_its_fee_and_never_more_than_there_is():
    """From 16 June (30 days): half of 5.00; and of a fee of 3.00 no more than that."""
    assert amounts(subscribed(fee("100.00"), off(None, amount="5.00"), on="2026-06-16").owed("2026-06-16")) == ["-2.50"]
    assert amounts(subscribed(fee("3.00"), off(None, amount="5.00")).owed("2026-06-01")) == ["-3.00"]
    twice = subscribed(fee("8.00"), off(None, code="a", amount="5.00"), off(None, code="b", amount="5.00"))
    assert amounts(twice.owed("2026-06-01")) == ["-5.00", "-3.00"]


def test_an_amount_off_usage_is_whole():
    subscriber = subscribed(usage("1.00"), off(None, on="data", amount="5.00"), on="2026-06-16")
    subscriber.use("12", "2026-06-20")

    assert short(subscriber.owed("2026-07-01")) == ["data 16 Jun - 01 Jul: 12.00", "promo 16 Jun - 01 Jul: -5.00"]


def test_on_several_components_each_has_a_line_of_its_own():
    subscriber = subscribed(fee("100.00"), fee("9.99", "tv"), off("10", "monthly tv"))

    assert [(charge.of, f"{charge.amount.amount:f}") for charge in subscriber.owed("2026-06-01") if charge.of] == [
        ("monthly", "-10.00"),
        ("tv", "-1.00"),
    ]


# --- on which days


def test_one_that_holds_from_a_day_on_is_taken_of_the_amount_of_these_days():
    """300.00 in June, 10 % from the 11th on: of 200.00."""
    subscriber = subscribed(fee("300.00"), off("10", valid_from=date(2026, 6, 11), valid_to=date(2026, 7, 16)))

    assert shares(subscriber.owed("2026-08-01")) == [
        "promo 11 Jun - 01 Jul: -20.00",
        "promo 01 Jul - 16 Jul: -14.52",
    ]


def test_one_that_ends_with_a_change_of_tariff_ends_there():
    subscriber = subscribed(fee("300.00"), off("10"))
    subscriber.change_tariff("tv", "2026-06-11")

    assert shares(subscriber.owed("2026-06-01")) == ["promo 01 Jun - 11 Jun: -10.00"]


def test_a_bundle_holds_on_the_days_on_which_all_its_tariffs_are_there():
    """Television from 16 June to 11 July: half of June, ten days of July."""
    subscriber = subscribed(fee("300.00"), off("10", bundle=("tv",)))
    assert subscriber.owed("2026-06-01")[1:] == []

    subscriber.activate("tv", "2026-06-16", "S2")
    subscriber.terminate("2026-07-11", "S2")

    assert shares(subscriber.owed("2026-07-01")) == ["promo 16 Jun - 01 Jul: -15.00", "promo 01 Jul - 11 Jul: -9.68"]


def test_a_bundle_that_is_left_after_billing_is_charged_what_it_saved():
    subscriber = subscribed(fee("300.00"), off("10", bundle=("tv",)))
    subscriber.activate("tv", "2026-06-01", "S2")
    subscriber.bill("2026-06-01")
    subscriber.terminate("2026-06-16", "S2")

    lines = told(subscriber.bill("2026-06-16"))

    assert any(
        line.startswith("promo 01 Jun - 01 Jul: 15.00 of S1/promo:monthly/2026-06-01/2026-07-01/0") for line in lines
    )
    audit(subscriber)


# --- for so many billed periods


def test_the_first_periods_that_cost_anything_count():
    """Two months at half the price: the free month and the one that was held do not count."""
    subscriber = subscribed(fee("100.00", phases=((1, "0.00"),)), off("50", billed_periods=2), on="2026-01-01")
    subscriber.hold("2026-03-01")
    subscriber.resume("2026-04-01")

    assert shares(subscriber.owed("2026-06-01")) == ["promo 01 Feb - 01 Mar: -50.00", "promo 01 Apr - 01 May: -50.00"]


def test_they_are_counted_from_the_grant():
    subscriber = subscribed(fee("100.00"), on="2026-01-01")
    subscriber.grant(off("50", code="won", billed_periods=2), "2026-02-11")

    assert shares(subscriber.owed("2026-06-01")) == ["won 11 Feb - 01 Mar: -32.14", "won 01 Mar - 01 Apr: -50.00"]


def test_another_billing_day_does_not_begin_them_anew():
    subscriber = subscribed(fee("100.00"), off("50", billed_periods=2), on="2026-01-01")
    subscriber.change_billing_day(20, "2026-02-10")

    assert shares(subscriber.owed("2026-06-01")) == ["promo 01 Jan - 01 Feb: -50.00", "promo 01 Feb - 20 Feb: -33.93"]


# --- learnt after billing


def test_a_discount_that_is_learnt_late_is_a_credit_of_the_invoice_of_its_fee():
    subscriber = subscribed(fee("300.00", vat="20"))
    subscriber.bill("2026-06-01")
    subscriber.grant(off("10", code="won"), "2026-06-11")

    assert [line.partition(", ")[0] for line in told(subscriber.bill("2026-06-12"))] == [
        "won 11 Jun - 01 Jul: -20.00",
        "credit note 5001 for 1001: -20.00 + VAT -4.00 = -24.00",
        "24.00 of 5001 settles 1001",
    ]
    subscriber.cancel("grant-discount", "2026-06-11")
    assert [line.partition(", ")[0] for line in told(subscriber.bill("2026-06-13"))] == [
        "won 11 Jun - 01 Jul: 20.00 of S1/won:monthly/2026-06-11/2026-07-01/0",
        "invoice 1002: 20.00 + VAT 4.00 = 24.00",
    ]
    audit(subscriber)


def test_a_fee_that_goes_takes_its_discount_along_on_one_credit_note():
    subscriber = subscribed(fee("300.00", vat="20"), off("10"))
    subscriber.bill("2026-06-01")
    subscriber.terminate("2026-06-11")

    assert [line.partition(", ")[0] for line in told(subscriber.bill("2026-06-11"))] == [
        "monthly 11 Jun - 01 Jul: -200.00 of S1/monthly/2026-06-01/2026-07-01/0",
        "promo 01 Jun - 01 Jul: 20.00 of S1/promo:monthly/2026-06-01/2026-07-01/0",
        "credit note 5001 for 1001: -180.00 + VAT -36.00 = -216.00",
        "216.00 of 5001 settles 1001",
    ]


@given(price=prices, percents=st.lists(st.integers(0, 100), max_size=4), amount=prices)
def test_discounts_never_take_more_than_there_is(price: str, percents: list[int], amount: str):
    listed = [off(str(percent), code=f"p{number}") for number, percent in enumerate(percents)]
    subscriber = subscribed(fee(price), off(None, code="amount", amount=amount), *listed)

    charges = subscriber.owed("2026-06-01")

    assert sum(charge.amount.amount for charge in charges) >= -Decimal("0.01") * len(charges), "but for the roundings"
    assert all(charge.amount.amount <= 0 for charge in charges if charge.of)


@pytest.mark.parametrize(
    ("components", "named", "told"),
    [
        ((once("60.00"), off("10", "installation")), "installation", "is a one-off"),
        ((fee("1.00"), off("10", "lost")), "lost", "is no component of the tariff"),
        ((fee("1.00"), off("10"), on_top("7", "promo")), "promo", "is a discount"),
    ],
)
def test_what_is_not_charged_by_the_period_has_no_share(components: tuple[AnyComponent, ...], named: str, told: str):
    with pytest.raises(InvalidValue, match=told) as caught:
        publish_tariff(None, tariff("net", *components), date(2026, 1, 1))

    assert caught.value.value == named
