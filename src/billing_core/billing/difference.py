"""Charging is a difference, not an increment: what turns the posted charges into the owed ones.

Fees are compared day by day within their period. For every rate (component, price, quantity, percentage; whatever the
tariff) the days posted are compared with the days owed:

- days that should not have been charged become a credit that names the charge it corrects;
- days that are missing become a charge;
- both are priced so that posted plus difference equals owed, to the cent, and nothing is credited beyond its amount.

Worked example (billing day 1): 300.00 was posted for June (30 days), then the tariff is changed to 500.00 from
11 June on:

    [11 Jun, 1 Jul)  -300 x 20/30 = -200.00, corrects the 300.00
    [11 Jun, 1 Jul)   500 x 20/30 =  333.33

What days do not explain (usage, discounts, surcharges, true-ups) is compared by its amount, within its period: what is
missing is charged beside what stands on record, what is too much is taken back from the newest charge of its kind, each
under its own tariff unless all of them come to the same.

    usage of January posted 102.00, later known to be 115.00   ->   13.00
    usage of January posted 115.00, later known to be 102.00   ->  -13.00, corrects the 115.00

A one-off fee belongs to no period: it is the same fee whatever its day, so it is compared over the whole
subscription, by component and rate. Its day moves with the activation, and nothing is credited or charged for that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

import msgspec

from billing_core.billing.charges import ONE_DAY, Charge, ChargeReversed, PostedCharge, rate_of
from billing_core.billing.owed import OwedPeriod
from billing_core.billing.periods import Period
from billing_core.errors import RuleViolation
from billing_core.money import Money, minor_unit, split, total, zero

BY_DAYS = "recurring"


class _Both(NamedTuple):
    """What stands on record for one period of a component, and what is owed for it (None: there is no such period)."""

    owed: OwedPeriod | None
    posted: list[PostedCharge]


def differences(owed: Iterable[OwedPeriod], posted: Iterable[PostedCharge]) -> list[Charge]:
    """Charges and credits that turn the charges of some periods into the owed ones; one-off fees are left alone.

    `posted` holds everything ever posted for the same periods. What was reversed by hand is settled: it is neither
    charged again nor credited again.
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
    return [charge for both in periods.values() for charge in _difference(both)]


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
        {day for charge in entry.charges if charge.kind == BY_DAYS for day in _days_of(charge)}
        for entry in (first, second)
    )

    def worth(sample: Charge, days: set[date]) -> Money:
        parts = ((first, days & before), (second, days & since))
        return total((entry.worth(sample, inside) for entry, inside in parts if inside), sample.amount.currency)

    def share_text(from_on: date, to_on: date) -> str:
        return (first if from_on in before else second).share_text(from_on, to_on)

    charges = [*first.charges, *second.charges]
    return first._replace(charges=charges, worth=worth, share_text=share_text)


def _difference(both: _Both) -> list[Charge]:
    owed, posted = both
    charges = owed.charges if owed else []
    if charges and not posted:
        return charges
    return [*_fee_difference(owed, posted), *_amount_difference(charges, posted)]


def _fee_difference(owed: OwedPeriod | None, posted: Sequence[PostedCharge]) -> Iterator[Charge]:
    charges = owed.charges if owed else []
    settled = _settled_days(posted)
    rates = {rate_of(charge): charge for charge in [*(entry.charge for entry in posted), *charges]}
    for rate, sample in rates.items():
        if rate.kind == BY_DAYS:
            standing = [entry.charge for entry in posted if rate_of(entry.charge) == rate]
            should = [charge for charge in charges if rate_of(charge) == rate]
            yield from _rate_difference(owed, should, standing, sample, settled)


def _amount_difference(owed: Sequence[Charge], posted: Sequence[PostedCharge]) -> Iterator[Charge]:
    """By component and VAT rate: what sums up alike stands; else by tariff what is missing, or what is too much."""
    by_kind: dict[object, tuple[list[Charge], list[Charge]]] = defaultdict(lambda: ([], []))
    for charge in (entry.charge for entry in posted):
        if charge.kind not in (BY_DAYS, "reversal"):
            by_kind[_kind_key(charge)][1].append(charge)
    for charge in owed:
        if charge.kind != BY_DAYS:
            by_kind[_kind_key(charge)][0].append(charge)
    reversed_by_hand = {entry.charge.corrects for entry in posted if entry.charge.kind == "reversal"}
    for should, standing in by_kind.values():
        if _come_to_the_same(should, standing):
            continue
        for tariff in dict.fromkeys(charge.tariff for charge in [*standing, *should]):
            stands = [charge for charge in standing if charge.tariff == tariff]
            if reversed_by_hand.isdisjoint(charge.key for charge in stands):
                yield from _amount_lines([charge for charge in should if charge.tariff == tariff], stands)


