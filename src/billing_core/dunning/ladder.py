"""Which steps are due on an account's open items?

Each item climbs the ladder by itself, in order, one step after another. The day of a step is the later of two: that of
the policy for the item's due date, and the day on which the step before was taken and the days that the policy has
between both. Days on which the item does not count, because it is disputed, promised or paused, are not counted; a day
that the policy skips moves the step to the next one that it does not. So nobody is suspended unwarned, also if a run
comes late, the policy is new, or an older item was paid meanwhile; and a partial payment neither skips nor repeats a
step. Of an item that was settled and is open again, as after a bounced payment, the days from the step before are
counted anew: nobody knew of it meanwhile. An item in collection climbs no further.

Worked example, reminder 7, last reminder 14, suspend 21 days after the due date, due on 31 March:

    run every day                              7 April, 14 April, 21 April
    first run on 20 April                      20 April, 27 April, 4 May
    disputed from 10 to 20 April               7 April, 24 April, 1 May
    weekends skipped, due on 4 April           13 April (11 April is a Saturday), 20 April, 27 April
    paid 15 April, bounced on 10 June          7 April, 14 April, 17 June

A step before the due date whose item is due already is passed over, and one that came late delays no other. Does not
decide what a step does (`policies`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from billing_core.dunning.facts import DunnedItem, DunningStepTaken
from billing_core.dunning.policies import DunningPolicy, DunningStep, Skipped, SlowDown, planned_on
from billing_core.dunning.state import Dunning, TakenStep
from billing_core.kernel.money import Money, total
from billing_core.kernel.spans import ONE_DAY, Span, merged
from billing_core.payments.ledger import OpenItem
from billing_core.time.due_dates import Calendar

# --- values


class Debtor(NamedTuple):
    """An account's open items by invoice, what it remembers of its dunning, and its recurring fees of a month."""

    open_items: Mapping[str, OpenItem]
    dunning: Dunning
    monthly_fees: Money


class PlannedStep(NamedTuple):
    """The next step of an item, and the day on which it is due."""

    step: DunningStep
    on: date


class _Place(NamedTuple):
    """Where an item stands on the ladder: all that its next step depends on if nothing stops it."""

    due_on: date
    opened_again_on: date | None
    taken: tuple[TakenStep, ...]
    is_past: bool


# --- decisions


class Ladder:
    """The ladder of a policy, as many accounts climb it. Most items are due on the same few days and on the same step,
    so the next step of one that nothing stopped is found once for all of them.
    """

    def __init__(self, policy: DunningPolicy, calendar: Calendar) -> None:
        self.policy = policy
        self.calendar = calendar
        self._known: dict[_Place, PlannedStep | None] = {}

    def due_steps(self, debtor: Debtor, today: date) -> list[DunningStepTaken]:
        """The steps to be taken today, in the order of the ladder; items on the same step are taken together."""
        if is_skipped(today, self.policy.skips, self.calendar):
            return []
        climbing = [invoice for invoice in debtor.open_items if self._due(debtor, invoice, today) is not None]
        return self._taken_by(climbing, debtor, today) if climbing else []

    def next_step(self, debtor: Debtor, invoice: str, today: date) -> PlannedStep | None:
        """The step that an open item comes to next and its day, as things are today; None after the last one."""
        return self._next(debtor, invoice, debtor.dunning.taken.get(invoice, ()), today)

    def planned_steps(self, debtor: Debtor, invoice: str, today: date) -> list[PlannedStep]:
        """The steps that are still to come on an open item, if nothing changes and each is taken on its day.

        A step that is late is taken today. It ends at the first step whose day is not known, as during a dispute.
        """
        taken, found = debtor.dunning.taken.get(invoice, ()), list[PlannedStep]()
        while (planned := self._next(debtor, invoice, taken, today)) is not None and planned.on < date.max:
            on = unskipped(max(planned.on, today), self.policy.skips, self.calendar)
            found.append(PlannedStep(planned.step, on))
            taken = (*taken, TakenStep(planned.step.code, on))
        return found

    def _taken_by(self, climbing: Sequence[str], debtor: Debtor, today: date) -> list[DunningStepTaken]:
        debt = overdue(debtor, today)
        found: dict[str, list[DunnedItem]] = {}
        items = [(invoice, debtor.open_items[invoice]) for invoice in climbing]
        for invoice, item in sorted(items, key=lambda entry: (entry[1].due_on, entry[0])):
            taken = debtor.dunning.taken.get(invoice, ())
            while (planned := self._next(debtor, invoice, taken, today)) is not None and planned.on <= today:
                if not _is_enough(planned.step, debt, item.amount, debtor.monthly_fees):
                    break
                found.setdefault(planned.step.code, []).append(
                    DunnedItem(invoice=invoice, due_on=item.due_on, open=item.amount, planned_on=planned.on)
                )
                taken = (*taken, TakenStep(planned.step.code, today))
        steps = self.policy.steps
        return [_taken(self.policy, step, found[step.code], debt, today) for step in steps if step.code in found]

    def _due(self, debtor: Debtor, invoice: str, today: date) -> PlannedStep | None:
        if debtor.dunning.stopped_by(invoice, today) is not None:
            return None
        planned = self.next_step(debtor, invoice, today)
        return planned if planned is not None and planned.on <= today else None

    def _next(self, debtor: Debtor, invoice: str, taken: tuple[TakenStep, ...], today: date) -> PlannedStep | None:
        if invoice in debtor.dunning.debts.collected:
            return None
        item, stops = debtor.open_items[invoice], debtor.dunning.stops_of(invoice)
        place = _Place(item.due_on, item.opened_again_on, taken, item.due_on < today)
        if stops:
            return self._planned(place, stops)
        if place not in self._known:
            self._known[place] = self._planned(place, ())
        return self._known[place]

    def _planned(self, item: _Place, stops: Collection[Span]) -> PlannedStep | None:
        """The step after those that were taken on an item, and its day."""
        steps, place = self.policy.steps, _place_after(self.policy, item.taken)
        while place < len(steps) and steps[place].is_before_due and item.is_past:
            place += 1
        if place == len(steps):
            return None
        planned = planned_on(steps[place].when, item.due_on, self.calendar)
        on = planned if planned <= item.due_on else counted_day(item.due_on, (planned - item.due_on).days, stops)
        if item.taken:
            before, since = self.policy.place_of(item.taken[-1].step), item.taken[-1].on
            since = max(since, item.opened_again_on or since)
            on = max(on, counted_day(since, self._days_between(before, place, item.due_on), stops))
        return PlannedStep(steps[place], unskipped(on, self.policy.skips, self.calendar))

    def _days_between(self, before: int | None, place: int, due_on: date) -> int:
        """The days that the policy has between two steps; none after one before the due date: it warns of nothing."""
        steps = self.policy.steps
        if before is None or steps[before].is_before_due:
            return 0
        earlier, later = (planned_on(steps[at].when, due_on, self.calendar) for at in (before, place))
        return max((later - earlier).days, 0)


