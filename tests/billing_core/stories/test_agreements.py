"""What is agreed in addition to the price list, in periods that are cut on 29 February and on the 31st."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.catalogue.components import AnyComponent
from tests.billing_core.books import audit, posted_charges
from tests.billing_core.price_lists import fee, monthly_from, off, tariff
from tests.billing_core.subscriber import Subscriber, short

MONTHLY = fee("310.00")
OWN = fee("310.00", align="own")
FAST = tariff("fast", fee("620.00"))
HALF = off("50", code="half", billed_periods=3)


def subscribed(*components: AnyComponent, on: str = "2024-01-01", agreed: tuple[str, str] | None = None) -> Subscriber:
    """Since a day, with a monthly fee agreed until another day."""
    subscriber = Subscriber(tariff("net", *components), FAST, opened="2023-01-01")
    if agreed is None:
        subscriber.activate("net", on)
    else:
        price, until = agreed
        prices = {"monthly": Decimal(price)}
        subscriber.activate_on("net", on, agreed_prices=prices, agreed_until=date.fromisoformat(until))
    return subscriber


# --- phases


def test_a_tariff_that_changes_within_a_phase_begins_its_own_phases():
    """The period from 29 February has 10 days of the old tariff's second period at 155.00 and 21 of the new tariff's
    first at 310.00; two more follow at 310.00."""
    net = tariff("net", fee("310.00", phases=((2, "155.00"),)))
    fast = tariff("fast", fee("620.00", phases=((3, "310.00"),)))
    subscriber = Subscriber(net, fast, opened="2023-01-01", billing_day=31)
    subscriber.activate("net", "2024-01-31")
    assert short(posted_charges(subscriber.bill("2024-02-29"))) == [
        "monthly 31 Jan - 29 Feb: 155.00",
        "monthly 29 Feb - 31 Mar: 155.00",
    ]
    subscriber.change_tariff("fast", "2024-03-10")

    assert short(posted_charges(subscriber.bill("2024-03-10"))) == [
        "monthly 10 Mar - 31 Mar: -105.00",
        "monthly 10 Mar - 31 Mar: 210.00",
    ]
    assert short(posted_charges(subscriber.bill("2024-05-31"))) == [
        "monthly 31 Mar - 30 Apr: 310.00",
        "monthly 30 Apr - 31 May: 310.00",
        "monthly 31 May - 30 Jun: 620.00",
    ]
    audit(subscriber)


def test_an_agreed_price_goes_before_a_phase_and_what_is_left_of_the_phase_follows_it():
    """50.00 up to 11 February: 50.00 less 50.00 x 19/29, 32.76; then 100.00 x 19/29."""
    subscriber = subscribed(fee("310.00", phases=((3, "100.00"),)), agreed=("50.00", "2024-02-11"))

    assert short(subscriber.owed("2024-04-01")) == [
        "monthly 01 Jan - 01 Feb: 50.00",
        "monthly 01 Feb - 11 Feb: 17.24",
        "monthly 11 Feb - 01 Mar: 65.52",
        "monthly 01 Mar - 01 Apr: 100.00",
        "monthly 01 Apr - 01 May: 310.00",
    ]


# --- agreed prices


@pytest.mark.parametrize("learnt_on", ["2024-01-31", "2024-03-05"])
def test_an_agreed_price_ends_within_a_period_that_begins_on_29_february(learnt_on: str):
    """15 days, 29 February to 14 March, at the agreed price, 16 by the list: 155.00 + 75.00 + 160.00 + 310.00."""
    subscriber = subscribed(OWN, on="2024-01-31")
    for on in ("2024-01-31", "2024-02-29", "2024-03-05", "2024-03-31"):
        if on == learnt_on:
            subscriber.change_price("2024-01-31", until="2024-03-15", monthly="155.00")
        subscriber.bill(on)

    assert subscriber.balance == "-700.00"
    audit(subscriber)


def test_an_agreed_price_until_29_february_leaves_one_day_to_the_list():
    """155.00 less 155.00 / 29, 5.34; then 310.00 / 29."""
    subscriber = subscribed(MONTHLY, agreed=("155.00", "2024-02-29"))

    assert short(subscriber.owed("2024-02-01")) == [
        "monthly 01 Jan - 01 Feb: 155.00",
        "monthly 01 Feb - 29 Feb: 149.66",
        "monthly 29 Feb - 01 Mar: 10.69",
    ]


def test_a_list_price_that_changed_meanwhile_follows_on_the_day_on_which_the_agreed_one_ends():
    """The list goes from 310.00 to 400.00 on 1 April; 155.00 are agreed until 11 April."""
    listed = monthly_from({"2024-01-01": "310.00", "2024-04-01": "400.00"})
    subscriber = subscribed(listed, on="2024-03-01", agreed=("155.00", "2024-04-11"))

    assert short(subscriber.owed("2024-05-01")) == [
        "monthly 01 Mar - 01 Apr: 155.00",
        "monthly 01 Apr - 11 Apr: 51.67",
        "monthly 11 Apr - 01 May: 266.67",
        "monthly 01 May - 01 Jun: 400.00",
    ]


def test_a_change_of_tariff_that_is_cancelled_gives_the_agreed_price_back():
    """From 10 February on 155.00 x 20/29 are credited, 620.00 x 20/29 charged, and both taken back."""
    subscriber = subscribed(MONTHLY, agreed=("155.00", "2024-03-16"))
    subscriber.bill("2024-02-01")
    subscriber.change_tariff("fast", "2024-02-10")
    assert short(posted_charges(subscriber.bill("2024-02-10"))) == [
        "monthly 10 Feb - 01 Mar: -106.90",
        "monthly 10 Feb - 01 Mar: 427.59",
    ]
    subscriber.cancel("change-tariff", "2024-02-10")
    subscriber.bill("2024-02-20")
    assert subscriber.balance == "-310.00"

    assert short(posted_charges(subscriber.bill("2024-03-01"))) == [
        "monthly 01 Mar - 16 Mar: 75.00",
        "monthly 16 Mar - 01 Apr: 160.00",
    ]
    audit(subscriber)


# --- discounts


@pytest.mark.parametrize("learnt_on", ["2024-02-10", "2024-03-05"])
def test_a_period_of_which_some_days_are_charged_counts_as_billed(learnt_on: str):
    """Held from 10 February to 20 March: 9 and 12 days are charged, so April is the fourth and costs all.

    January 310.00 less 155.00. February 310.00 - 213.79 = 96.21, less 155.00 - 106.90 = 48.10. March 120.00 less 60.00.
    """
    subscriber = subscribed(MONTHLY, HALF)
    for on in ("2024-01-01", "2024-02-01", "2024-02-10", "2024-03-01", "2024-03-05", "2024-04-01"):
        if on == learnt_on:
            subscriber.hold("2024-02-10")
            subscriber.resume("2024-03-20")
        subscriber.bill(on)

    assert subscriber.balance == "-573.11"
    audit(subscriber)


def test_an_amount_off_three_periods_is_prorated_with_the_days_that_are_charged():
    """62.00 a month: 16 of 31 days, all of February, and on both tariffs 10 and 21 of 31 days."""
    subscriber = subscribed(MONTHLY, on="2024-01-16")
    subscriber.grant(off(None, code="off", amount="62.00", billed_periods=3), "2024-01-16")
    subscriber.change_tariff("fast", "2024-03-11")

    assert [line for line in short(subscriber.owed("2024-04-01")) if line.startswith("off")] == [
        "off 16 Jan - 01 Feb: -32.00",
        "off 01 Feb - 01 Mar: -62.00",
        "off 01 Mar - 11 Mar: -20.00",
        "off 11 Mar - 01 Apr: -42.00",
    ]


# --- options


@pytest.mark.parametrize("billed_before", [False, True])
def test_an_option_added_and_dropped_on_one_day_was_never_chosen(billed_before: bool):
    subscriber = subscribed(MONTHLY, fee("31.00", "sports", is_option=True), on="2024-02-01")
    if billed_before:
        subscriber.bill("2024-02-29")
    subscriber.add_option("sports", "2024-02-29")
    subscriber.drop_option("sports", "2024-02-29")
    subscriber.bill("2024-03-05")

    assert {charge.component for charge in posted_charges(subscriber.events)} == {"monthly"}


def test_an_option_dropped_and_added_on_one_day_was_never_given_up():
    subscriber = subscribed(MONTHLY, fee("31.00", "sports", is_option=True), on="2024-02-01")
    subscriber.add_option("sports", "2024-02-01")
    subscriber.drop_option("sports", "2024-02-29")
    subscriber.add_option("sports", "2024-02-29")

    assert short(subscriber.owed("2024-02-29"))[1:] == ["sports 01 Feb - 01 Mar: 31.00"]


def test_an_option_from_the_31st_to_29_february_is_one_period_and_on_29_february_alone_one_day():
    """29 February to 31 March has 31 days, so a day of it is 1.00."""
    sports = fee("31.00", "sports", is_option=True, align="own")
    for added, dropped, lines in (
        ("2024-01-31", "2024-02-29", ["sports 31 Jan - 29 Feb: 31.00"]),
        ("2024-02-29", "2024-03-01", ["sports 29 Feb - 01 Mar: 1.00"]),
    ):
        subscriber = subscribed(sports, on="2024-01-31")
        subscriber.add_option("sports", added)
        subscriber.drop_option("sports", dropped)
        assert short(subscriber.owed("2024-03-01")) == lines
