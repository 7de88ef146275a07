"""Minimum commitments: what the components came to in a period, filled up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing_core.billing.run import HistoryNeeded, bill_due
from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.pricing import Tier, Volume
from billing_core.catalogue.tariffs import TariffPublished, publish_tariff
from billing_core.charging.charges import explain
from billing_core.kernel.errors import InvalidValue
from tests.billing_core.books import audit
from tests.billing_core.price_lists import at_least, fee, off, once, tariff, usage
from tests.billing_core.subscriber import Subscriber, short


def subscribed(*components: AnyComponent, on: str = "2026-01-01") -> Subscriber:
    subscriber = Subscriber(tariff("net", *components))
    subscriber.activate("net", on)
    return subscriber


def used(quantity: str, *components: AnyComponent) -> Subscriber:
    subscriber = subscribed(usage("1.00"), *components)
    subscriber.use(quantity, "2026-01-10")
    return subscriber


def test_what_is_missing_is_charged_when_the_period_is_over():
    """The worked example: 50.00 committed, 31.20 used, 18.80 are missing."""
    subscriber = used("31.20", at_least("50.00"))

    assert subscriber.owed("2026-01-31") == []
    (data, missing) = subscriber.owed("2026-02-01")
    assert short([data, missing]) == ["data 01 Jan - 01 Feb: 31.20", "minimum 01 Jan - 01 Feb: 18.80"]
    assert explain(missing) == "50.00 EUR committed, 31.20 EUR charged, price list net"


@pytest.mark.parametrize(("quantity", "expected"), [("49.99", "0.01"), ("50", None), ("50.01", None), ("0", "50.00")])
def test_what_suffices_is_not_filled_up(quantity: str, expected: str | None):
    missing = [charge for charge in used(quantity, at_least("50.00")).owed("2026-02-01") if charge.kind == "minimum"]

    assert [f"{charge.amount.amount:f}" for charge in missing] == ([expected] if expected else [])


def test_a_part_of_a_period_commits_to_a_part_of_the_minimum():
    """From 16 January (31 days): 16/31 of 50.00 is 25.81, of which 10.00 were used."""
    subscriber = subscribed(usage("1.00"), at_least("50.00"), on="2026-01-16")
    subscriber.use("10", "2026-01-20")

    assert short(subscriber.owed("2026-02-01")) == ["data 16 Jan - 01 Feb: 10.00", "minimum 16 Jan - 01 Feb: 15.81"]


def test_fees_and_discounts_count_towards_it():
    """A fee of 30.00 at 10 % off and 5.00 of usage leave 18.00 of 50.00."""
    subscriber = used("5", fee("30.00"), off("10"), at_least("50.00", "data monthly"))

    assert [line for line in short(subscriber.owed("2026-02-01")) if "01 Jan" in line] == [
        "data 01 Jan - 01 Feb: 5.00",
        "monthly 01 Jan - 01 Feb: 30.00",
        "promo 01 Jan - 01 Feb: -3.00",
        "minimum 01 Jan - 01 Feb: 18.00",
    ]


def test_only_what_is_charged_for_days_on_which_it_is_in_force_counts():
    """On hold up to 16 January, so 16/31 of 31.00 are committed. Of 5 and 6 units the 6 after the hold count, of two
    units at a price by volume the second one: half of 1.00."""
    cheaper = Volume(tiers=(Tier(up_to=Decimal(1), unit=Decimal(1)), Tier(unit=Decimal("0.5"))))
    subscriber = subscribed(usage("1.00"), usage(cheaper, "calls"), at_least("31.00", "data calls"))
    subscriber.hold("2026-01-01")
    subscriber.resume("2026-01-16")
    for on, data in (("2026-01-10", "5"), ("2026-01-20", "6")):
        subscriber.use(data, on)
        subscriber.use("1", on, component="calls")

    assert short(subscriber.owed("2026-02-01")) == [
        "data 01 Jan - 01 Feb: 11.00",
        "calls 01 Jan - 01 Feb: 1.00",
        "minimum 16 Jan - 01 Feb: 9.50",
    ]


def test_a_last_fee_that_is_charged_in_full_counts_in_full():
    """On 11 January 10/31 of 31.00 are committed; the fee of January counts for the whole month, as it is paid."""
    subscriber = subscribed(fee("9.00", last_stub="full"), at_least("31.00", "monthly"))
    subscriber.terminate("2026-01-11")

    assert short(subscriber.owed("2026-02-01")) == ["monthly 01 Jan - 01 Feb: 9.00", "minimum 01 Jan - 11 Jan: 1.00"]


def test_late_usage_takes_the_true_up_back():
    subscriber = used("31.20", at_least("50.00"))
    subscriber.bill("2026-02-01")
    subscriber.use("10", "2026-01-31")
    subscriber.bill("2026-02-02")

    charges = list(subscriber.history.charges.values())
    assert [(entry.charge.component, f"{entry.charge.amount.amount:f}") for entry in charges] == [
        ("data", "31.20"),
        ("minimum", "18.80"),
        ("data", "10.00"),
        ("minimum", "-10.00"),
    ]
    audit(subscriber)


def test_another_billing_day_may_make_a_true_up_another_one():
    """26 April costs R(50 x 9/30) - R(50 x 8/30) = 1.67; of April R(50 x 5/30) - R(50 x 4/30) = 1.66."""
    subscriber = Subscriber(tariff("net", usage("1.00"), at_least("50.00")), billing_day=5, opened="2026-04-01")
    subscriber.activate("net", "2026-04-26")
    subscriber.hold("2026-04-27")
    subscriber.bill("2026-05-05")
    subscriber.change_billing_day(1, "2026-04-01")
    subscriber.bill("2026-05-06")

    posted = [entry.charge for entry in subscriber.history.charges.values()]
    assert short(posted) == ["minimum 26 Apr - 27 Apr: 1.67", "minimum 26 Apr - 27 Apr: -0.01"]
    audit(subscriber)


def test_a_quarter_over_monthly_usage_asks_for_the_usage_that_was_settled():
    """January and February were charged, so the account keeps their usage no more; the history has it."""
    subscriber = subscribed(usage("1.00"), at_least("50.00", interval=3))
    for month in ("2026-01", "2026-02", "2026-03"):
        subscriber.use("10", f"{month}-10")
    for day in ("2026-02-01", "2026-03-01"):
        subscriber.bill(day)
    assert [entry.on.month for entry in subscriber.account.usage["S1"]] == [3]

    with pytest.raises(HistoryNeeded):
        bill_due(subscriber.account, subscriber.catalogue, date(2026, 4, 1))
    subscriber.bill("2026-04-01")
    posted = [entry.charge for entry in subscriber.history.charges.values()]
    assert short(posted)[-1] == "minimum 01 Jan - 01 Apr: 20.00"


@pytest.mark.parametrize(
    ("components", "named", "told"),
    [
        ((usage("1.00"), at_least("50.00", "minimum")), "minimum", "is a minimum itself"),
        ((once("60.00"), at_least("50.00", "installation")), "installation", "is a one-off"),
        ((usage("1.00"), at_least("50.00", "lost")), "lost", "is no component of the tariff"),
        (
            (usage("1.00", unit="week"), at_least("50.00")),
            "data",
            "every week on its grid does not fit into every month",
        ),
        ((usage("1.00", unit="year"), at_least("50.00")), "data", "every year on its grid does not fit"),
        ((usage("1.00", align="own"), at_least("50.00")), "data", "does not fit"),
    ],
)
def test_what_cannot_count_towards_it_is_refused(components: tuple[AnyComponent, ...], named: str, told: str):
    with pytest.raises(InvalidValue, match=told) as caught:
        publish_tariff(None, tariff("net", *components), subscribed(fee("1.00")).account.opened_on)

    assert (caught.value.field, caught.value.value) == ("tariff net, component minimum, on", named)


@pytest.mark.parametrize("inner", [{"unit": "day"}, {"interval": 1}, {"interval": 3}])
def test_days_and_months_fit_into_a_quarter_on_their_grid(inner: dict[str, Any]):
    quarterly = tariff("net", usage("1.00", **inner), at_least("50.00", interval=3))

    (published,) = publish_tariff(None, quarterly, subscribed(fee("1.00")).account.opened_on)

    assert isinstance(published, TariffPublished) and published.tariff == quarterly
