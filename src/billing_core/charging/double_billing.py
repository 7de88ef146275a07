"""No period of a component is charged twice, ever: checked of every decision before an event of it is written.

1. A decision for itself: no day of a fee is in two of its charges, and nothing else begins twice on a day.
2. Without the history: a component is charged on from where it was charged last (`covered_until` of the subscription).
   One that would begin before that is in doubt, not wrong: it is compared with the history instead.
3. With the history: the charges on record and those decided, less what was taken back, cover each day of a fee at most
   once, take no day back twice, and bring no one-off fee twice. Of usage, discounts, surcharges and true-ups the sum
   for a period is no more than what is owed for it, since what was missing is charged beside what stands.

A charge that was taken back by hand is out of the account: that is how one that stands twice is mended.

    on record [1 Jun, 1 Jul), decided [1 Jun, 1 Jul)                            1 June is charged twice
    on record [1 Jun, 1 Jul), decided -[11 Jun, 1 Jul) and [11 Jun, 1 Jul)      every day is charged once
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from billing_core.charging.charges import ONE_DAY, Charge, ChargedTwice
from billing_core.time.periods import Period

BY_DAYS = ("recurring", "one-off")


def require_single_cover(charges: Sequence[Charge]) -> None:
    """No day of a fee is in two new charges, and nothing else is charged twice from the same day on."""
    if len(charges) < 2:
        return
    for earlier, later in pairwise(sorted(charges, key=_place)):
        # What is no fee spans days on which another rule may have been in force, but begins on one of its own.
        ends_on = earlier.to_on if earlier.kind in BY_DAYS else earlier.from_on + ONE_DAY
        if (earlier.component, earlier.of) == (later.component, later.of) and later.from_on < ends_on:
            raise ChargedTwice(f"overlaps the charge {earlier.key}", field="charge", value=later.key)


def _place(charge: Charge) -> tuple[str, str, date]:
    return charge.component, charge.of, charge.from_on


def covered_on(covered_until: Mapping[str, date], charges: Iterable[Charge]) -> dict[str, date]:
    """How far each component is charged with these charges on record; what is taken back does not move it back."""
    covered = dict(covered_until)
    for charge in charges:
        if charge.kind != "one-off" and not charge.of and charge.corrects is None:
            covered[charge.component] = max(charge.to_on, covered.get(charge.component, date.min))
    return covered


def is_contiguous(covered_until: Mapping[str, date], charges: Iterable[Charge]) -> bool:
    """Whether new charges begin where their component was charged last, or later."""
    return all(
        charge.from_on >= covered_until.get(charge.component, date.min)
        for charge in charges
        if charge.kind != "one-off" and not charge.of
    )


def require_charged_once(lines: Sequence[Charge], owed: Iterable[Charge], on_record: Sequence[Charge]) -> None:
    """What is decided for a subscription, with everything on record for it, charges nothing twice.

    `owed` is everything that is owed for the periods that were decided on.
    """
    keys = {charge.key for charge in on_record}
    for line in lines:
        if line.key in keys:
            raise ChargedTwice("stands on record already", field="charge", value=line.key)
    standing = [*on_record, *lines]
    _require_days_once(standing)
    _require_within(_sums(owed), standing, {_group(line) for line in lines if line.kind not in BY_DAYS})


def _require_days_once(standing: Sequence[Charge]) -> None:
    steps: dict[tuple[str, str, str], Counter[date]] = defaultdict(Counter)
    settled = _settled(standing)
    for charge in standing:
        if charge.kind in BY_DAYS and charge.key not in settled and charge.corrects not in settled:
            times = 1 if charge.corrects is None else -1
            steps[charge.subscription, charge.component, charge.kind][charge.from_on] += times
            steps[charge.subscription, charge.component, charge.kind][charge.to_on] -= times
    for (subscription, component, _), changes in steps.items():
        times = 0
        for on in sorted(changes):
            times += changes[on]
            if times not in (0, 1):
                told = f"would be charged {times} times" if times > 1 else "would be taken back twice"
                raise ChargedTwice(f"{told} on {on}; look at its charges on record", field="component",
                                   value=f"{subscription}/{component}")  # fmt: skip


def _settled(standing: Iterable[Charge]) -> set[str | None]:
    """The charges that were taken back by hand."""
    return {charge.corrects for charge in standing if charge.kind == "reversal"}


Group = tuple[str, str, str, Period]


def _group(charge: Charge) -> Group:
    return charge.subscription, charge.component, charge.of, charge.whole_period


def _sums(charges: Iterable[Charge]) -> dict[Group, Decimal]:
    sums: dict[Group, Decimal] = defaultdict(Decimal)
    for charge in charges:
        sums[_group(charge)] += charge.amount.amount
    return sums


def _require_within(owed: Mapping[Group, Decimal], standing: Sequence[Charge], groups: set[Group]) -> None:
    """The sums of some groups are between nothing and what is owed; what was settled by hand is left out."""
    if not groups:
        return
    settled = _settled(standing)
    groups = groups - {_group(charge) for charge in standing if charge.key in settled}
    posted = _sums(charge for charge in standing if charge.kind != "reversal")
    for group in groups:
        due = owed.get(group, Decimal(0))
        if not min(due, Decimal(0)) <= posted[group] <= max(due, Decimal(0)):
            subscription, component, of, period = group
            raise ChargedTwice(
                f"would stand at {posted[group]} for [{period.from_on}, {period.to_on}) where {due} is owed; "
                "look at its charges on record",
                field="component", value=f"{subscription}/{component}:{of}" if of else f"{subscription}/{component}",
            )  # fmt: skip
