"""Subscriptions whose past changed: what is compared once for all with the same past is what each would get alone."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings

from billing_core.billing.run import Rating, decisions_due
from billing_core.catalogue.tariffs import Tariff
from billing_core.charging.bundles import TariffsOfAccount
from billing_core.charging.charges import Charge
from billing_core.charging.identical import MemoOfIdenticalSubscriptions
from tests.billing_core.any_timeline import Step, lives, tariffs, try_to_happen
from tests.billing_core.price_lists import fee, off, tariff
from tests.billing_core.subscriber import Subscriber
from tests.billing_core.timelines import START, Run, billing_days

NET = tariff("net", fee("30.00"))
WITH_OTHER = tariff("with-other", fee("30.00"), off("10", bundle=("other",)))
OTHER = tariff("other", fee("5.00"))


def changed(code: str, quantity: str, on: str, listed: str = "net", *, has_other: bool = False) -> Subscriber:
    """Billed for January and February; then it is learnt that another quantity was sold from a day on."""
    subscriber = Subscriber(NET, WITH_OTHER, OTHER)
    subscriber.activate(listed, "2026-01-05", code)
    subscriber.bill("2026-01-10")
    subscriber.bill("2026-02-10")
    subscriber.change_quantity(quantity, on, code)
    if has_other:
        subscriber.activate("other", on, "other")
    return subscriber


def decided(
    subscriber: Subscriber, memo: MemoOfIdenticalSubscriptions | None, on: date = date(2026, 3, 1)
) -> list[Charge]:
    account, catalogue = subscriber.account, subscriber.catalogue
    rating = Rating(account, catalogue, on, subscriber.history, memo, TariffsOfAccount(account.subscriptions))
    return [charge for charges, _ in decisions_due(rating).values() for charge in charges]


def test_all_with_the_same_past_have_the_same_lines_under_their_own_code():
    first, alike = changed("S1", "2", "2026-01-15"), changed("S1-second", "2", "2026-01-15")
    memo = MemoOfIdenticalSubscriptions(first.catalogue)

    assert decided(first, memo) == decided(first, None)
    assert decided(alike, memo) == decided(alike, None)
    assert [charge.corrects for charge in decided(alike, memo)][:2] == [
        "S1-second/monthly/2026-01-05/2026-02-01/0",
        None,
    ]


@pytest.mark.parametrize(("quantity", "on"), [("3", "2026-01-15"), ("2", "2026-01-16")])
def test_one_with_another_past_is_compared_on_its_own(quantity: str, on: str):
    memo = MemoOfIdenticalSubscriptions({"net": NET})
    decided(changed("S1", "2", "2026-01-15"), memo)

    unlike = changed("S1", quantity, on)
    assert decided(unlike, memo) == decided(unlike, None)


def test_what_is_on_record_distinguishes_subscriptions_that_are_alike():
    """The differences of one stand on a bill already, so it gets those of March alone."""
    waiting, billed = (changed("S1", "2", "2026-01-15") for _ in range(2))
    before = msgspec.structs.replace(billed.account.subscriptions["S1"])
    billed.bill_changes("2026-02-20")
    billed.account.subscriptions["S1"] = before
    memo = MemoOfIdenticalSubscriptions({"net": NET})

    assert len(decided(waiting, memo)) == 5
    assert [charge.from_on for charge in decided(billed, memo)] == [date(2026, 3, 1)]


def test_a_bundle_looks_at_the_other_services_of_its_account():
    alone = changed("S1", "2", "2026-01-15", "with-other")
    bundled = changed("S1", "2", "2026-01-15", "with-other", has_other=True)
    memo = MemoOfIdenticalSubscriptions(alone.catalogue)
    decided(alone, memo)

    assert decided(bundled, memo) == decided(bundled, None)
    assert "promo" in {charge.component for charge in decided(bundled, memo)}


@pytest.mark.slow
@given(listed=tariffs(), billing_day=billing_days, steps=lives())
@settings(max_examples=100)
def test_whatever_happens_one_memo_gives_every_bill_what_is_decided_without_it(
    listed: list[Tariff], billing_day: int, steps: list[Step]
):
    first, alike = (Subscriber(*listed, opened=START.isoformat(), billing_day=billing_day) for _ in range(2))
    memo, today = MemoOfIdenticalSubscriptions(first.catalogue), START
    for subscriber in (first, alike):
        subscriber.activate("A", START)
    for step in steps:
        if isinstance(step, Run):
            today += timedelta(days=step.days)
            alone = decided(first, None, today)
            assert decided(first, memo, today) == alone
            assert decided(alike, memo, today) == alone
        for subscriber in (first, alike):
            if isinstance(step, Run):
                subscriber.bill(today)
            else:
                try_to_happen(subscriber, step, today)