def _kind_key(charge: Charge) -> tuple[str, str, object, bool]:
    return charge.component, charge.of, charge.vat_rate, charge.includes_vat


def _come_to_the_same(should: Sequence[Charge], standing: Sequence[Charge]) -> bool:
    return sum(charge.amount.amount for charge in should) == sum(charge.amount.amount for charge in standing)


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


def one_off_difference(owed: Sequence[Charge], posted: Sequence[PostedCharge], on: date) -> list[Charge]:
    """Credits and charges that turn the one-off fees posted for a subscription into the owed ones.

    `owed` holds the fees past and to come, `posted` everything ever posted for the subscription. A posted fee stands
    while one is owed at its rate on whatever day, also on one to come; what is missing is charged if it is due up to
    and including `on`. A fee that was reversed by hand is settled: it is neither charged nor credited again.
    """
    charges = {entry.charge.key: entry.charge for entry in posted}
    taken_back = {charge.corrects: charge.kind for charge in charges.values() if charge.corrects is not None}
    fees = [charge for charge in charges.values() if charge.kind == "one-off" and charge.corrects is None]
    settled = [fee for fee in fees if taken_back.get(fee.key) == "reversal"]
    standing = [fee for fee in fees if fee.key not in taken_back]
    # Those of the same day first: where one more is owed, the one that is charged is then that of its own day.
    missing = _without(owed, standing, lambda fee: (rate_of(fee), fee.amount, fee.from_on))
    missing = _without(missing, settled, lambda fee: (fee.component, fee.from_on))
    missing = _without(missing, standing, lambda fee: (rate_of(fee), fee.amount))
    missing = _without(missing, settled, lambda fee: fee.component)
    credits = [msgspec.structs.replace(fee, amount=-fee.amount, corrects=fee.key) for fee in standing]
    return [*credits, *(fee for fee in missing if fee.from_on <= on)]


def _without(owed: Iterable[Charge], on_record: list[Charge], of: Callable[[Charge], object]) -> list[Charge]:
    """The owed fees that are like none on record; those that are alike are taken off `on_record`, one for one."""
    left = []
    for fee in owed:
        alike = next((entry for entry in on_record if of(entry) == of(fee)), None)
        if alike is None:
            left.append(fee)
        else:
            on_record.remove(alike)
    return left


def one_offs_after(one_offs: Sequence[str], fees: Sequence[Charge]) -> list[str]:
    """The one-off components that stand on record, once for each time, after these fees and credits are posted."""
    left = list(one_offs)
    for fee in fees:
        if fee.corrects is not None and fee.component in left:
            left.remove(fee.component)
    return [*left, *(fee.component for fee in fees if fee.corrects is None)]


def _settled_days(posted: Sequence[PostedCharge]) -> set[date]:
    """The days of fees that a reversal took back: those that no correction had taken back before."""
    charges = {entry.charge.key: entry.charge for entry in posted}
    settled: set[date] = set()
    for reversal in charges.values():
        original = charges.get(reversal.corrects or "")
        if reversal.kind != "reversal" or original is None or original.kind != BY_DAYS:
            continue
        days = set(_days_of(original))
        for charge in charges.values():
            if charge.corrects == original.key and charge.kind != "reversal":
                days.difference_update(_days_of(charge))
        settled |= days
    return settled


def _rate_difference(
    owed: OwedPeriod | None,
    should: Sequence[Charge],
    standing: Sequence[Charge],
    sample: Charge,
    settled: set[date],
) -> Iterator[Charge]:
    covered, left = _on_record(standing, settled)
    wanted = {day for charge in should for day in _days_of(charge)} - settled
    nothing = zero(sample.amount.currency)

    def worth(days: set[date]) -> Money:
        return owed.worth(sample, days) if owed and days else nothing

    if covered.keys() == wanted and (settled or _sum(left, nothing) == worth(wanted)):
        return

    posted = {charge.key: charge for charge in standing}
    anew = {day: charge for charge in should for day in _days_of(charge)}
    surplus = {day: key for day, key in covered.items() if day not in wanted}
    kept: dict[str, set[date]] = defaultdict(set)
    for day, key in covered.items():
        if day in wanted:
            kept[key].add(day)
    missing = wanted - covered.keys()
    credits = {key: left[key] - min(left[key], worth(kept[key])) for key in dict.fromkeys(surplus.values())}
    extra = worth(wanted) - _sum(left, nothing) + _sum(credits, nothing)
    if extra < nothing or (extra != nothing and not missing):
        # Rounded one by one, the charges are a cent off the owed amount: one that is credited in part takes it, else
        # the whole rate is taken back and charged anew. No charge is ever credited beyond its amount.
        fitting = (key for key in credits if kept[key] and nothing <= credits[key] - extra <= left[key])
        if (partial := next(fitting, None)) is not None:
            credits[partial], extra = credits[partial] - extra, nothing
        else:
            surplus, credits = covered, left
            missing, extra = wanted, worth(wanted)
    for key, amount in credits.items():
        days = {day: posted[key] for day in surplus if surplus[day] == key}
        credit = list(_lines(days, -amount, owed, key))
        is_told = amount == left[key] or _is_near(amount, worth(set(days)))
        yield from credit if is_told else _told_by_what_stays(credit, left[key], left[key] - amount)
    yield from _lines({day: anew[day] for day in missing}, extra, owed)


