"""The ladder of an open item: the worked examples, and that nobody is suspended unwarned whatever happens."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from billing_core.dunning.ladder import Debtor, Ladder, counted_day
from billing_core.dunning.policies import DaysFromDue, DunningPolicy, DunningStep, Suspend, require_policy
from billing_core.dunning.state import FOLDS, Dunning, Stop
from billing_core.kernel.money import Money
from billing_core.kernel.spans import Span
from billing_core.payments.ledger import OpenItem
from billing_core.time.due_dates import WITHOUT_HOLIDAYS

DUE_ON = date(2026, 3, 31)
POLICY = require_policy(
    DunningPolicy(
        code="home", name="Households", currency="EUR",
        steps=(
            DunningStep(code="due-soon", when=DaysFromDue(days=-3), message="due-soon"),
            DunningStep(code="reminder", when=DaysFromDue(days=7), message="overdue"),
            DunningStep(code="last-reminder", when=DaysFromDue(days=14), message="overdue"),
            DunningStep(code="suspend", when=DaysFromDue(days=21), actions=(Suspend(),)),
        ),
    )
)  # fmt: skip


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def debtor(due_on: date = DUE_ON, stops: tuple[Stop, ...] = (), amount: str = "100.00") -> Debtor:
    return Debtor({"1": OpenItem(due_on, euros(amount))}, Dunning(stops={"1": stops}), euros("20.00"))


def played(found: Debtor, days: list[date], policy: DunningPolicy = POLICY) -> dict[str, date]:
    """The day of each step if the run is made on some days."""
    taken: dict[str, date] = {}
    for today in days:
        for fact in Ladder(policy, WITHOUT_HOLIDAYS).due_steps(found, today):
            FOLDS[type(fact)](found.dunning, fact)
            assert fact.step not in taken
            taken[fact.step] = today
    return taken


def every_day(from_on: date, number: int = 90) -> list[date]:
    return [from_on + timedelta(days=day) for day in range(number)]


def test_steps_come_on_the_days_of_the_policy_when_the_run_is_made_every_day() -> None:
    assert played(debtor(), every_day(date(2026, 3, 20))) == {
        "due-soon": date(2026, 3, 28), "reminder": date(2026, 4, 7), "last-reminder": date(2026, 4, 14),
        "suspend": date(2026, 4, 21),
    }  # fmt: skip


def test_a_run_that_comes_late_keeps_the_days_between_the_steps() -> None:
    assert played(debtor(), every_day(date(2026, 4, 20))) == {
        "reminder": date(2026, 4, 20), "last-reminder": date(2026, 4, 27), "suspend": date(2026, 5, 4),
    }  # fmt: skip


def test_of_an_item_that_is_open_again_the_days_from_the_step_before_are_counted_anew() -> None:
    found = debtor()
    played(found, every_day(date(2026, 4, 1), 14))
    bounced = OpenItem(DUE_ON, euros("100.00"), None, date(2026, 6, 10))
    found = found._replace(open_items={"1": bounced})

    assert played(found, every_day(date(2026, 6, 10))) == {"suspend": date(2026, 6, 17)}


def test_the_clock_of_a_disputed_item_stands_still() -> None:
    disputed = Stop(date(2026, 4, 10), date(2026, 4, 20), "disputed", "wrong amount")
    assert played(debtor(stops=(disputed,)), every_day(date(2026, 4, 1))) == {
        "reminder": date(2026, 4, 7), "last-reminder": date(2026, 4, 24), "suspend": date(2026, 5, 1),
    }  # fmt: skip


def test_a_skipped_day_moves_the_step_to_the_next_one_that_is_not() -> None:
    weekdays = msgspec.structs.replace(POLICY, skips=("weekends",))
    assert played(debtor(date(2026, 4, 4)), every_day(date(2026, 4, 5)), weekdays) == {
        "reminder": date(2026, 4, 13), "last-reminder": date(2026, 4, 20), "suspend": date(2026, 4, 27),
    }  # fmt: skip


def test_a_step_waits_until_enough_is_overdue() -> None:
    first, *others = POLICY.steps[1:]
    policy = msgspec.structs.replace(POLICY, steps=(msgspec.structs.replace(first, least_amount=Decimal(50)), *others))
    found = debtor(amount="49.99")
    assert played(found, every_day(date(2026, 4, 1), 30), policy) == {}
    more = found._replace(open_items={**found.open_items, "2": OpenItem(date(2026, 4, 20), euros("0.01"))})
    assert played(more, every_day(date(2026, 5, 1), 1), policy) == {"reminder": date(2026, 5, 1)}


def test_days_that_do_not_count_are_passed() -> None:
    assert counted_day(date(2026, 4, 1), 3, [Span(date(2026, 4, 2), date(2026, 4, 5))]) == date(2026, 4, 7)
    assert counted_day(date(2026, 4, 1), 3, [Span(date(2026, 4, 5), date(2026, 4, 9))]) == date(2026, 4, 4)
    assert counted_day(date(2026, 4, 1), 3, [Span(date(2026, 4, 3), None)]) == date.max


def test_the_next_step_and_its_day_are_known_ahead() -> None:
    planned = Ladder(POLICY, WITHOUT_HOLIDAYS).next_step(debtor(), "1", date(2026, 4, 1))
    assert planned is not None and (planned.step.code, planned.on) == ("reminder", date(2026, 4, 7))


STOPS = st.lists(st.tuples(st.integers(-5, 60), st.integers(1, 20)), max_size=3)


@given(days=st.sets(st.integers(-10, 150), max_size=60), stops=STOPS)
def test_nobody_is_suspended_before_both_reminders_and_the_days_between_them(
    days: set[int], stops: list[tuple[int, int]]
) -> None:
    spans = tuple(
        Stop(DUE_ON + timedelta(days=start), DUE_ON + timedelta(days=start + length), "disputed", "")
        for start, length in stops
    )
    taken = played(debtor(stops=spans), [DUE_ON + timedelta(days=day) for day in sorted(days)])
    order = [code for code in ("reminder", "last-reminder", "suspend") if code in taken]
    assert order == ["reminder", "last-reminder", "suspend"][: len(order)]
    for earlier, later in pairwise(order):
        between = Span(taken[earlier], taken[later])
        counted = [
            on for on in (between.from_on + timedelta(days=day) for day in range(between.days))
            if not any(span.contains(on) for span in spans)
        ]  # fmt: skip
        assert len(counted) >= 7
    assert all(not any(span.contains(on) for span in spans) for on in taken.values())
