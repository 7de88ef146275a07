"""The double-billing check: no period of a component is charged twice, ever, checked before an event is written.

1. A decision for itself: no day of a fee is in two of its charges, and nothing else begins twice on a day.
2. Without the history: a component is charged on from where it was charged last (`covered_until` of the subscription).
   One that would begin before that is in doubt, not wrong: it is compared with the history instead.
3. With the history: the charges on record and those decided, less what was credited, cover each day of a fee at most
   once, take no day back twice, and bring no one-off fee twice. The sum of usage, true-ups, and discounts and
   surcharges on them that begin on a day is no more than what is expected from this day on, since what is missing is
   charged in addition to what was charged before.

    on record [1 Jun, 1 Jul), decided [1 Jun, 1 Jul)                            1 June is charged twice
    on record [1 Jun, 1 Jul), decided -[11 Jun, 1 Jul) and [11 Jun, 1 Jul)      every day is charged once
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from billing_core.charging.charges import Charge, ChargedTwice
from billing_core.kernel.spans import ONE_DAY


def require_single_cover(charges: Sequence[Charge]) -> None:
    """No day of a fee is in two new charges, and nothing else is charged twice from the same day on."""
    if len(charges) < 2:
        return
    for earlier, later in pairwise(sorted(charges, key=_place)):
        # A charge other than a fee spans days of other rules too, but begins on a day of its own.
        ends_on = earlier.to_on if _covers_days(earlier) else earlier.from_on + ONE_DAY
        if (earlier.component, earlier.of) == (later.component, later.of) and later.from_on < ends_on:
            raise ChargedTwice(f"overlaps the charge {earlier.key}", field="charge", value=later.key)


def _covers_days(charge: Charge) -> bool:
    return charge.is_priced_by_days or charge.kind == "one-off"


def _place(charge: Charge) -> tuple[str, str, date]:
    return charge.component, charge.of, charge.from_on


def covered_on(covered_until: Mapping[str, date], charges: Iterable[Charge]) -> dict[str, date]:
    """How far each component is charged with these charges on record, with usage of later days that has the price of
    the days charged; a credit does not move it back.
    """
    covered = dict(covered_until)
    for charge in charges:
        if charge.kind != "one-off" and not charge.of and charge.corrects is None:
            until = max(charge.to_on, charge.used_until or charge.to_on)
            covered[charge.component] = max(until, covered.get(charge.component, date.min))
    return covered


def is_contiguous(covered_until: Mapping[str, date], charges: Iterable[Charge]) -> bool:
    """Whether new charges begin where their component was charged last, or later."""
    return all(
        charge.from_on >= covered_until.get(charge.component, date.min)
        for charge in charges
        if charge.kind != "one-off" and not charge.of
    )


def require_charged_once(lines: Sequence[Charge], expected: Iterable[Charge], on_record: Sequence[Charge]) -> None:
    """The decision for a subscription, with everything on record for it, charges nothing twice.

    `expected` is everything that is expected for the periods that were decided on.
    """
    keys = {charge.key for charge in on_record}
    for line in lines:
        if line.key in keys:
            raise ChargedTwice("is on record already", field="charge", value=line.key)
    standing = [*on_record, *lines]
    _require_days_once(standing)
    _require_within(_sums(expected), standing, {_group(line) for line in lines if not _covers_days(line)})


def _require_days_once(standing: Sequence[Charge]) -> None:
    """No day of a fee is charged twice. Instalments of one fee may have one day, if they are not the same amount.

    An instalment keeps the day on which it was charged when the activation moves, and then the next one may have it.
    """
    instalments = {charge.key: charge.amount.amount for charge in standing if charge.kind == "one-off"}
    steps: dict[tuple[str, str, str, Decimal | None], Counter[date]] = defaultdict(Counter)
    for charge in standing:
        if _covers_days(charge):
            times = 1 if charge.corrects is None else -1
            fee = charge.component, charge.of, charge.kind, instalments.get(charge.corrects or charge.key)
            steps[fee][charge.from_on] += times
            steps[fee][charge.to_on] -= times
    for (component, of, *_), changes in steps.items():
        times = 0
        for on in sorted(changes):
            times += changes[on]
            if times not in (0, 1):
                what = f"would be charged {times} times" if times > 1 else "would be credited twice"
                raise ChargedTwice(f"{what} on {on}; look at its charges on record", field="component",
                                   value=_name(standing[0].subscription, component, of))  # fmt: skip


def _name(subscription: str, component: str, of: str) -> str:
    return f"{subscription}/{component}:{of}" if of else f"{subscription}/{component}"


Group = tuple[str, str, str, date]


def _group(charge: Charge) -> Group:
    """The charges that are compared by their sum; another grid may put the same days into another period."""
    return charge.subscription, charge.component, charge.of, charge.from_on


def _sums(charges: Iterable[Charge]) -> dict[Group, Decimal]:
    sums: dict[Group, Decimal] = defaultdict(Decimal)
    for charge in charges:
        sums[_group(charge)] += charge.amount.amount
    return sums


def _require_within(expected: Mapping[Group, Decimal], standing: Sequence[Charge], groups: set[Group]) -> None:
    """The sums of some groups lie between nothing and what is expected."""
    posted = _sums(standing) if groups else {}
    for group in groups:
        due = expected.get(group, Decimal(0))
        if not min(due, Decimal(0)) <= posted[group] <= max(due, Decimal(0)):
            subscription, component, of, from_on = group
            raise ChargedTwice(
                f"would stand at {posted[group]} from {from_on} on, {due} is expected; look at its charges on record",
                field="component", value=_name(subscription, component, of),
            )  # fmt: skip