def _is_near(amount: Money, other: Money) -> bool:
    """Whether two amounts differ by no more than a rounding."""
    return abs((amount - other).amount) <= minor_unit(amount.currency)


def _told_by_what_stays(credit: Sequence[Charge], charged: Money, stays: Money) -> Iterator[Charge]:
    """The days that stay are not measured as they were: they are a stub now, or they are not prorated."""
    return (msgspec.structs.replace(line, steps=(f"{charged} charged, {stays} stays",)) for line in credit)


def _sum(amounts: dict[str, Money], nothing: Money) -> Money:
    return sum(amounts.values(), nothing)


def _on_record(standing: Sequence[Charge], settled: set[date]) -> tuple[dict[date, str], dict[str, Money]]:
    """By which charge each day is covered, and what is left of each of these charges; without settled days."""
    covered: dict[date, str] = {}
    left: dict[str, Money] = {}
    for charge in standing:
        if charge.corrects is None:
            left[charge.key] = charge.amount
            covered |= dict.fromkeys(_days_of(charge), charge.key)
        else:
            left[charge.corrects] = left[charge.corrects] + charge.amount
            for day in _days_of(charge):
                covered.pop(day, None)
    for day in settled:
        covered.pop(day, None)
    return covered, {key: left[key] for key in covered.values()}


def _lines(days: dict[date, Charge], amount: Money, owed: OwedPeriod | None, corrects: str = "") -> Iterator[Charge]:
    """One line for each unbroken stretch of days that are charged by the same charge."""
    stretches = list(_stretches(days))
    if not stretches:
        return
    lengths = [(to_on - from_on).days for from_on, to_on, _ in stretches]
    for (from_on, to_on, like), length, part in zip(stretches, lengths, split(amount, lengths), strict=True):
        period = owed.period if owed else like.whole_period
        yield msgspec.structs.replace(
            like,
            from_on=from_on,
            to_on=to_on,
            amount=part,
            days=length,
            period_days=period.days,
            period=None if (from_on, to_on) == (period.from_on, period.to_on) else period,
            share=owed.share_text(from_on, to_on) if owed else like.share,
            revision=0,
            corrects=corrects or None,
        )


def _stretches(days: dict[date, Charge]) -> Iterator[tuple[date, date, Charge]]:
    """Unbroken stretches of days that are charged by the same charge, as (from, to, that charge)."""
    ordered = sorted(days)
    rank = {day: index for index, day in enumerate(ordered)}
    runs = groupby(ordered, key=lambda day: (day.toordinal() - rank[day], days[day].key))
    for _, run in runs:
        members = list(run)
        yield members[0], members[-1] + ONE_DAY, days[members[0]]


def _days_of(charge: Charge) -> Iterator[date]:
    return (charge.from_on + timedelta(days=offset) for offset in range((charge.to_on - charge.from_on).days))


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


def reverse(charge: Charge, posted: Sequence[PostedCharge], reason: str, on: date) -> ChargeReversed:
    """Take back what is left of a charge after its corrections; nothing left is a `RuleViolation`."""
    corrections = [entry.charge for entry in posted if entry.charge.corrects == charge.key]
    left = charge.amount + total((line.amount for line in corrections), charge.amount.currency)
    if charge.corrects is not None:
        raise RuleViolation("is itself a correction; reverse the charge it corrects", field="charge", value=charge.key)
    if left <= zero(left.currency):
        raise RuleViolation("nothing is left of it to reverse", field="charge", value=charge.key)
    line = msgspec.structs.replace(charge, kind="reversal", amount=-left, corrects=charge.key)
    return ChargeReversed(effective_on=on, reversal=with_revisions([line], posted)[0], reason=reason)
