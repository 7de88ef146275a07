"""Recorded usage that a change leaves without a price: refused, charged at the last price, or waived."""

from __future__ import annotations

import pytest

from billing_core.billing.unpriced_usage import UnpricedUsage, UsageWithoutPrice, prices_usage
from billing_core.kernel.errors import RuleViolation
from billing_core.usage.records import UsageWithdrawn
from tests.billing_core.price_lists import fee, tariff, usage
from tests.billing_core.subscriber import Subscriber, short

WAYS = "use unpriced_usage=last-price to charge it at the last price, or unpriced_usage=waive to charge nothing"


def subscribed(choice: UnpricedUsage | None = None) -> Subscriber:
    """10 used on 15 April and 3 used on 20 April, at 1.00 each; plain is a tariff without usage."""
    subscriber = Subscriber(tariff("net", usage("1.00")), tariff("plain", fee("0")))
    subscriber.unpriced_usage = choice
    subscriber.activate("net", "2026-04-01")
    subscriber.use("10", "2026-04-15")
    subscriber.use("3", "2026-04-20")
    return subscriber


def posted(subscriber: Subscriber) -> list[str]:
    charges = [entry.charge for entry in subscriber.history.charges.values()]
    return [line for line in short(charges) if line.startswith("data")]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("last-price", "data 01 Apr - 16 Apr: 13.00"), ("waive", "data 01 Apr - 16 Apr: 10.00")],
)
def test_an_end_learnt_late_charges_it_at_the_last_price_or_waives_it(choice: UnpricedUsage, expected: str):
    subscriber = subscribed(choice)
    subscriber.terminate("2026-04-16")
    subscriber.bill("2026-05-01")

    assert posted(subscriber) == [expected]


@pytest.mark.parametrize(("choice", "credited"), [("last-price", []), ("waive", ["data 01 Apr - 16 Apr: -3.00"])])
def test_after_the_month_was_billed_only_what_is_waived_is_credited(choice: UnpricedUsage, credited: list[str]):
    subscriber = subscribed(choice)
    subscriber.bill("2026-05-01")
    subscriber.change_tariff("plain", "2026-04-16")
    subscriber.bill("2026-05-10")

    assert posted(subscriber) == ["data 01 Apr - 01 May: 13.00", *credited]


def test_a_change_that_does_not_say_what_becomes_of_it_is_refused_and_changes_nothing():
    subscriber = subscribed()
    before = len(subscriber.events)

    for refused in (
        lambda: subscriber.terminate("2026-04-16"),
        lambda: subscriber.change_tariff("plain", "2026-04-16"),
        lambda: subscriber.correct_terms("2026-04-16", "2026-04-21", tariff="plain"),
    ):
        with pytest.raises(UsageWithoutPrice) as error:
            refused()
        assert str(error.value) == f"subscription 'S1': usage would have no price: 3 of data on 2026-04-20; {WAYS}"
        assert error.value.code == "usage-without-price"
    with pytest.raises(UsageWithoutPrice, match="10 of data on 2026-04-15; use"):
        subscriber.correct_activation("2026-04-16")
    assert len(subscriber.events) == before


def test_a_change_that_is_cancelled_may_leave_usage_without_a_price_too():
    subscriber = Subscriber(tariff("net", usage("1.00")), tariff("plain", fee("0")))
    subscriber.unpriced_usage = None
    subscriber.activate("plain", "2026-04-01")
    subscriber.change_tariff("net", "2026-04-11")
    subscriber.use("3", "2026-04-20")

    with pytest.raises(UsageWithoutPrice, match="3 of data on 2026-04-20"):
        subscriber.cancel("change-tariff", "2026-04-11")


def test_usage_of_many_days_is_summed_up():
    subscriber = subscribed()
    for day in range(21, 27):
        subscriber.use("1.5", f"2026-04-{day}")
        subscriber.use("0.5", f"2026-04-{day}")

    with pytest.raises(UsageWithoutPrice, match=r"15\.0 of data on 7 days from 2026-04-20 to 2026-04-26; use"):
        subscriber.terminate("2026-04-16")


def test_a_change_that_leaves_every_day_its_price_needs_no_word():
    subscriber = subscribed()

    assert subscriber.terminate("2026-04-21")
    assert subscriber.hold("2026-04-10")


def test_usage_that_had_the_last_price_before_needs_no_word_again():
    subscriber = subscribed("last-price")
    subscriber.terminate("2026-04-20")
    subscriber.unpriced_usage = None
    subscriber.cancel("terminate", "2026-04-20")
    subscriber.unpriced_usage = "last-price"
    subscriber.change_tariff("plain", "2026-04-16")
    subscriber.unpriced_usage = None

    assert subscriber.terminate("2026-04-18")


@pytest.mark.parametrize("choice", ["last-price", None])
def test_usage_without_a_price_on_any_day_can_only_be_waived(choice: UnpricedUsage | None):
    subscriber = subscribed(choice)
    with pytest.raises(UsageWithoutPrice, match="10 of data on 2026-04-15, 3 of data on 2026-04-20; "):
        subscriber.correct_terms("2026-04-01", None, tariff="plain")

    subscriber.unpriced_usage = "waive"
    facts = subscriber.correct_terms("2026-04-01", None, tariff="plain")
    assert [fact.quantity for fact in facts if isinstance(fact, UsageWithdrawn)] == [10, 3]


def test_waived_usage_stays_waived_if_the_change_is_cancelled():
    subscriber = subscribed("waive")
    subscriber.terminate("2026-04-16")
    subscriber.cancel("terminate", "2026-04-16")
    subscriber.bill("2026-05-01")

    assert posted(subscriber) == ["data 01 Apr - 01 May: 10.00"]
    with pytest.raises(RuleViolation, match="is not recorded of data on 2026-04-20"):
        subscriber.withdraw("3", "2026-04-20")


def test_only_tariffs_with_a_usage_component_price_usage():
    assert prices_usage([tariff("plain", fee("0")), tariff("net", usage("1.00"))])
    assert not prices_usage([tariff("plain", fee("0"))])
