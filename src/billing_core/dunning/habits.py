"""How soon do customers pay what they owe, counted from what last happened to them?

A habit says how many of those who still owe pay on a day: so many days after the last step that was taken, or before
any step so many days before or after the due date. It is learnt from what is known of past items: on each day those who
paid are divided by those who still owed, so an item that another step was taken on, or that is young, counts for the
days on which it was seen and no longer.

Worked example, three items on which a reminder was taken; one was paid 2 days after it, on one a last reminder was
taken 5 days after it, one is still open after 3 days:

    day 2      3 owed, 1 paid       a third of those who owe pay on the second day
    days 3-5   nobody paid

A step is known by its code. One that the base has hardly seen yet has the habit of its kind: a reminder, or one that
suspends.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from billing_core.dunning.policies import DunningPolicy
from billing_core.dunning.state import TakenStep
from billing_core.kernel.errors import InvalidValue

# With fewer items a step has the habit of its kind.
LEAST_OBSERVED = 30
ALL_PERCENT = Decimal(100)
BEFORE_ANY = ""
REMINDED, SUSPENDED = " reminded", " suspended"  # No code of a step begins with a space.

# --- values

# The share of those who owe that pays, by the day after what happened last.
Habit = Mapping[int, Decimal]


class Habits(msgspec.Struct, frozen=True):
    """The habit after each step by its code, after each kind of step, and before any."""

    after: Mapping[str, Habit] = {}

    def of(self, step: str, kind: str) -> Habit:
        """The habit after a step."""
        return self.after[step] if step in self.after else self.after.get(kind, {})


NOBODY_PAYS = Habits()


def share_pays(percent: Decimal, days: int) -> Habits:
    """So many percent of those who owe pay so many days after each step."""
    if not 0 <= percent <= ALL_PERCENT:
        raise InvalidValue("must be 0 to 100", field="percent that pay", value=percent)
    if days < 1:
        raise InvalidValue("must be 1 at least", field="days after a step", value=days)
    habit = {days: percent / ALL_PERCENT}
    return Habits({REMINDED: habit, SUSPENDED: habit})


def kinds_of(policy: DunningPolicy) -> Mapping[str, str]:
    """The kind of each step of a policy."""
    return {step.code: SUSPENDED if step.suspension else REMINDED for step in policy.steps}


# --- learning


class PastItem(msgspec.Struct, frozen=True, gc=False):
    """An invoice with the steps taken on it in their order; `paid_on` is None as long as something of it is open."""

    issued_on: date
    due_on: date
    paid_on: date | None
    taken: Sequence[TakenStep] = ()


class _Cause(NamedTuple):
    """What happened to an item, the day from which days are counted, and the first of them on which it was seen."""

    names: tuple[str, ...]
    counted_from: date
    seen_from: int
    begins_on: date


class ObservedPayments:
    """What is known of past items, added up."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._seen_from: dict[str, Counter[int]] = defaultdict(Counter)
        self._seen_to: dict[str, Counter[int]] = defaultdict(Counter)
        self._paid: dict[str, Counter[int]] = defaultdict(Counter)

    def add(self, item: PastItem) -> None:
        """Note on which days an item was open after what, and when it was paid."""
        end_on = self._today if item.paid_on is None else item.paid_on
        first = (item.issued_on - item.due_on).days
        causes: list[_Cause] = [_Cause((BEFORE_ANY,), item.due_on, first, item.issued_on)]
        causes += [
            _Cause((step.step, SUSPENDED if step.suspends else REMINDED), step.on, 1, step.on)
            for step in item.taken if step.on <= end_on
        ]  # fmt: skip
        for cause, following in zip(causes, [*causes[1:], None], strict=True):
            is_paid = following is None and item.paid_on is not None
            seen_to = ((end_on if following is None else following.begins_on) - cause.counted_from).days
            if is_paid:  # What is paid on the day of a step is paid after it.
                seen_to = max(seen_to, cause.seen_from)
            if seen_to >= cause.seen_from:
                self._note(cause, seen_to, is_paid=is_paid)

    def _note(self, cause: _Cause, seen_to: int, *, is_paid: bool) -> None:
        for name in cause.names:
            self._seen_from[name][cause.seen_from] += 1
            self._seen_to[name][seen_to] += 1
            self._paid[name][seen_to] += is_paid

    def habits(self) -> Habits:
        """The habits that follow."""
        kinds = (BEFORE_ANY, REMINDED, SUSPENDED)
        return Habits({
            name: self._habit(name)
            for name, seen in self._seen_from.items() if name in kinds or seen.total() >= LEAST_OBSERVED
        })  # fmt: skip

    def _habit(self, name: str) -> Habit:
        owing, found = 0, dict[int, Decimal]()
        seen_from, seen_to, paid = self._seen_from[name], self._seen_to[name], self._paid[name]
        for day in range(min(seen_from), max(seen_to) + 1):
            owing += seen_from[day]
            if paid[day]:
                found[day] = Decimal(paid[day]) / owing
            owing -= seen_to[day]
        return found
