"""Fees are compared day by day within their period: what turns the days posted into the days owed.

For every rate (component, price, quantity, percentage; whatever the tariff) the days posted are compared with the days
owed:

- days that should not have been charged become a credit that names the charge it corrects;
- days that are missing become a charge;
- both are priced so that posted plus difference equals owed, to the cent, and nothing is credited beyond its amount.

Worked example (billing day 1): 300.00 was posted for June (30 days), then the tariff is changed to 500.00 from
11 June on:

    [11 Jun, 1 Jul)  -300 x 20/30 = -200.00, corrects the 300.00
    [11 Jun, 1 Jul)   500 x 20/30 =  333.33

Days are counted by their ordinals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

import msgspec

from billing_core.charging.charges import Charge, PostedCharge, Rate, rate_of
from billing_core.charging.expected import OwedPeriod
from billing_core.kernel.money import Money, minor_unit, split, total, zero

BY_DAYS = "recurring"


class OnRecord(NamedTuple):
    """The charges at one rate by their keys: which of them covers each day, and what is left of those."""

    charges: dict[str, Charge]
    covered: dict[int, str]
    left: dict[str, Money]


def days_of(charge: Charge) -> range:
    """The ordinals of the days of a charge."""
    return range(charge.from_on.toordinal(), charge.to_on.toordinal())


def fee_difference(owed: OwedPeriod | None, posted: Sequence[PostedCharge], settled: set[int]) -> Iterator[Charge]:
    """The charges and credits that turn the fees posted for a period into the owed ones, but for settled days."""
    standing, should = _by_rate(entry.charge for entry in posted), _by_rate(owed.charges if owed else ())
    known = (charge for charges in (*standing.values(), *should.values()) for charge in charges)
    is_settled = not settled.isdisjoint(day for charge in known for day in days_of(charge)) if settled else False
    for rate in dict.fromkeys((*standing, *should)):
        wanted = {day: charge for charge in should.get(rate, ()) for day in days_of(charge) if day not in settled}
        yield from _rate_difference(owed, wanted, _on_record(standing.get(rate, ()), settled), is_settled=is_settled)


def _by_rate(charges: Iterable[Charge]) -> Mapping[Rate, list[Charge]]:
    found: dict[Rate, list[Charge]] = {}
    for charge in charges:
        if charge.kind == BY_DAYS:
            found.setdefault(rate_of(charge), []).append(charge)
    return found


def settled_days(posted: Iterable[PostedCharge]) -> dict[str, set[int]]:
    """By fee, the days that a reversal took back: those that no correction had taken back before."""
    known = [entry.charge for entry in posted]
    reversals = [charge for charge in known if charge.kind == "reversal"]
    charges = {charge.key: charge for charge in known} if reversals else {}
    settled: dict[str, set[int]] = defaultdict(set)
    for reversal in reversals:
        original = charges.get(reversal.corrects or "")
        if original is None or original.kind != BY_DAYS:
            continue
        days = set(days_of(original))
        for charge in charges.values():
            if charge.corrects == original.key and charge.kind != "reversal":
                days.difference_update(days_of(charge))
        settled[original.component] |= days
    return settled


def _on_record(standing: Sequence[Charge], settled: set[int]) -> OnRecord:
    """What stands of the charges at one rate, without settled days."""
    charges: dict[str, Charge] = {}
    covered: dict[int, str] = {}
    left: dict[str, Money] = {}
    for charge in standing:
        if charge.corrects is None:
            key = charge.key
            charges[key], left[key] = charge, charge.amount
            covered |= dict.fromkeys(days_of(charge), key)
        else:
            left[charge.corrects] = left[charge.corrects] + charge.amount
            for day in days_of(charge):
                covered.pop(day, None)
    for day in settled & covered.keys():
        del covered[day]
    return OnRecord(charges, covered, {key: left[key] for key in dict.fromkeys(covered.values())})


def _rate_difference(
    owed: OwedPeriod | None, wanted: dict[int, Charge], on_record: OnRecord, *, is_settled: bool
) -> Iterator[Charge]:
    charges, covered, left = on_record
    if not wanted and not covered:
        return
    sample = next(iter(wanted.values() or charges.values()))
    currency = sample.amount.currency
    nothing = zero(currency)

    def worth(days: Collection[int]) -> Money:
        return owed.worth(sample, days) if owed and days else nothing

    target, stands = worth(wanted), total(left.values(), currency)
    if covered.keys() == wanted.keys() and (is_settled or stands == target):
        return

    surplus = {day: key for day, key in covered.items() if day not in wanted}
    kept: dict[str, set[int]] = defaultdict(set)
    for day, key in covered.items():
        if day in wanted:
            kept[key].add(day)
    missing = {day: charge for day, charge in wanted.items() if day not in covered}
    credits = {key: left[key] - min(left[key], worth(kept[key])) for key in dict.fromkeys(surplus.values())}
    extra = target - stands + total(credits.values(), currency)
    if extra < nothing or (extra != nothing and not missing):
        # Rounded one by one, the charges are a cent off the owed amount: one that is credited in part takes it, else
        # the whole rate is taken back and charged anew. No charge is ever credited beyond its amount.
        fitting = (key for key in credits if kept[key] and nothing <= credits[key] - extra <= left[key])
        if (partial := next(fitting, None)) is not None:
            credits[partial], extra = credits[partial] - extra, nothing
        else:
            surplus, credits = covered, left
            missing, extra = wanted, target
    for key, amount in credits.items():
        days = [day for day in surplus if surplus[day] == key]
        credit = _lines(dict.fromkeys(days, charges[key]), -amount, owed, corrects=key)
        is_told = amount == left[key] or _is_near(amount, worth(days))
        yield from credit if is_told else _told_by_what_stays(credit, left[key], left[key] - amount)
    yield from _lines(missing, extra, owed)


def _is_near(amount: Money, other: Money) -> bool:
    """Whether two amounts differ by no more than a rounding."""
    return abs((amount - other).amount) <= minor_unit(amount.currency)


def _told_by_what_stays(credit: Iterable[Charge], charged: Money, stays: Money) -> Iterator[Charge]:
    """The days that stay are not measured as they were: they are a stub now, or they are not prorated."""
    return (msgspec.structs.replace(line, steps=(f"{charged} charged, {stays} stays",)) for line in credit)


def _lines(
    days: Mapping[int, Charge], amount: Money, owed: OwedPeriod | None, corrects: str | None = None
) -> Iterator[Charge]:
    """One line for each unbroken stretch of days of the same charge."""
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
            steps=(),  # Those of a credit that was parted are its own.
            revision=0,
            corrects=corrects,
        )


def _stretches(days: Mapping[int, Charge]) -> Iterator[tuple[date, date, Charge]]:
    """Unbroken stretches of days of the same charge, as (from, to, that charge)."""
    ordered = enumerate(sorted(days))
    for _, run in groupby(ordered, key=lambda place: (place[1] - place[0], id(days[place[1]]))):
        members = [day for _, day in run]
        yield date.fromordinal(members[0]), date.fromordinal(members[-1] + 1), days[members[0]]
