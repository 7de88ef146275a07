"""Discounts and surcharges: parts of other components, in their order, on a line for each tariff and VAT rate."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.tariffs import Tariff, publish_tariff
from billing_core.charging.charges import Charge, explain
from billing_core.kernel.errors import InvalidValue
from tests.billing_core.books import audit
from tests.billing_core.price_lists import fee, monthly_from, off, on_top, once, tariff, usage
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
    assert explain(found[1]) == "10 % off 100.00 EUR, price list net"


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


@pytest.mark.parametrize(
    ("rule", "billing_day", "expected"),
    [
        ({"first_stub": "full"}, 1, ["-10.00"]),
        ({"proration": "none"}, 1, ["-10.00"]),
        ({"first_stub": "join"}, 1, ["-15.48"]),  # 17/31 of March and April.
        ({"proration": "fixed-30"}, 1, ["-5.33"]),  # 16/30, where days of days would be 5.48.
        ({"proration": "sliced"}, 10, ["-8.48"]),  # 17/31 + 9/30 of a month.
        ({}, 1, ["-5.48"]),
    ],
)
def test_an_amount_takes_the_same_part_of_itself_as_its_fee_of_its_price(
    rule: dict[str, Any], billing_day: int, expected: list[str]
):
    """10.00 off, from 15 March on."""
    subscriber = subscribed(fee("450.00", **rule), off(None, amount="10.00"), on="2026-03-15", billing_day=billing_day)

    assert amounts(subscriber.owed("2026-04-01"))[:1] == expected


def test_an_amount_takes_the_part_of_a_suspended_fee_that_goes_on():
    """All of 10.00 for ten days and for the last ten, 30 % of it for the ten days of the pause between them."""
    subscriber = subscribed(fee("100.00"), off(None, amount="10.00"))
    subscriber.hold("2026-06-11", percent="30")
    subscriber.resume("2026-06-21")

    off_in_june = [charge for charge in subscriber.owed("2026-06-01") if charge.of]
    assert amounts(off_in_june) == ["-3.33", "-1.00", "-3.33"]
    assert explain(off_in_june[1]) == (
        "3.00 EUR (30 % of 10.00 EUR) off 30.00 EUR a month x 10/30 days of the whole period, price list net"
    )


def test_an_amount_for_some_days_of_a_sliced_fee_is_measured_like_the_fee():
    """[10 Mar, 10 Apr), off from 1 April on: 9/30 of a month; all of it counts 22/31 + 9/30."""
    listed = fee("310.00", proration="sliced"), off(None, amount="100.00", valid_from=date(2026, 4, 1))
    subscriber = subscribed(*listed, on="2026-03-10", billing_day=10)

    assert amounts(subscriber.owed("2026-03-10")) == ["-29.71"]


def test_an_amount_that_is_another_from_a_day_on_is_each_on_its_days():
    """3.00 for ten days of thirty, then 6.00."""
    prices = monthly_from({"2020-01-01": "3.00", "2026-06-11": "6.00"}).prices
    share = msgspec.structs.replace(off(None, amount="3.00"), prices=prices)
    found = subscribed(fee("100.00"), share).owed("2026-06-01")

    assert amounts(found) == ["-1.00", "-4.00"]
    assert explain(found[2]) == ("6.00 EUR off 100.00 EUR a month x 20/30 days of the whole period, price list net")


def test_an_amount_off_usage_is_whole():
    subscriber = subscribed(usage("1.00"), off(None, on="data", amount="5.00"), on="2026-06-16")
    subscriber.use("12", "2026-06-20")

    assert short(subscriber.owed("2026-07-01")) == ["data 16 Jun - 01 Jul: 12.00", "promo 16 Jun - 01 Jul: -5.00"]


def test_an_amount_off_usage_of_two_tariffs_is_taken_once():
    """Both grant it on their own days: ten of thirty and twenty."""
    promo = off(None, on="data", amount="3.00")
    subscriber = Subscriber(tariff("net", usage("1.00"), promo), tariff("fast", usage("2.00"), promo))
    subscriber.activate("net", "2026-06-01")
    subscriber.change_tariff("fast", "2026-06-11")
    subscriber.use("9", "2026-06-05")
    subscriber.use("9", "2026-06-15")

    assert short(subscriber.owed("2026-07-01")) == [
        "data 01 Jun - 11 Jun: 9.00",
        "data 11 Jun - 01 Jul: 18.00",
        "promo 01 Jun - 11 Jun: -1.00",
        "promo 11 Jun - 01 Jul: -2.00",
    ]


# --- one line for each tariff and VAT rate


def moved(*tariffs: Tariff, on: str = "2026-06-11") -> Subscriber:
    """Moved from the first tariff to the second in June, with a discount of 33.3 % granted on its fee."""
    subscriber = Subscriber(*tariffs)
    subscriber.activate(tariffs[0].code, "2026-06-01")
    subscriber.change_tariff(tariffs[1].code, on)
    subscriber.grant(off("33.3", code="won"), "2026-06-01")
    return subscriber


def test_what_is_taken_of_the_lines_of_two_tariffs_or_vat_rates_are_two_lines():
    """33.3 % of 300.00 for ten days of thirty is 33.30; of 500.00 for the other twenty 111.00."""
    subscriber = moved(tariff("net", fee("300.00", vat="21")), tariff("fast", fee("500.00", vat="10")))

    found = subscriber.owed("2026-06-01")

    assert short(found) == [
        "monthly 01 Jun - 11 Jun: 100.00",
        "monthly 11 Jun - 01 Jul: 333.33",
        "won 01 Jun - 11 Jun: -33.30",
        "won 11 Jun - 01 Jul: -111.00",
    ]
    terms = [("net", Decimal(21)), ("fast", Decimal(10))]
    assert [(charge.tariff, charge.vat_rate) for charge in found] == [*terms, *terms]
    assert [explain(charge) for charge in found if charge.of] == [
        "33.3 % off 300.00 EUR a month x 10/30 days of the whole period, price list net",
        "33.3 % off 500.00 EUR a month x 20/30 days of the whole period, price list fast",
    ]


def test_each_rate_of_a_discount_has_the_cents_of_its_own_period():
    """33.3 % of 0.04 is 0.01332, of which the last half is 0.01 (0.00666), so the first half has none; of 0.06 0.01."""
    subscriber = moved(tariff("net", fee("0.04")), tariff("fast", fee("0.06")), on="2026-06-16")

    assert [f"{charge.amount.amount:f}" for charge in subscriber.owed("2026-06-01")] == [
        "0.02",
        "0.03",
        "0.00",
        "-0.01",
    ]


def test_days_of_a_tariff_before_and_after_another_are_lines_of_their_own():
    subscriber = moved(tariff("net", fee("300.00")), tariff("fast", fee("600.00")))
    subscriber.change_tariff("net", "2026-06-21")

    assert shares(subscriber.owed("2026-06-01")) == [
        "won 01 Jun - 11 Jun: -33.30",
        "won 11 Jun - 21 Jun: -66.60",
        "won 21 Jun - 01 Jul: -33.30",
    ]


def test_a_vat_rate_that_was_corrected_for_some_days_is_that_of_the_discount_on_these_days():
    """300.00 at 21 %, 10 % off, was billed; from 11 June on 10 % VAT are right."""
    subscriber = subscribed(fee("300.00", vat="21"), off("10"))
    subscriber.bill("2026-06-01")
    subscriber.correct_terms("2026-06-11", None, vat_rates={"monthly": "10"})

    assert [line.partition(", ")[0] for line in told(subscriber.bill("2026-06-12"))] == [
        "monthly 11 Jun - 01 Jul: -200.00 of S1/monthly/2026-06-01/2026-07-01/0",
        "monthly 11 Jun - 01 Jul: 200.00",
        "promo 11 Jun - 01 Jul: 20.00 of S1/promo:monthly/2026-06-01/2026-07-01/0",
        "promo 11 Jun - 01 Jul: -20.00",
        "credit note 5001 for 1001: -180.00 + VAT -37.80 = -217.80",
        "217.80 of 5001 settles 1001",
        "invoice 1002: 180.00 + VAT 18.00 = 198.00",
    ]
    audit(subscriber)


def test_on_several_components_each_has_a_line_of_its_own():
    subscriber = subscribed(fee("100.00"), fee("9.99", "tv"), off("10", "monthly tv"))

    assert [(charge.of, f"{charge.amount.amount:f}") for charge in subscriber.owed("2026-06-01") if charge.of] == [
        ("monthly", "-10.00"),
        ("tv", "-1.00"),
    ]


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


def test_a_discount_of_another_tariff_stands_beside_its_fee_and_not_on_the_old_invoice():
    """Moved on the first day: 300.00 are credited in full, 500.00 less 50.00 are charged."""
    subscriber = Subscriber(tariff("net", fee("300.00", vat="20")), tariff("fast", fee("500.00", vat="20"), off("10")))
    subscriber.activate("net", "2026-06-01")
    subscriber.bill("2026-06-01")
    subscriber.change_tariff("fast", "2026-06-01")

    assert [line.partition(", ")[0] for line in told(subscriber.bill("2026-06-02"))][3:] == [
        "credit note 5001 for 1001: -300.00 + VAT -60.00 = -360.00",
        "360.00 of 5001 settles 1001",
        "invoice 1002: 450.00 + VAT 90.00 = 540.00",
    ]
    audit(subscriber)


def test_a_fee_that_goes_takes_its_discount_along_on_one_credit_note():
    subscriber = subscribed(fee("300.00", vat="20"), off("10"))
    subscriber.bill("2026-06-01")
    subscriber.terminate("2026-06-11")

    assert [line.partition(", ")[0] for line in told(subscriber.bill("2026-06-11"))] == [
        "monthly 11 Jun - 01 Jul: -200.00 of S1/monthly/2026-06-01/2026-07-01/0",
        "promo 11 Jun - 01 Jul: 20.00 of S1/promo:monthly/2026-06-01/2026-07-01/0",
        "credit note 5001 for 1001: -180.00 + VAT -36.00 = -216.00",
        "216.00 of 5001 settles 1001",
    ]


@given(price=prices, later=prices, percents=st.lists(st.integers(0, 100), max_size=4), amount=prices)
def test_discounts_never_take_more_than_there_is(price: str, later: str, percents: list[int], amount: str):
    """Of whole periods; parts of it may have a cent more off than they cost, for each price has its own cents."""
    subscriber = moved(tariff("net", fee(price)), tariff("fast", fee(later)))
    for number, percent in enumerate(percents):
        subscriber.grant(off(str(percent), code=f"p{number}"), "2026-06-01")
    subscriber.grant(off(None, code="amount", amount=amount), "2026-06-01")

    charges = subscriber.owed("2026-06-01")

    for code in ("net", "fast"):
        left = sum(charge.amount.amount for charge in charges if charge.tariff == code)
        assert left >= Decimal("-0.01") * (len(percents) + 1)
    assert all(charge.amount.amount <= 0 for charge in charges if charge.of)
    whole = subscriber.owed("2026-07-01")
    assert sum(charge.amount.amount for charge in whole if charge.from_on.month == 7) >= 0


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


def test_a_last_month_that_is_charged_in_full_has_its_discount_in_full():
    """Nothing of 300.00 less 10 % is taken back when the service ends on the 11th; a discount to the 16th ends then."""
    ends = off("20", code="ends", valid_to=date(2026, 6, 16))
    subscriber = subscribed(fee("300.00", last_stub="full"), off("10"), ends)
    subscriber.bill("2026-06-01")
    subscriber.terminate("2026-06-11")
    subscriber.bill("2026-06-11")

    assert short(entry.charge for entry in subscriber.history.charges.values()) == [
        "monthly 01 Jun - 01 Jul: 300.00",
        "promo 01 Jun - 01 Jul: -30.00",
        "ends 01 Jun - 16 Jun: -27.00",
    ]


def test_a_change_of_tariff_stacks_in_the_order_of_the_tariff_of_each_day():
    """10 % and then 5.00 off 100.00 up to the 16th, 5.00 and then 10 % from then on: 10.00 or 9.50 a month."""
    tenth, five = off("10", code="tenth"), off(None, code="five", amount="5.00")
    subscriber = Subscriber(tariff("net", fee("100.00"), tenth, five), tariff("fast", fee("100.00"), five, tenth))
    subscriber.activate("net", "2026-06-01")
    subscriber.change_tariff("fast", "2026-06-16")

    assert shares(subscriber.owed("2026-06-01")) == [
        "tenth 01 Jun - 16 Jun: -5.00",
        "five 01 Jun - 16 Jun: -2.50",
        "five 16 Jun - 01 Jul: -2.50",
        "tenth 16 Jun - 01 Jul: -4.75",
    ]


# --- one amount on several fees


def test_an_amount_on_several_fees_is_split_over_their_prices_by_largest_remainder():
    """10.00 over 20.00, 10.00 and 5.00: 5.714, 2.857 and 1.428, so 5.71, 2.86 and 1.43."""
    subscriber = subscribed(
        fee("20.00"), fee("10.00", "tv"), fee("5.00", "radio"), off(None, "monthly tv radio", amount="10.00")
    )

    found = [charge for charge in subscriber.owed("2026-06-01") if charge.of]

    assert [(charge.of, str(charge.amount)) for charge in found] == [
        ("monthly", "-5.71 EUR"),
        ("tv", "-2.86 EUR"),
        ("radio", "-1.43 EUR"),
    ]
    assert explain(found[1]) == "2.86 EUR (of 10.00 EUR on 3 fees) off 10.00 EUR, price list net"


def test_during_a_suspension_each_part_of_an_amount_on_several_fees_goes_on_like_its_fee():
    """30 % of 6.67 and of 3.33, from the 11th on less from the 21st on: 1.33 - 0.67, and 0.67 - 0.33."""
    subscriber = subscribed(fee("20.00"), fee("10.00", "tv"), off(None, "monthly tv", amount="10.00"))
    subscriber.hold("2026-06-11", percent="30")
    subscriber.resume("2026-06-21")

    found = [charge for charge in subscriber.owed("2026-06-01") if charge.of and charge.from_on.day == 11]

    assert amounts(found) == ["-0.66", "-0.34"]
    assert explain(found[0]) == (
        "2.001 EUR (30 % of 6.67 EUR) (of 10.00 EUR on 2 fees) off 6.00 EUR a month "
        "x 10/30 days of the whole period, rounded as -1.33 EUR from 2026-06-11 on less -0.67 EUR from 2026-06-21 on, "
        "price list net"
    )


def test_an_amount_on_several_fees_that_cost_nothing_is_split_evenly():
    subscriber = subscribed(
        fee("20.00", phases=((1, "0.00"),)), fee("10.00", "tv", phases=((1, "0.00"),)),
        on_top(None, "monthly tv", amount="2.51"),
    )  # fmt: skip

    assert amounts([charge for charge in subscriber.owed("2026-06-01") if charge.of]) == ["1.26", "1.25"]


def test_a_fee_that_is_not_charged_has_no_part_of_it():
    """Television ends on the 16th. Of 6.67 the last half is 3.34, so the first is 3.33; of 3.33 it is 1.67, so 1.66."""
    subscriber = subscribed(fee("20.00"), fee("10.00", "tv", is_option=True), off(None, "monthly tv", amount="10.00"))
    subscriber.add_option("tv", "2026-06-01")
    subscriber.drop_option("tv", "2026-06-16")

    assert short([charge for charge in subscriber.owed("2026-06-01") if charge.of]) == [
        "promo 01 Jun - 16 Jun: -3.33",
        "promo 16 Jun - 01 Jul: -5.00",
        "promo 01 Jun - 16 Jun: -1.66",
    ]


def test_an_amount_on_everything_is_on_every_fee_and_more_than_there_is_takes_what_there_is():
    subscriber = subscribed(fee("3.00"), fee("1.00", "tv"), usage("1.00"), off(None, "all", amount="10.00"))

    assert [(charge.of, str(charge.amount)) for charge in subscriber.owed("2026-06-01") if charge.of] == [
        ("monthly", "-3.00 EUR"),
        ("tv", "-1.00 EUR"),
    ]


def test_a_percentage_on_everything_is_on_usage_too():
    subscriber = subscribed(fee("30.00"), usage("1.00"), off("10", "all"))
    subscriber.use("50", "2026-06-10")

    found = [charge for charge in subscriber.owed("2026-07-01") if charge.of]

    assert [(charge.of, charge.from_on.month, str(charge.amount)) for charge in found] == [
        ("monthly", 6, "-3.00 EUR"),
        ("monthly", 7, "-3.00 EUR"),
        ("data", 6, "-5.00 EUR"),
    ]


def test_a_discount_of_a_price_with_half_a_cent_leaves_nothing_for_the_next_one():
    """0.995, all of it off, is 1.00 off 1.00: the second discount has nothing to take, and adds nothing."""
    subscriber = subscribed(fee("0.995"), off("100", code="a"), off("100", code="b"))

    assert amounts(subscriber.owed("2026-06-01")) == ["-1.00"]


@pytest.mark.parametrize(
    ("components", "told"),
    [
        ((fee("1.00"), usage("1.00"), off(None, "monthly data", amount="1.00")), "is usage; an amount on several"),
        ((fee("1.00"), fee("1.00", "tv", interval=3), off(None, "all", amount="1.00")), "periods of one length"),
        ((usage("1.00"), off(None, "all", amount="1.00")), "periods of one length"),
    ],
)
def test_an_amount_is_split_over_fees_of_one_length_only(components: tuple[AnyComponent, ...], told: str):
    with pytest.raises(InvalidValue, match=told):
        publish_tariff(None, tariff("net", *components), date(2026, 1, 1))
