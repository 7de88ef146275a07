"""Fees are compared day by day within their period: what turns the days posted into the days owed.

For every rate (component, tariff, price, quantity, percentage) the days posted are compared with the days owed:

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
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

import msgspec

from billing_core.billing.charges import Charge, PostedCharge, Rate, rate_of
from billing_core.billing.owed import OwedPeriod
from billing_core.money import Money, split, total, zero

BY_DAYS = "recurring"


class OnRecord(NamedTuple):
    """Which charge covers each day, and what is left of each of these charges."""

    covered: dict[int, str]
    left: dict[str, Money]


def days_of(charge: Charge) -> range:
    """The ordinals of the days of a charge."""
    return range(charge.from_on.toordinal(), charge.to_on.toordinal())


def fee_difference(owed: OwedPeriod | None, posted: Sequence[PostedCharge]) -> Iterator[Charge]:
    """The charges and credits that turn the fees posted for a period into the owed ones."""
    standing, should = _by_rate(entry.charge for entry in posted), _by_rate(owed.charges if owed else ())
    settled = _settled_days(posted)
    for rate in dict.fromkeys((*standing, *should)):
        wanted = {day for charge in should.get(rate, ()) for day in days_of(charge)} - settled
        sample = (should.get(rate) or standing[rate])[-1]
        yield from _rate_difference(owed, wanted, _on_record(standing.get(rate, ()), settled), sample, bool(settled))


def _by_rate(charges: Iterator[Charge] | Sequence[Charge]) -> Mapping[Rate, list[Charge]]:
    found: dict[Rate, list[Charge]] = {}
    for charge in charges:
        if charge.kind == BY_DAYS:
            found.setdefault(rate_of(charge), []).append(charge)
    return found


def _settled_days(posted: Sequence[PostedCharge]) -> set[int]:
    """The days of fees that a reversal took back: those that no correction had taken back before."""
    charges = {entry.charge.key: entry.charge for entry in posted}
    settled: set[int] = set()
    for reversal in charges.values():
        original = charges.get(reversal.corrects or "")
        if reversal.kind != "reversal" or original is None or original.kind != BY_DAYS:
            continue
        days = set(days_of(original))
        for charge in charges.values():
            if charge.corrects == original.key and charge.kind != "reversal":
                days.difference_update(days_of(charge))
        settled |= days
    return settled


def _on_record(standing: Sequence[Charge], settled: set[int]) -> OnRecord:
    """What stands of the charges at one rate, without settled days."""
    covered: dict[int, str] = {}
    left: dict[str, Money] = {}
    for charge in standing:
        if charge.corrects is None:
            left[charge.key] = charge.amount
            covered |= dict.fromkeys(days_of(charge), charge.key)
        else:
            left[charge.corrects] = left[charge.corrects] + charge.amount
            for day in days_of(charge):
                covered.pop(day, None)
    for day in settled:
        covered.pop(day, None)
    return OnRecord(covered, {key: left[key] for key in dict.fromkeys(covered.values())})


def _rate_difference(
    owed: OwedPeriod | None, wanted: set[int], on_record: OnRecord, sample: Charge, is_settled: bool
) -> Iterator[Charge]:
    covered, left = on_record
    currency = sample.amount.currency
    nothing = zero(currency)

    def worth(days: set[int]) -> Money:
        return owed.worth(sample, days) if owed and days else nothing

    target, stands = worth(wanted), total(left.values(), currency)
    if covered.keys() == wanted and (is_settled or stands == target):
        return

    surplus = {day: key for day, key in covered.items() if day not in wanted}
    kept: dict[str, set[int]] = defaultdict(set)
    for day, key in covered.items():
        if day in wanted:
            kept[key].add(day)
    missing = dict.fromkeys(wanted - covered.keys(), "")
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
            missing, extra = dict.fromkeys(wanted, ""), target
    for key, amount in credits.items():
        yield from _lines(sample, {day: key for day in surplus if surplus[day] == key}, -amount, owed)
    yield from _lines(sample, missing, extra, owed)


def _lines(sample: Charge, days: dict[int, str], amount: Money, owed: OwedPeriod | None) -> Iterator[Charge]:
    """One line for each unbroken stretch of days that corrects the same charge (or none)."""
    stretches = list(_stretches(days))
    if not stretches:
        return
    lengths = [(to_on - from_on).days for from_on, to_on, _ in stretches]
    period = owed.period if owed else sample.whole_period
    for (from_on, to_on, corrects), length, part in zip(stretches, lengths, split(amount, lengths), strict=True):
        yield msgspec.structs.replace(
            sample,
            from_on=from_on,
            to_on=to_on,
            amount=part,
            days=length,
            period_days=period.days,
            period=None if (from_on, to_on) == (period.from_on, period.to_on) else period,
            share=owed.share_text(from_on, to_on) if owed else sample.share,
            revision=0,
            corrects=corrects or None,
        )


def _stretches(days: dict[int, str]) -> Iterator[tuple[date, date, str]]:
    """Unbroken stretches of days that correct the same charge, as (from, to, key of that charge)."""
    ordered = enumerate(sorted(days))
    for (_, corrects), run in groupby(ordered, key=lambda place: (place[1] - place[0], days[place[1]])):
        members = [day for _, day in run]
        yield date.fromordinal(members[0]), date.fromordinal(members[-1] + 1), corrects