def overdue(debtor: Debtor, today: date) -> Money:
    """The open items that are past their due date and count today."""
    counting = (
        item.amount for invoice, item in debtor.open_items.items()
        if item.due_on < today and debtor.dunning.stopped_by(invoice, today) is None
    )  # fmt: skip
    return total(counting, debtor.monthly_fees.currency)


def counted_day(from_on: date, days: int, stops: Collection[Span]) -> date:
    """The day reached after a number of days that count: 3 days from 1 April, 2 to 5 April stopped, is 7 April.

    The stopped days are those of half-open spans; a stop without an end never lets it come.
    """
    reached = from_on + timedelta(days=days)
    for stop in merged(stops):
        if stop.end <= from_on:
            continue
        begins_on = max(stop.from_on, from_on)
        if begins_on > reached:
            break
        if stop.to_on is None:
            return date.max
        reached += stop.to_on - begins_on
    return reached


# --- parts


def _place_after(policy: DunningPolicy, taken: Sequence[TakenStep]) -> int:
    """The place behind the last step taken that the policy still has; without any, behind as many as were taken."""
    known = [place for place in (policy.place_of(step.step) for step in taken) if place is not None]
    return max(known) + 1 if known else min(len(taken), len(policy.steps))


def _is_enough(step: DunningStep, debt: Money, open_amount: Money, monthly_fees: Money) -> bool:
    """Whether what is overdue, or before the due date the item itself, reaches what the step asks for."""
    amount = open_amount.amount if step.is_before_due else debt.amount
    return amount >= step.least_amount and amount * 100 >= step.least_share_percent * monthly_fees.amount


def _taken(
    policy: DunningPolicy, step: DunningStep, items: Sequence[DunnedItem], debt: Money, today: date
) -> DunningStepTaken:
    slows = next((action.profile for action in step.actions if isinstance(action, SlowDown)), "")
    return DunningStepTaken(
        effective_on=today, policy=policy.code, step=step.code, items=tuple(items), debt=debt, message=step.message,
        channels=step.channels, suspends=step.suspension.reason if step.suspension else "", slows_to=slows,
    )  # fmt: skip


def is_skipped(on: date, skips: Collection[Skipped], calendar: Calendar) -> bool:
    """Whether nothing is done on a day."""
    if not skips:
        return False  # Such a policy needs no country whose holidays are known.
    if calendar.is_holiday(on):
        return "holidays" in skips
    return "weekends" in skips and not calendar.is_working_day(on)


def unskipped(on: date, skips: Collection[Skipped], calendar: Calendar) -> date:
    """The day, or the first one after it that is not skipped."""
    while on < date.max and is_skipped(on, skips, calendar):
        on += ONE_DAY
    return on
