"""Whatever is sold and whatever happens, learnt early or late: what is posted does not depend on when it was billed."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from billing_core.catalogue.tariffs import Tariff
from billing_core.charging.charges import Charge
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from billing_core.time.period_rules import PeriodRule
from tests.billing_core.any_timeline import (
    LATEST_DAYS,
    MOST_INSTALMENTS,
    Happening,
    Step,
    happenings,
    lives,
    tariffs,
    try_to_happen,
)
from tests.billing_core.books import audit, posted_charges
from tests.billing_core.subscriber import Subscriber
from tests.billing_core.timelines import START, Run, billing_days

ONE_DAY = timedelta(days=1)


def subscribed(tariffs: Sequence[Tariff], billing_day: int, activated_on: date = START, **plan: Any) -> Subscriber:
    subscriber = Subscriber(*tariffs, opened=START.isoformat(), billing_day=billing_day, **plan)
    subscriber.activate("A", activated_on)
    return subscriber


def net(events: Iterable[Event]) -> dict[tuple[object, ...], Decimal]:
    """What is posted by component and period; of a one-off fee, whatever its day."""
    sums: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
    for charge in posted_charges(events):
        period = None if charge.kind == "one-off" else charge.whole_period
        sums[charge.subscription, charge.component, charge.of, period] += charge.amount.amount
    return {key: amount for key, amount in sums.items() if amount}


def without_one_offs(subscriber: Subscriber) -> dict[tuple[object, ...], Decimal]:
    """A posted one-off fee stands while one is owed on whatever day, so only in the end it is the same for all."""
    return {key: amount for key, amount in net(subscriber.events).items() if key[-1] is not None}


@pytest.mark.slow
@given(tariffs=tariffs(), billing_day=billing_days, activated=st.integers(0, 40), steps=lives())
@settings(max_examples=400)
def test_billed_at_random_in_one_go_or_due_date_by_due_date_the_same_is_posted(
    tariffs: list[Tariff], billing_day: int, activated: int, steps: list[Step]
):
    activated_on = START + timedelta(days=activated)
    at_random, in_one_go, by_period = (subscribed(tariffs, billing_day, activated_on) for _ in range(3))
    today = activated_on
    for step in steps:
        if isinstance(step, Run):
            today += timedelta(days=step.days)
            at_random.bill(today)
            assert at_random.bill(today) == [], "deciding twice gives nothing"
        elif try_to_happen(at_random, step, today):
            assert try_to_happen(in_one_go, step, today)
            assert try_to_happen(by_period, step, today)
    for days in (LATEST_DAYS, MOST_INSTALMENTS * 31):  # Every change has come true by then, and every instalment.
        today += timedelta(days=days)
        at_random.bill(today)
        in_one_go.bill(today)
        by_period.bill_each_period(today + ONE_DAY)
        assert without_one_offs(in_one_go) == without_one_offs(at_random)
        assert without_one_offs(by_period) == without_one_offs(at_random)

    assert net(in_one_go.events) == net(at_random.events)
    assert net(by_period.events) == net(at_random.events)
    for subscriber in (at_random, in_one_go, by_period):
        audit(subscriber)


@pytest.mark.slow
@given(tariffs=tariffs(), billing_day=billing_days, steps=lives(4), change=happenings)
@settings(max_examples=200)
def test_a_change_that_is_cancelled_never_was(
    tariffs: list[Tariff], billing_day: int, steps: list[Step], change: Happening
):
    """At once for what is due, and for what was charged early because of the change as soon as it is due."""
    subscriber, unchanged = (subscribed(tariffs, billing_day) for _ in range(2))
    today = START
    for step in [*steps, Run(0)]:
        today += timedelta(days=step.days if isinstance(step, Run) else 0)
        for each in (subscriber, unchanged):
            if isinstance(step, Run):
                each.bill(today)
            else:
                try_to_happen(each, step, today)
    known = list(subscriber.account.subscriptions["S1"].timeline)
    assume(try_to_happen(subscriber, change, today))
    changes = [entry for entry in subscriber.account.subscriptions["S1"].timeline if entry not in known]
    assume(len(changes) == 1 and changes[0].kind != "activate")
    subscriber.bill(today)
    subscriber.cancel(changes[0].kind, changes[0].on)
    subscriber.bill(today)

    posted = net(subscriber.events)
    for key, amount in net(unchanged.events).items():
        is_early = key[-1] is None and posted[key] > amount  # A later instalment fell due because of the change.
        assert posted[key] == amount or is_early
    for each in (subscriber, unchanged):
        each.bill(today + timedelta(days=70))
    assert net(subscriber.events) == net(unchanged.events)
    audit(subscriber)


plans: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "invoice_every": st.sampled_from([None, None, PeriodRule(interval=3)]),
        "minimum_invoice": st.sampled_from([0, 0, 50]).map(Decimal),
    }
)
choices = st.lists(st.one_of(st.none(), st.integers(0, 50)), min_size=20, max_size=20)


@pytest.mark.slow
@given(tariffs=tariffs(), billing_day=billing_days, plan=plans, steps=lives(), reversals=choices)
@settings(max_examples=200)
def test_whatever_is_taken_back_by_hand_takes_the_shares_on_it_along(
    tariffs: list[Tariff], billing_day: int, plan: dict[str, Any], steps: list[Step], reversals: list[int | None]
):
    """After every bill one of the charges is taken back, or none, and the books are looked at."""
    subscriber = subscribed(tariffs, billing_day, **plan)
    today = START
    for step, choice in zip(steps, [*reversals, *[None] * len(steps)], strict=False):
        if not isinstance(step, Run):
            try_to_happen(subscriber, step, today)
            continue
        today += timedelta(days=step.days)
        subscriber.bill(today)
        audit(subscriber)
        charges = [charge for charge in posted_charges(subscriber.events) if not charge.of]
        if choice is not None and charges:
            try_to_reverse(subscriber, charges[choice % len(charges)], today)
            subscriber.bill(today)  # A rest that is charged again waits for it.
            audit(subscriber)
        assert subscriber.bill(today) == [], "deciding twice gives nothing"


def try_to_reverse(subscriber: Subscriber, charge: Charge, on: date) -> None:
    """Take a charge back; a correction and what is taken back already are refused."""
    with contextlib.suppress(RuleViolation):
        subscriber.waive_charge(charge.key, on)
