"""Charging is a difference, not an increment: what turns the posted charges into the owed ones.

Fees are compared day by day (`fee_difference`), one-off fees over the whole subscription (`one_off_difference`).

What days do not explain (usage, discounts, surcharges, true-ups) is compared by its amount, within its period: what is
missing is charged beside what stands on record, what is too much is taken back from the newest charge of its kind.

    usage of January posted 102.00, later known to be 115.00   ->   13.00
    usage of January posted 115.00, later known to be 102.00   ->  -13.00, corrects the 115.00
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from billing_core.charging.charges import Charge, PostedCharge
from billing_core.charging.expected import OwedPeriod
from billing_core.charging.fee_difference import BY_DAYS, days_of, fee_difference
from billing_core.kernel.money import Money, total, zero
from billing_core.time.periods import Period


class _Both(NamedTuple):
    """What stands on record for one period of a component, and what is owed for it (None: there is no such period)."""

    owed: OwedPeriod | None
    posted: list[PostedCharge]


def differences(
    owed: Iterable[OwedPeriod], posted: Iterable[PostedCharge], settled: Mapping[str, set[int]]
) -> list[Charge]:
    """Charges and credits that turn the charges of some periods into the owed ones; one-off fees are left alone.

    `posted` holds everything ever posted for the same periods. What was reversed by hand is settled, in whatever period
    its days are now: it is neither charged again nor credited again.
    """
    periods: dict[tuple[str, Period], _Both] = {}
    for entry in owed:
        place = entry.component, entry.period
        periods[place] = _Both(_together(periods[place].owed, entry) if place in periods else entry, [])
    found = list(posted)
    originals = {entry.charge.key: entry.charge for entry in found}
    for record in found:
        charge = originals.get(record.charge.corrects or "", record.charge)
        if charge.kind != "one-off":
            place = _place_of(charge, periods.keys())
            periods.setdefault(place, _Both(None, [])).posted.append(record)
    return [
        charge
        for (component, _), both in periods.items()
        for charge in _difference(both, settled.get(component, set()))
    ]


def _place_of(charge: Charge, known: Iterable[tuple[str, Period]]) -> tuple[str, Period]:
    """The component and the period that a charge belongs to.

    A charge of before periods were recorded lies in the period that holds its first day.
    """
    component, period = charge.of or charge.component, charge.whole_period
    if charge.period is None and charge.days < charge.period_days:
        inside = (place for code, place in known if code == component and place.from_on <= charge.from_on < place.to_on)
        period = next(inside, period)
    return component, period


def _together(first: OwedPeriod | None, second: OwedPeriod) -> OwedPeriod:
    """What is owed for a period within which the component goes on by another rule on the same grid.

    Each rule prices the days on which it held.
    """
    if first is None:
        return second
    before, since = (
        {day for charge in entry.charges if charge.kind == BY_DAYS for day in days_of(charge)}
        for entry in (first, second)
    )

    def worth(sample: Charge, days: Collection[int]) -> Money:
        parts = ((first, before.intersection(days)), (second, since.intersection(days)))
        return total((entry.worth(sample, inside) for entry, inside in parts if inside), sample.amount.currency)

    def share_text(from_on: date, to_on: date) -> str:
        return (first if from_on.toordinal() in before else second).share_text(from_on, to_on)

    charges = [*first.charges, *second.charges]
    return first._replace(charges=charges, worth=worth, share_text=share_text)


def _difference(both: _Both, settled: set[int]) -> list[Charge]:
    owed, posted = both
    charges = owed.charges if owed else []
    if charges and not posted and settled.isdisjoint(day for charge in charges for day in days_of(charge)):
        return charges
    return [*fee_difference(owed, posted, settled), *_amount_difference(charges, posted)]


def _amount_difference(owed: Sequence[Charge], posted: Sequence[PostedCharge]) -> Iterator[Charge]:
    """By component and VAT rate, whatever the tariff: what is missing, or is taken back from the newest charges."""
    known = [*(entry.charge for entry in posted), *owed]
    keys = dict.fromkeys(_kind_key(charge) for charge in known if charge.kind not in (BY_DAYS, "reversal"))
    reversed_by_hand = {entry.charge.corrects for entry in posted if entry.charge.kind == "reversal"}
    for key in keys:
        standing = [
            entry.charge for entry in posted if _kind_key(entry.charge) == key and entry.charge.kind != "reversal"
        ]
        should = [charge for charge in owed if _kind_key(charge) == key]
        if reversed_by_hand.isdisjoint(charge.key for charge in standing):
            yield from _amount_lines(should, standing)


def _kind_key(charge: Charge) -> tuple[str, str, object, bool]:
    return charge.component, charge.of, charge.vat_rate, charge.includes_vat


def _amount_lines(should: Sequence[Charge], standing: Sequence[Charge]) -> Iterator[Charge]:
    if not standing:
        yield from should
        return
    nothing = zero(standing[0].amount.currency)
    target = sum((charge.amount for charge in should), nothing)
    left: dict[str, Money] = {}
    for charge in standing:
        key = charge.corrects or charge.key
        left[key] = left.get(key, nothing) + charge.amount
    missing = target - sum(left.values(), nothing)
    if should and _same_sign(missing, target):
        told = (*should[0].steps, f"{target - missing} charged before")
        yield msgspec.structs.replace(should[0], amount=missing, steps=told)
        return
    for charge in reversed([charge for charge in standing if charge.corrects is None]):
        if missing == nothing:
            return
        amount = left[charge.key]
        if amount == nothing:
            continue
        taken = max(missing, -amount) if nothing < amount else min(missing, -amount)
        yield msgspec.structs.replace(charge, amount=taken, corrects=charge.key)
        missing = missing - taken


def _same_sign(first: Money, second: Money) -> bool:
    return first.amount * second.amount > 0


def left_standing(posted: Sequence[PostedCharge]) -> dict[tuple[str, Period], Money]:
    """Of usage and true-ups that a reversal took back, at least in part: what stands for the period."""
    reversals = [entry.charge for entry in posted if entry.charge.kind == "reversal"]
    charges = {entry.charge.key: entry.charge for entry in posted} if reversals else {}
    found = [original for line in reversals if (original := charges.get(line.corrects or "")) is not None]
    left = {
        (charge.component, charge.whole_period): zero(charge.amount.currency)
        for charge in found
        if charge.kind in ("usage", "minimum")
    }
    for charge in charges.values() if left else ():
        place = charge.component, charge.whole_period
        if place in left and not charge.of:
            left[place] = left[place] + charge.amount
    return left


def with_revisions(charges: Iterable[Charge], posted: Sequence[PostedCharge]) -> list[Charge]:
    """A key that was used before gets the next revision."""
    used = Counter(_unrevised_key(entry.charge) for entry in posted)
    result = []
    for charge in charges:
        key = _unrevised_key(charge)
        result.append(msgspec.structs.replace(charge, revision=used[key]))
        used[key] += 1
    return result


def _unrevised_key(charge: Charge) -> tuple[str, str, str, date, date]:
    return charge.subscription, charge.component, charge.of, charge.from_on, charge.to_on
