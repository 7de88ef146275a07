"""Fees at a change of tariff: those of the tariff that is left, at their price on the day of the change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Revision, Tariff, revised
from billing_core.charging.charges import Charge
from tests.billing_core.books import audit, posted_charges
from tests.billing_core.price_lists import fee, monthly, one_off, tariff
from tests.billing_core.subscriber import Subscriber, short

CHANGED_ON = "2026-06-11"


def with_fees(code: str, monthly_fee: AnyComponent, price: int) -> Tariff:
    """A tariff with a fee for any change of tariff, another one for an upgrade and a third one for a downgrade."""
    return tariff(
        code,
        monthly_fee,
        one_off(f"{price}.00", "switch", at="tariff-change"),
        one_off(f"{price + 1}.00", "up", at="upgrade"),
        one_off(f"{price + 2}.00", "down", at="downgrade"),
    )


SMALL, MEDIUM, LARGE = (
    with_fees(code, monthly(f"{price}.00"), price) for code, price in (("small", 30), ("medium", 40), ("large", 50))
)
SAME = with_fees("same", fee("360.00", unit="year"), 60)


def subscribed(first: str, *tariffs: Tariff, since: str = "2026-05-01") -> Subscriber:
    subscriber = Subscriber(*(tariffs or (SMALL, MEDIUM, LARGE, SAME)))
    subscriber.activate(first, since)
    return subscriber


def one_offs(subscriber: Subscriber, until: str = "2026-12-31") -> list[str]:
    """What is owed of one-off fees: `switch 11 Jun - 12 Jun: 30.00`."""
    return short(charge for charge in subscriber.owed(until) if charge.kind == "one-off")


def posted(subscriber: Subscriber) -> list[Charge]:
    return [charge for charge in posted_charges(subscriber.events) if charge.kind == "one-off"]


# --- which fee


@pytest.mark.parametrize(
    ("left", "reached", "expected"),
    [
        ("small", "large", ["switch 11 Jun - 12 Jun: 30.00", "up 11 Jun - 12 Jun: 31.00"]),
        ("large", "small", ["switch 11 Jun - 12 Jun: 50.00", "down 11 Jun - 12 Jun: 52.00"]),
        ("small", "same", ["switch 11 Jun - 12 Jun: 30.00"]),  # 12 x 30.00 and 360.00 a year.
        ("same", "small", ["switch 11 Jun - 12 Jun: 60.00"]),
    ],
)
def test_the_fee_of_the_tariff_that_is_left_falls_due(left: str, reached: str, expected: list[str]):
    subscriber = subscribed(left)
    subscriber.change_tariff(reached, CHANGED_ON)

    assert one_offs(subscriber, "2026-06-10") == []
    assert one_offs(subscriber, CHANGED_ON) == expected


def test_quantity_agreed_prices_and_options_make_a_tariff_neither_dearer_nor_cheaper():
    """30.00 against 20.00 and an option of 15.00: a downgrade, though the customer pays 5.00 before and 90.00 after."""
    tv = tariff("tv", monthly("20.00"), fee("15.00", "sports", is_option=True))
    subscriber = Subscriber(SMALL, tv)
    subscriber.activate_on("small", "2026-05-01", agreed_prices={"monthly": Decimal("2.50")}, quantity=Decimal(2))
    subscriber.change_tariff("tv", CHANGED_ON, monthly="30.00")
    subscriber.add_option("sports", CHANGED_ON)

    assert one_offs(subscriber) == ["switch 11 Jun - 12 Jun: 30.00", "down 11 Jun - 12 Jun: 32.00"]


def test_of_several_changes_on_one_day_only_the_whole_way_counts():
    there_and_back, through = subscribed("small"), subscribed("small")
    for subscriber in (there_and_back, through):
        subscriber.change_tariff("medium", CHANGED_ON)
    there_and_back.change_tariff("small", CHANGED_ON)
    through.change_tariff("large", CHANGED_ON)

    assert one_offs(there_and_back) == []
    assert one_offs(through) == ["switch 11 Jun - 12 Jun: 30.00", "up 11 Jun - 12 Jun: 31.00"]


def test_each_change_of_tariff_has_its_fee():
    subscriber = subscribed("small")
    subscriber.change_tariff("large", "2026-06-11")
    subscriber.change_tariff("small", "2026-06-12")

    assert one_offs(subscriber) == [
        "switch 11 Jun - 12 Jun: 30.00",
        "up 11 Jun - 12 Jun: 31.00",
        "switch 12 Jun - 13 Jun: 50.00",
        "down 12 Jun - 13 Jun: 52.00",
    ]


@pytest.mark.parametrize("on", ["2026-05-01", "2026-07-01"])
def test_on_the_day_of_the_activation_or_the_termination_no_tariff_is_left(on: str):
    subscriber = subscribed("small")
    subscriber.change_tariff("large", on)
    subscriber.terminate("2026-07-01")

    assert one_offs(subscriber) == []


def test_other_agreed_prices_in_the_same_tariff_are_no_change_of_tariff():
    subscriber = subscribed("small")
    subscriber.change_tariff("small", CHANGED_ON, monthly="25.00")

    assert one_offs(subscriber) == []


def test_a_correction_of_terms_is_no_change_of_tariff_but_says_which_one_was_left():
    """The customer was on large since 1 June and not on small, so small was never left for large, nor large for it."""
    subscriber = subscribed("small")
    subscriber.change_tariff("medium", CHANGED_ON)
    subscriber.correct_terms("2026-06-01", CHANGED_ON, tariff="large")

    assert one_offs(subscriber) == ["switch 11 Jun - 12 Jun: 50.00", "down 11 Jun - 12 Jun: 52.00"]

    subscriber.correct_terms("2026-06-01", None, tariff="large")
    assert one_offs(subscriber) == []


# --- at which price


def test_the_price_of_the_day_counts():
    prices = (
        Price(amount=Decimal("30.00"), valid_from=date(2020, 1, 1), valid_to=date(2026, 6, 11)),
        Price(amount=Decimal("35.00"), valid_from=date(2026, 6, 11)),
    )
    dearer = tariff("dearer", monthly("30.00"), one_off("0", "switch", at="tariff-change", prices=prices))

    for on, expected in (("2026-06-10", "30.00"), ("2026-06-11", "35.00")):
        subscriber = subscribed("dearer", dearer, LARGE)
        subscriber.change_tariff("large", on)
        assert one_offs(subscriber)[0].endswith(f": {expected}")


def test_a_revision_counts_from_its_day_on():
    components = (monthly("60.00"), one_off("7.00", "down", at="downgrade"))
    net = revised(SMALL, Revision(valid_from=date(2026, 6, 11), components=components))

    before, since = subscribed("small", net, LARGE), subscribed("small", net, LARGE)
    before.change_tariff("large", "2026-06-10")
    since.change_tariff("large", "2026-06-11")

    assert one_offs(before) == ["switch 10 Jun - 11 Jun: 30.00", "up 10 Jun - 11 Jun: 31.00"]
    assert one_offs(since) == ["down 11 Jun - 12 Jun: 7.00"]  # Small costs 60.00 from that day on.


def test_a_price_list_that_ends_with_the_change_counts_with_its_last_prices():
    def until_june(component: AnyComponent) -> AnyComponent:
        (price,) = component.prices
        return msgspec.structs.replace(component, prices=(msgspec.structs.replace(price, valid_to=date(2026, 6, 11)),))

    ended = tariff("ended", *map(until_june, SMALL.components))
    subscriber = subscribed("ended", ended, LARGE)
    subscriber.change_tariff("large", CHANGED_ON)

    assert one_offs(subscriber) == ["switch 11 Jun - 12 Jun: 30.00", "up 11 Jun - 12 Jun: 31.00"]


@pytest.mark.parametrize(("until", "expected"), [(None, "9.00"), ("2026-06-12", "9.00"), (CHANGED_ON, "30.00")])
def test_an_agreed_price_counts_if_it_still_holds_on_the_day(until: str | None, expected: str):
    subscriber = subscribed("small")
    subscriber.change_price("2026-05-01", until=until, switch="9.00")
    subscriber.change_tariff("same", CHANGED_ON)

    assert one_offs(subscriber) == [f"switch 11 Jun - 12 Jun: {expected}"]


def test_the_right_vat_rate_of_the_tariff_that_is_left_counts():
    subscriber = subscribed("small")
    subscriber.correct_terms("2026-05-01", None, vat_rates={"switch": "12"})
    subscriber.change_tariff("same", CHANGED_ON)

    (charge,) = (charge for charge in subscriber.owed(CHANGED_ON) if charge.kind == "one-off")
    assert (charge.tariff, charge.description, charge.vat_rate) == ("small", "Small: switch", Decimal(12))


# --- learnt late, cancelled, moved


def test_a_change_learnt_after_the_termination_was_billed_posts_its_fee():
    subscriber = subscribed("small")
    subscriber.terminate("2026-07-01")
    subscriber.bill("2026-07-01")
    subscriber.change_tariff("large", CHANGED_ON)
    subscriber.bill("2026-07-20")

    assert short(posted(subscriber)) == ["switch 11 Jun - 12 Jun: 30.00", "up 11 Jun - 12 Jun: 31.00"]
    assert subscriber.bill("2026-07-20") == []


def test_a_change_that_is_cancelled_takes_its_fee_back():
    subscriber = subscribed("small")
    subscriber.change_tariff("same", CHANGED_ON)
    subscriber.bill(CHANGED_ON)
    subscriber.cancel("change-tariff", CHANGED_ON)
    subscriber.bill("2026-06-20")

    assert short(posted(subscriber)) == ["switch 11 Jun - 12 Jun: 30.00", "switch 11 Jun - 12 Jun: -30.00"]


def test_a_fee_that_was_posted_with_a_change_of_the_past_is_taken_back_like_any_other():
    """In arrears nothing is charged beyond 1 June when the fee of 11 June is posted together with a change in May."""
    net, big = (
        tariff(code, fee(price, charged_in="arrears"), one_off("5.00", "switch", at="tariff-change"))
        for code, price in (("net", "30.00"), ("big", "40.00"))
    )
    subscriber = subscribed("net", net, big)
    subscriber.bill("2026-06-01")
    subscriber.change_quantity("2", "2026-05-15")
    subscriber.change_tariff("big", CHANGED_ON)
    subscriber.bill("2026-06-20")
    subscriber.cancel("change-tariff", CHANGED_ON)
    subscriber.bill("2026-06-25")

    assert short(posted(subscriber)) == ["switch 11 Jun - 12 Jun: 5.00", "switch 11 Jun - 12 Jun: -5.00"]


def test_a_change_on_the_day_of_a_move_is_charged_once_by_the_account_in_which_it_stands():
    first, then = subscribed("small"), subscribed("small")
    here, there = (Subscriber(SMALL, LARGE, number=number) for number in ("B1", "B2"))
    first.change_tariff("large", CHANGED_ON)
    first.move_to(here, CHANGED_ON)
    then.move_to(there, CHANGED_ON)
    there.change_tariff("large", CHANGED_ON)

    fees = ["switch 11 Jun - 12 Jun: 30.00", "up 11 Jun - 12 Jun: 31.00"]
    assert (one_offs(first), one_offs(here)) == (fees, [])
    assert (one_offs(then), one_offs(there)) == ([], fees)


def test_a_change_to_come_is_charged_on_its_day():
    subscriber = subscribed("small")
    subscriber.change_tariff("large", CHANGED_ON)
    for day in ("2026-05-01", "2026-06-01", "2026-06-10"):
        subscriber.bill(day)
        assert posted(subscriber) == []
    subscriber.bill(CHANGED_ON)

    assert short(posted(subscriber)) == ["switch 11 Jun - 12 Jun: 30.00", "up 11 Jun - 12 Jun: 31.00"]
    subscriber.bill("2026-07-01")
    audit(subscriber)
