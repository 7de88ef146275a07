"""A change of tariff leaves alone what costs the same, and touches no day of the other tariff, whatever its rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from billing_core.catalogue.pricing import Package
from tests.billing_core.books import audit, posted_charges
from tests.billing_core.price_lists import at_least, fee, off, once, tariff, usage
from tests.billing_core.subscriber import Subscriber, short

JUNE = fee("300.00")


def test_what_costs_the_same_in_the_new_tariff_is_neither_credited_nor_charged_again():
    """Held from the 21st to the 26th: 300.00 less 50.00; television for 10 and 5 of 30 days; one installation."""
    net = tariff("net", JUNE, once("50.00"))
    both = tariff("both", JUNE, fee("30.00", "tv"), once("50.00"))
    subscriber, at_once = (Subscriber(net, both, opened="2024-06-01") for _ in range(2))
    for each in (subscriber, at_once):
        each.activate("net", "2024-06-01")
    subscriber.bill("2024-06-01")
    for each in (subscriber, at_once):
        each.change_tariff("both", "2024-06-11")
        each.hold("2024-06-21")
        each.resume("2024-06-26")

    assert short(posted_charges(subscriber.bill("2024-06-30"))) == [
        "monthly 21 Jun - 26 Jun: -50.00",
        "tv 11 Jun - 21 Jun: 10.00",
        "tv 26 Jun - 01 Jul: 5.00",
    ]
    at_once.bill("2024-06-30")
    assert subscriber.balance == at_once.balance == "-315.00"


@pytest.mark.parametrize("on", ["2024-06-01", "2024-06-11"])
def test_discounts_alike_in_both_tariffs_stand_and_usage_alike_costs_what_it_did(on: str):
    """Learnt in July: 8 units of June, 5 free, are 3.00 on either; a usage line may be taken over by the new list."""
    package = Package(size=Decimal(1), price=Decimal(1), free=Decimal(5))
    net, same = (tariff(code, JUNE, off("10"), usage(package)) for code in ("net", "same"))
    subscriber = Subscriber(net, same, opened="2024-06-01")
    subscriber.activate("net", "2024-06-01")
    for day in ("2024-06-05", "2024-06-15"):
        subscriber.use("4", day)
    subscriber.bill("2024-06-01")
    assert short(posted_charges(subscriber.bill("2024-07-01")))[-1] == "data 01 Jun - 01 Jul: 3.00"
    assert subscriber.balance == "-543.00"
    subscriber.change_tariff("same", on)

    assert {charge.component for charge in posted_charges(subscriber.bill("2024-07-05"))} <= {"data"}
    assert subscriber.balance == "-543.00"
    audit(subscriber)


@pytest.mark.parametrize(
    ("rule", "july"),
    [
        ({"last_stub": "full"}, ["monthly 01 Jul - 01 Aug: 600.00"]),
        ({"first_stub": "free"}, ["monthly 01 Jul - 01 Aug: 600.00"]),
        ({"proration": "sliced"}, ["monthly 01 Jul - 01 Aug: 600.00"]),
        ({"charged_in": "arrears"}, []),
    ],
)
def test_a_change_to_a_tariff_with_another_rule_credits_no_more_than_its_days(rule: dict[str, Any], july: list[str]):
    """No service begins or ends with it, so no day of either tariff is a stub."""
    subscriber = Subscriber(tariff("net", JUNE), tariff("big", fee("600.00", **rule)), opened="2024-06-01")
    subscriber.activate("net", "2024-06-01")
    subscriber.bill("2024-06-01")
    subscriber.change_tariff("big", "2024-06-11")

    posted = posted_charges([*subscriber.bill("2024-06-30"), *subscriber.bill("2024-07-01")])

    assert short(posted) == ["monthly 11 Jun - 01 Jul: -200.00", "monthly 11 Jun - 01 Jul: 400.00", *july]
    audit(subscriber)


def test_a_fee_that_is_not_prorated_covers_no_day_of_the_tariff_between():
    net = tariff("net", fee("300.00", proration="none"))
    big = tariff("big", fee("600.00", last_stub="full"))
    subscriber, at_once = (Subscriber(net, big, opened="2024-06-01") for _ in range(2))
    subscriber.activate("net", "2024-06-01")
    subscriber.bill("2024-06-01")
    at_once.activate("net", "2024-06-01")
    for each in (subscriber, at_once):
        each.change_tariff("big", "2024-06-11")
        each.change_tariff("net", "2024-06-21")
    subscriber.bill("2024-06-30")

    assert short(posted_charges(at_once.bill("2024-06-30"))) == [
        "monthly 01 Jun - 11 Jun: 300.00",
        "monthly 11 Jun - 21 Jun: 200.00",
    ]
    assert subscriber.balance == at_once.balance == "-500.00"


def test_a_discount_on_a_fee_that_goes_by_another_rule_for_some_days():
    """10 % of 300.00 for the first and the last ten days, of 600.00 for those between."""
    net = tariff("net", JUNE, off("10"))
    big = tariff("big", fee("600.00", last_stub="full"), off("10"))
    subscriber = Subscriber(net, big, opened="2024-06-01")
    subscriber.activate("net", "2024-06-01")
    subscriber.change_tariff("big", "2024-06-11")
    subscriber.change_tariff("net", "2024-06-21")

    assert sorted(short(posted_charges(subscriber.bill("2024-06-30")))) == [
        "monthly 01 Jun - 11 Jun: 100.00",
        "monthly 11 Jun - 21 Jun: 200.00",
        "monthly 21 Jun - 01 Jul: 100.00",
        "promo 01 Jun - 11 Jun: -10.00",
        "promo 11 Jun - 21 Jun: -20.00",
        "promo 21 Jun - 01 Jul: -10.00",
    ]


def test_usage_with_a_joined_stub_counts_towards_the_minimum_of_the_period_it_ends_in():
    """Two units of 27 February are charged for 6 January to 1 March; of January 31.00 x 16/31 are missing."""
    data = usage("300.00", first_stub="join")
    committed = tariff("committed", data, at_least("31.00", first_stub="join"))
    subscriber = Subscriber(tariff("net", data), committed, opened="2024-01-01")
    subscriber.activate("net", "2024-01-06")
    subscriber.change_tariff("committed", "2024-01-16")
    subscriber.use("2", "2024-02-27")

    assert sorted(f"{charge.component} {charge.amount}" for charge in subscriber.owed("2024-03-01")) == [
        "data 600.00 EUR",
        "minimum 16.00 EUR",
    ]
