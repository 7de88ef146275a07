"""The days before the first whole period and after the last one, and periods that only turn out to be stubs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billing_core.catalogue.components import AnyComponent, Proration
from billing_core.charging.charges import explain
from tests.billing_core.books import audit, posted_charges
from tests.billing_core.price_lists import fee, tariff
from tests.billing_core.subscriber import Subscriber, short


def subscribed(component: AnyComponent, on: str, billing_day: int = 1) -> Subscriber:
    subscriber = Subscriber(tariff("net", component), opened="2023-01-01", billing_day=billing_day)
    subscriber.activate("net", on)
    return subscriber


# --- the first one


def test_longer_periods_begin_with_the_first_billing_day_after_the_activation():
    """1 January to 1 April has 91 days, 15 March 2023 to 15 March 2024 has 366."""
    assert short(subscribed(fee("910.00", interval=3), "2024-03-15").owed("2024-04-01")) == [
        "monthly 15 Mar - 01 Apr: 170.00",
        "monthly 01 Apr - 01 Jul: 910.00",
    ]
    assert short(subscribed(fee("366.00", unit="year"), "2024-03-01", billing_day=15).owed("2025-03-15")) == [
        "monthly 01 Mar - 15 Mar: 14.00",
        "monthly 15 Mar - 15 Mar: 366.00",
        "monthly 15 Mar - 15 Mar: 366.00",
    ]


def test_periods_with_a_fixed_anchor_begin_there_whatever_the_billing_day():
    quarterly = fee("91.00", interval=3, anchor_on=date(2024, 1, 1))

    assert short(subscribed(quarterly, "2024-03-22", billing_day=20).owed("2024-04-01")) == [
        "monthly 22 Mar - 01 Apr: 10.00",
        "monthly 01 Apr - 01 Jul: 91.00",
    ]


@pytest.mark.parametrize(
    ("policy", "lines"),
    [
        ("prorate", ["monthly 15 Mar - 01 Apr: 170.00", "monthly 01 Apr - 01 May: 310.00"]),
        ("full", ["monthly 15 Mar - 01 Apr: 310.00", "monthly 01 Apr - 01 May: 310.00"]),
        ("free", ["monthly 01 Apr - 01 May: 310.00"]),
        ("join", ["monthly 15 Mar - 01 May: 480.00"]),
    ],
)
def test_in_arrears_a_first_stub_costs_the_same(policy: str, lines: list[str]):
    subscriber = subscribed(fee("310.00", charged_in="arrears", first_stub=policy), "2024-03-15")

    assert short(subscriber.owed("2024-05-01")) == lines


@pytest.mark.parametrize("mode", ["whole", "sliced", "fixed-30"])
def test_of_a_stub_charged_in_full_some_days_cost_their_part_of_it(mode: Proration):
    """Three of the nine days before 15 January: a third of 300.00."""
    subscriber = subscribed(fee("300.00", unit="year", first_stub="full", proration=mode), "2024-01-06", billing_day=15)
    subscriber.hold("2024-01-09")

    (charge,) = subscriber.owed("2024-01-09")

    assert short([charge]) == ["monthly 06 Jan - 09 Jan: 100.00"]
    assert "3/9 days of the first stub" in explain(charge)


@pytest.mark.parametrize(
    ("policy", "lines"),
    [
        ("prorate", ["monthly 15 Mar - 20 Mar: 50.00"]),
        ("full", ["monthly 15 Mar - 01 Apr: 170.00"]),
        ("none", []),
    ],
)
@pytest.mark.parametrize("charged_in", ["advance", "arrears"])
def test_a_first_stub_is_not_joined_to_a_period_that_never_begins(policy: str, lines: list[str], charged_in: str):
    rule: dict[str, Any] = {"charged_in": charged_in, "first_stub": "join", "last_stub": policy}
    subscriber = subscribed(fee("310.00", **rule), "2024-03-15")
    assert posted_charges(subscriber.bill("2024-03-15")) == []
    subscriber.terminate("2024-03-20")

    assert short(posted_charges(subscriber.bill("2024-03-20"))) == lines
    assert posted_charges(subscriber.bill("2024-05-31")) == []


@pytest.mark.parametrize(
    ("other", "billed_on", "between"),
    [
        (fee("290.00", code="tv", is_option=True), "2024-01-28", []),
        (fee("290.00"), "2024-02-01", ["monthly 02 Feb - 01 Mar: -280.00"]),
    ],
)
def test_a_first_stub_that_was_charged_alone_is_joined_once_its_component_returns(
    other: AnyComponent, billed_on: str, between: list[str]
):
    """1 December to 1 February has 62 days, 1 February to 1 April 60. The stub had been the only period of its rule."""
    joined = fee("620.00", interval=2, anchor_on=date(2020, 2, 1), first_stub="join")
    subscriber = Subscriber(tariff("net", joined), tariff("big", other), opened="2023-01-01")
    subscriber.activate("net", "2024-01-01")
    subscriber.change_tariff("big", "2024-01-28")
    assert "monthly 01 Jan - 28 Jan: 270.00" in short(posted_charges(subscriber.bill(billed_on)))
    subscriber.change_tariff("net", "2024-02-02")

    assert short(posted_charges(subscriber.bill("2024-02-02"))) == [
        "monthly 01 Jan - 28 Jan: -270.00",
        "monthly 01 Jan - 28 Jan: 270.00",
        "monthly 02 Feb - 01 Apr: 609.67",
        *between,
    ]
    assert posted_charges(subscriber.bill("2024-02-29")) == []
    audit(subscriber)


def test_a_joined_stub_is_due_on_the_first_charged_day_of_the_period_that_it_is_joined_to():
    subscriber = subscribed(fee("310.00", first_stub="join"), "2024-03-15")
    subscriber.hold("2024-03-25")
    subscriber.resume("2024-04-11")

    assert posted_charges(subscriber.bill("2024-04-10")) == []
    assert short(posted_charges(subscriber.bill("2024-04-11"))) == [
        "monthly 15 Mar - 25 Mar: 100.00",
        "monthly 11 Apr - 01 May: 206.67",
    ]


# --- the last one


@pytest.mark.parametrize(
    ("policy", "lines"),
    [
        ("prorate", ["monthly 11 May - 01 Jun: -210.00"]),
        ("full", []),
        ("none", ["monthly 01 May - 01 Jun: -310.00"]),
    ],
)
def test_a_last_stub_that_is_learnt_after_its_period_was_billed(policy: str, lines: list[str]):
    subscriber = subscribed(fee("310.00", last_stub=policy), "2024-05-01")
    subscriber.bill("2024-05-01")
    subscriber.terminate("2024-05-11")

    assert short(posted_charges(subscriber.bill("2024-05-31"))) == lines
    audit(subscriber)


def test_a_sliced_period_that_turns_out_to_be_a_stub_is_credited_whole_and_charged_as_a_stub():
    """20 January to 5 February are 12/31 + 4/29 of a month: 525.03 of 1000.00."""
    subscriber = subscribed(fee("1000.00", proration="sliced"), "2024-01-20", billing_day=20)
    subscriber.bill("2024-01-20")
    subscriber.terminate("2024-02-05")

    credit, stub = posted_charges(subscriber.bill("2024-02-05"))

    assert short([credit, stub]) == ["monthly 20 Jan - 20 Feb: -1000.00", "monthly 20 Jan - 05 Feb: 525.03"]
    assert explain(credit) == "credit: 1 month at 1000.00 EUR, price list net"
    assert explain(stub) == "1000.00 EUR a month x (12/31 + 4/29) of a month (sliced), price list net"
    audit(subscriber)
