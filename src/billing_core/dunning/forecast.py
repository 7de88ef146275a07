"""What would a policy do to an account's open items within some days, and how much would come in?

The fate of an account is played as if nothing were paid, by the rules of the live system: on which days which steps are
taken, and when it is suspended, returns, ends, or is handed over. How many of such accounts are still there on a day is
another matter: the habits say how many of those who owe pay on which day, and so a step, a fee and a suspension count
for the part that has not paid by then. Who pays, pays all that is open, before the steps of the day. Nothing is drawn
by lot, and nothing new is invoiced meanwhile.

Worked example, 100.00 due on 31 March, reminder 7, suspend 21 days after; 40 % pay 5 days after each step:

    7 April    reminder          1 account
    12 April   40.00 come in     0.6 accounts owe
    21 April   suspended         0.6
    26 April   24.00 come in     0.24 return, 0.36 are suspended
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from billing_core.dunning.facts import DunningStepTaken
from billing_core.dunning.habits import BEFORE_ANY, Habits, kinds_of
from billing_core.dunning.ladder import Debtor, Ladder, unskipped
from billing_core.dunning.policies import DunningPolicy, DunningStep, HandToCollection, Terminate, WriteOff
from billing_core.dunning.state import FOLDS, Dunning
from billing_core.dunning.suspension_hours import may_suspend
from billing_core.dunning.suspensions import ServiceDunned, suspensions_wanted
from billing_core.kernel.money import Money
from billing_core.kernel.spans import ONE_DAY, Span
from billing_core.time.due_dates import Calendar

ONE = Decimal(1)

# --- values


class Played(NamedTuple):
    """What an account is played with: its debts, its services, its balance with its credit."""

    debtor: Debtor
    services: Mapping[str, ServiceDunned]
    available: Money


class StepForeseen(NamedTuple):
    """A step that would be taken on a day."""

    on: date
    step: DunningStep


class Fate(NamedTuple):
    """What happens to an account if nothing is paid; a day is None if it does not come within the days played."""

    steps: tuple[StepForeseen, ...] = ()
    warned_on: date | None = None
    suspended_on: date | None = None
    returned_on: date | None = None
    terminated_on: date | None = None
    handed_over_on: date | None = None
    written_off_on: date | None = None


class Paying(NamedTuple):
    """How large a part of such accounts pays on each day, and the part that still owes in the evening of each."""

    paid: tuple[Decimal, ...]
    owing: tuple[Decimal, ...]


# --- the fate of an account


def foreseen(policy: DunningPolicy, played: Played, days: Span, calendar: Calendar) -> Fate:
    """The fate of an account under a policy on the days of a span."""
    clock = _Clock(policy, played, calendar)
    today: date | None = days.from_on
    while today is not None and today < days.end:
        clock.live(today)
        today = clock.next_day(today)
    return clock.fate


class _Clock:
    """An account on a clock that goes from one day on which something may happen to the next one."""

    def __init__(self, policy: DunningPolicy, played: Played, calendar: Calendar) -> None:
        self._policy = policy
        self._calendar = calendar
        self._ladder = Ladder(policy, calendar)
        dunning = played.debtor.dunning
        self._debtor = played.debtor._replace(
            open_items=dict(played.debtor.open_items), dunning=Dunning(dunning.taken, dunning.stops)
        )
        self._services = dict(played.services)
        self._available = played.available
        known = set(self._known_days())
        self._days = sorted(known | {unskipped(day, policy.skips, calendar) for day in known})
        self.fate = Fate()

    def live(self, today: date) -> None:
        """The steps of a day, and what they do."""
        for fact in self._ladder.due_steps(self._debtor, today):
            FOLDS[DunningStepTaken](self._debtor.dunning, fact)
            self._take(fact, today)
        self._settle(today)

    def next_day(self, today: date) -> date | None:
        """The next day on which something may happen; None if nothing will."""
        known = next((day for day in self._days if day > today), None)
        found = [known] if known is not None else []
        for invoice in self._debtor.open_items:
            planned = self._ladder.next_step(self._debtor, invoice, today)
            if planned is None:
                continue
            if planned.on > today:
                found.append(planned.on)
            elif self._policy.skips:  # It was due on a day that is skipped, or waits until enough is overdue.
                found.append(today + ONE_DAY)
        return min(found, default=None)

    def _known_days(self) -> Iterator[date]:
        """The days on which an item is overdue first, is tolerated no longer, or counts again."""
        tolerances = {service.tolerance_days for service in self._services.values()}
        for invoice, item in self._debtor.open_items.items():
            yield from (item.due_on + timedelta(days=days + 1) for days in {0, *tolerances})
            yield from (stop.to_on for stop in self._debtor.dunning.stops_of(invoice) if stop.to_on is not None)
            yield from (stop.from_on for stop in self._debtor.dunning.stops_of(invoice))

    def _take(self, fact: DunningStepTaken, today: date) -> None:
        place = self._policy.place_of(fact.step)
        assert place is not None
        step = self._policy.steps[place]
        fate = self.fate._replace(steps=(*self.fate.steps, StepForeseen(today, step)))
        if step.message:
            fate = fate._replace(warned_on=fate.warned_on or today)
        for action in step.actions:
            match action:
                case Terminate():
                    fate = fate._replace(terminated_on=fate.terminated_on or today)
                    self._services = {}
                case HandToCollection():
                    fate = fate._replace(handed_over_on=fate.handed_over_on or today)
                case WriteOff():
                    fate = fate._replace(written_off_on=fate.written_off_on or today)
                    for item in fact.items:
                        self._available = self._available + self._debtor.open_items[item.invoice].amount
                        del self._debtor.open_items[item.invoice]  # type: ignore[attr-defined]
        self.fate = fate

    def _settle(self, today: date) -> None:
        """Suspend, or let return, what the policy says."""
        if not self._services:
            return
        wanted = suspensions_wanted(self._policy, self._debtor, self._services, self._available, today)
        if not may_suspend(self._policy, today, None, self._calendar):
            wanted = {code: reason for code, reason in wanted.items() if self._services[code].is_suspended}
        if any(not service.is_suspended and code in wanted for code, service in self._services.items()):
            self.fate = self.fate._replace(suspended_on=self.fate.suspended_on or today)
        if any(service.is_suspended and code not in wanted for code, service in self._services.items()):
            self.fate = self.fate._replace(returned_on=self.fate.returned_on or today)
        self._services = {
            code: service._replace(is_suspended=code in wanted) for code, service in self._services.items()
        }


# --- who pays when


def paying(policy: DunningPolicy, fate: Fate, debtor: Debtor, habits: Habits, days: Span) -> Paying:
    """The part that pays on each of the days, in the morning; the rest still owes in the evening."""
    kinds = kinds_of(policy)
    habit, since = _last_habit(debtor, kinds, habits)
    taken = {foreseen.on: foreseen.step.code for foreseen in fate.steps}
    paid, owing, owes = list[Decimal](), list[Decimal](), ONE
    for number in range(days.days or 0):
        today = days.from_on + timedelta(days=number)
        part = owes * habit.get((today - since).days, Decimal(0)) if habit else Decimal(0)
        owes -= part
        if today == fate.written_off_on:
            owes = Decimal(0)
        paid.append(part)
        owing.append(owes)
        if today in taken:
            habit, since = habits.of(taken[today], kinds[taken[today]]), today
    return Paying(tuple(paid), tuple(owing))


def _last_habit(debtor: Debtor, kinds: Mapping[str, str], habits: Habits) -> tuple[Mapping[int, Decimal], date]:
    """The habit in which the account begins, and the day from which it is counted."""
    steps = [step for invoice in debtor.open_items for step in debtor.dunning.taken.get(invoice, ())]
    if not steps:
        return habits.of(BEFORE_ANY, BEFORE_ANY), min(item.due_on for item in debtor.open_items.values())
    last = max(steps, key=lambda step: step.on)
    return habits.of(last.step, kinds.get(last.step, "")), last.on
