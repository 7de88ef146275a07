"""Usage of a period: the quantities used in it, by the model that was in force when they were."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.pricing import Graduated, Percentage, Tier, UsagePricing, Volume
from billing_core.charging.charges import explain
from tests.billing_core.books import audit
from tests.billing_core.price_lists import fee, off, tariff, usage
from tests.billing_core.subscriber import Subscriber, short, told

TIERS = (
    Tier(up_to=Decimal(10), unit=Decimal(10), flat=Decimal(2)),
    Tier(unit=Decimal(5), flat=Decimal(3)),
)


def subscribed(*components: AnyComponent, on: str = "2026-01-01") -> Subscriber:
    subscriber = Subscriber(tariff("net", *components), tariff("fast", usage("2.00")))
    subscriber.activate("net", on)
    return subscriber


def test_what_was_used_in_a_month_is_charged_when_it_is_over():
    """12 units, graduated: 10 x 10 + 2 and 2 x 5 + 3 are 115.00."""
    subscriber = subscribed(usage(Graduated(tiers=TIERS)))
    subscriber.use("8", "2026-01-03")
    subscriber.use("4", "2026-01-31")
    subscriber.use("1", "2026-02-01")

    assert subscriber.owed("2026-01-31") == []
    (january,) = subscriber.owed("2026-02-28")
    assert short([january]) == ["data 01 Jan - 01 Feb: 115.00"]
    assert explain(january) == "used 12; 10 at 10 + flat 2; 2 at 5 + flat 3, price list net"
    assert short(subscriber.owed("2026-03-01"))[1:] == ["data 01 Feb - 01 Mar: 12.00"]


def test_a_month_without_usage_costs_nothing_unless_the_flat_fee_is_due_at_zero():
    without = subscribed(usage(Graduated(tiers=TIERS)))
    with_flat = subscribed(usage(Volume(tiers=TIERS, flat_at_zero=True)))

    assert without.owed("2026-03-01") == []
    assert short(with_flat.owed("2026-03-01")) == ["data 01 Jan - 01 Feb: 2.00", "data 01 Feb - 01 Mar: 2.00"]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (Percentage(rate=Decimal(10), free_events=1), "5.00"),  # The first event, of 100, is free.
        (Percentage(rate=Decimal(10), free_volume=Decimal(120)), "3.00"),
    ],
)
def test_events_count_in_order_of_their_days(model: UsagePricing, expected: str):
    """50 on the 20th are learnt before 100 on the 10th."""
    subscriber = subscribed(usage(model))
    subscriber.use("50", "2026-01-20")
    subscriber.use("100", "2026-01-10")

    assert short(subscriber.owed("2026-02-01")) == [f"data 01 Jan - 01 Feb: {expected}"]


def test_the_usage_of_each_tariff_is_priced_on_its_own():
    subscriber = subscribed(usage("1.00"))
    subscriber.use("3", "2026-01-10")
    subscriber.change_tariff("fast", "2026-01-11")
    subscriber.use("3", "2026-01-11")

    assert short(subscriber.owed("2026-02-01")) == ["data 01 Jan - 11 Jan: 3.00", "data 11 Jan - 01 Feb: 6.00"]


def test_usage_under_another_rule_in_between_is_priced_by_that_one_alone():
    """Three units each under A, for a month, under B, for a week from the 11th to the 18th, and under A again."""
    weekly = tariff("weekly", usage("100.00", unit="week", align="own"), off("10", on="data"))
    subscriber = Subscriber(tariff("net", usage("1.00"), off("10", on="data")), weekly)
    subscriber.activate("net", "2026-01-01")
    subscriber.change_tariff("weekly", "2026-01-11")
    subscriber.change_tariff("net", "2026-01-13")
    for day in ("2026-01-05", "2026-01-12", "2026-01-20"):
        subscriber.use("3", day)

    assert short(subscriber.owed("2026-02-01")) == [
        "data 01 Jan - 01 Feb: 6.00",
        "promo 01 Jan - 01 Feb: -0.60",
        "data 11 Jan - 13 Jan: 300.00",
        "promo 11 Jan - 13 Jan: -30.00",
    ]


def test_usage_while_a_service_is_held_is_usage():
    subscriber = subscribed(usage("1.00"), fee("31.00"))
    subscriber.hold("2026-01-11")
    subscriber.use("3", "2026-01-20")

    assert short(subscriber.owed("2026-02-01")) == ["data 01 Jan - 01 Feb: 3.00", "monthly 01 Jan - 11 Jan: 10.00"]


def test_the_last_usage_is_charged_on_the_day_of_the_end():
    subscriber = subscribed(usage("1.00"))
    subscriber.use("3", "2026-01-09")
    subscriber.terminate("2026-01-10")

    assert subscriber.owed("2026-01-09") == []
    assert short(subscriber.owed("2026-01-10")) == ["data 01 Jan - 10 Jan: 3.00"]


def test_usage_that_is_learnt_late_is_charged_beside_what_was():
    """The example: 102.00 for January, later known to be 115.00, is 13.00 more."""
    subscriber = subscribed(usage(Graduated(tiers=TIERS)))
    subscriber.use("10", "2026-01-10")
    subscriber.bill("2026-02-01")
    subscriber.use("2", "2026-01-31")

    assert told(subscriber.bill("2026-02-10")) == [
        "data 01 Jan - 01 Feb: 13.00, used 12; 10 at 10 + flat 2; 2 at 5 + flat 3; 102.00 EUR charged before, "
        "price list net",
        "invoice 1002: 13.00 + VAT 0.00 = 13.00, due 24 Feb",
    ]


def test_usage_that_was_charged_at_an_end_that_never_came_is_charged_when_its_period_is_over():
    """The account does not keep what was charged; the history still has it."""
    subscriber = subscribed(usage("1.00"), fee("31.00"))
    subscriber.use("3", "2026-01-09")
    subscriber.terminate("2026-01-11")
    subscriber.bill("2026-01-11")
    assert subscriber.account.usage == {}
    subscriber.cancel("terminate", "2026-01-11")
    subscriber.bill("2026-01-12")
    subscriber.bill("2026-02-01")

    posted = [entry.charge for entry in subscriber.history.charges.values() if entry.charge.kind == "usage"]
    assert short(posted) == [
        "data 01 Jan - 11 Jan: 3.00",
        "data 01 Jan - 11 Jan: -3.00",
        "data 01 Jan - 01 Feb: 3.00",
    ]
    audit(subscriber)


def test_usage_that_makes_it_cheaper_is_taken_back_from_what_was_charged():
    """By volume 10 units cost 102.00, 12 only 63.00."""
    subscriber = subscribed(usage(Volume(tiers=TIERS)))
    subscriber.use("10", "2026-01-10")
    subscriber.bill("2026-02-01")
    subscriber.use("2", "2026-01-31")

    assert [line.partition(",")[0] for line in told(subscriber.bill("2026-02-10"))] == [
        "data 01 Jan - 01 Feb: -39.00 of S1/data/2026-01-01/2026-02-01/0",
        "credit note 5001 for 1001: -39.00 + VAT 0.00 = -39.00",
        "39.00 of 5001 settles 1001",
    ]


def test_what_is_charged_on_a_day_is_not_charged_again_when_something_happens_on_it():
    """January is charged on 1 February; usage of that day belongs to February."""
    subscriber = subscribed(usage("1.00"))
    subscriber.use("3", "2026-01-10")
    subscriber.bill("2026-02-01")
    subscriber.use("4", "2026-02-01")

    assert [line for line in told(subscriber.bill("2026-02-01")) if "data" in line] == []
    assert told(subscriber.bill("2026-03-01"))[0].startswith("data 01 Feb - 01 Mar: 4.00")
