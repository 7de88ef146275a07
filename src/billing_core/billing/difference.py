"""Charging is a difference, not an increment: what turns the posted charges of a period into the owed ones.

For every rate (component, tariff and price) the days posted are compared with the days owed:

- days that should not have been charged become a credit that names the charge it corrects;
- days that are missing become a charge;
- both are priced so that posted plus difference equals owed, to the cent, and nothing is credited beyond its amount.

Worked example (billing day 1): 300.00 was posted for June (30 days), then the tariff is changed to 500.00 from
11 June on:

    [11 Jun, 1 Jul)  -300 x 20/30 = -200.00, corrects the 300.00
    [11 Jun, 1 Jul)   500 x 20/30 =  333.33

A one-off fee belongs to no period: it is the same fee whatever its day, so it is compared over the whole
subscription, by component and rate. Its day moves with the activation, and nothing is credited or charged for that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

import msgspec

from billing_core.billing.charges import ONE_DAY, Charge, ChargeReversed, PostedCharge, Rate, prorated
from billing_core.billing.periods import Period
from billing_core.errors import RuleViolation
from billing_core.money import Money, split, total, zero


def difference(period: Period, owed: Sequence[Charge], posted: Sequence[PostedCharge]) -> list[Charge]:
    """Charges and credits that turn the recurring fees posted in one period into the owed ones.

    `posted` holds everything ever posted for the same subscription in that period. Days of a charge that was
    reversed by hand are settled: they are neither charged again nor credited again.
    """
    settled = _settled_days(posted)
    result: list[Charge] = []
    rates = {_rate_of_charge(charge): charge for charge in [*(entry.charge for entry in posted), *owed]}
    for rate, sample in rates.items():
        if rate.kind != "recurring":
            continue
        standing = [entry.charge for entry in posted if _rate_of_charge(entry.charge) == rate]
        should = [charge for charge in owed if _rate_of_charge(charge) == rate]
        result += _rate_difference(period.days, sample, standing, should, settled[rate.component])
    return _with_revisions(result, posted)


def one_off_difference(owed: Sequence[Charge], posted: Sequence[PostedCharge], until: date) -> list[Charge]:
    """Credits and charges that turn the one-off fees posted for a subscription into the owed ones.

    `owed` holds the fees past and to come, `posted` everything ever posted for the subscription. A posted fee stands
    while it is owed at its rate on whatever day, also on one to come; what is missing is charged if its day lies
    before `until`. A fee that was reversed by hand is settled: it is neither charged nor credited again.
    """
    charges = {entry.charge.key: entry.charge for entry in posted}
    taken_back = {charge.corrects: charge.kind for charge in charges.values() if charge.corrects is not None}
    fees = [charge for charge in charges.values() if charge.kind == "one-off" and charge.corrects is None]
    settled = {fee.component for fee in fees if taken_back.get(fee.key) == "reversal"}
    standing = {_rate_of_charge(fee): fee for fee in fees if fee.key not in taken_back}
    rates = {_rate_of_charge(fee) for fee in owed}
    surplus = [fee for rate, fee in standing.items() if rate not in rates]
    missing = [
        fee
        for fee in owed
        if _rate_of_charge(fee) not in standing and fee.component not in settled and fee.from_on < until
    ]
    credits = [msgspec.structs.replace(fee, amount=-fee.amount, corrects=fee.key) for fee in surplus]
    return _with_revisions([*credits, *missing], posted)


def one_offs_after(one_offs: Sequence[str], fees: Sequence[Charge]) -> list[str]:
    """The one-off components that stand on record once these one-off fees and credits are posted."""
    credited = {fee.component for fee in fees if fee.corrects is not None}
    charged = [fee.component for fee in fees if fee.corrects is None]
    return list(dict.fromkeys([*(code for code in one_offs if code not in credited), *charged]))


def _rate_of_charge(charge: Charge) -> Rate:
    return Rate(charge.component, charge.tariff, charge.unit_price, charge.vat_rate, charge.includes_vat, charge.kind)


def _settled_days(posted: Sequence[PostedCharge]) -> dict[str, set[date]]:
    """By component, the days that a reversal took back: those that no correction had taken back before."""
    charges = {entry.charge.key: entry.charge for entry in posted}
    settled: dict[str, set[date]] = defaultdict(set)
    for reversal in charges.values():
        original = charges.get(reversal.corrects or "")
        if reversal.kind != "reversal" or original is None or original.kind != "recurring":
            continue
        days = set(_days_of(original))
        for charge in charges.values():
            if charge.corrects == original.key and charge.kind != "reversal":
                days.difference_update(_days_of(charge))
        settled[original.component] |= days
    return settled


def _rate_difference(
    period_days: int, sample: Charge, standing: list[Charge], should: list[Charge], settled: set[date]
) -> list[Charge]:
    covered, left = _on_record(standing, settled)
    wanted = {day for charge in should for day in _days_of(charge)} - settled
    if covered.keys() == wanted:
        return []

    def worth(days: int) -> Money:
        return prorated(sample.unit_price, days, period_days, sample.amount.currency)

    surplus = {day: key for day, key in covered.items() if day not in wanted}
    kept = Counter(key for day, key in covered.items() if day in wanted)
    missing = dict.fromkeys(wanted - covered.keys(), "")
    credits = {key: left[key] - min(left[key], worth(kept[key])) for key in dict.fromkeys(surplus.values())}
    nothing = zero(sample.amount.currency)
    extra = worth(len(wanted)) - _sum(left, nothing) + _sum(credits, nothing)
    if extra < nothing or (extra != nothing and not missing):
        # Rounded one by one, the charges are a cent off the owed amount: one that is credited in part takes it, else
        # the whole rate is taken back and charged anew. No charge is ever credited beyond its amount.
        fitting = (key for key in credits if kept[key] and nothing <= credits[key] - extra <= left[key])
        if (partial := next(fitting, None)) is not None:
            credits[partial], extra = credits[partial] - extra, nothing
        else:
            surplus, credits = covered, left
            missing, extra = dict.fromkeys(wanted, ""), worth(len(wanted))
    lines: list[Charge] = []
    for key, amount in credits.items():
        lines += _lines(sample, {day: key for day in surplus if surplus[day] == key}, -amount, period_days)
    return [*lines, *_lines(sample, missing, extra, period_days)]


def _sum(amounts: dict[str, Money], nothing: Money) -> Money:
    return sum(amounts.values(), nothing)


def _on_record(standing: list[Charge], settled: set[date]) -> tuple[dict[date, str], dict[str, Money]]:
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


def _lines(sample: Charge, days: dict[date, str], amount: Money, period_days: int) -> Iterator[Charge]:
    """One line for each unbroken stretch of days that corrects the same charge (or none)."""
    stretches = list(_stretches(days))
    if not stretches:
        return
    lengths = [(to_on - from_on).days for from_on, to_on, _ in stretches]
    for (from_on, to_on, corrects), length, part in zip(stretches, lengths, split(amount, lengths), strict=True):
        yield msgspec.structs.replace(
            sample,
            from_on=from_on,
            to_on=to_on,
            amount=part,
            days=length,
            period_days=period_days,
            revision=0,
            corrects=corrects or None,
        )


def _stretches(days: dict[date, str]) -> Iterator[tuple[date, date, str]]:
    """Unbroken stretches of days that correct the same charge, as (from, to, key of that charge)."""
    ordered = sorted(days)
    rank = {day: index for index, day in enumerate(ordered)}
    runs = groupby(ordered, key=lambda day: (day.toordinal() - rank[day], days[day]))
    for (_, corrects), run in runs:
        members = list(run)
        yield members[0], members[-1] + ONE_DAY, corrects


def _days_of(charge: Charge) -> Iterator[date]:
    return (charge.from_on + timedelta(days=offset) for offset in range((charge.to_on - charge.from_on).days))


def _with_revisions(charges: Iterable[Charge], posted: Sequence[PostedCharge]) -> list[Charge]:
    """A key that was used before gets the next revision."""
    used = Counter(_unrevised_key(entry.charge) for entry in posted)
    result = []
    for charge in charges:
        key = _unrevised_key(charge)
        result.append(msgspec.structs.replace(charge, revision=used[key]))
        used[key] += 1
    return result


def _unrevised_key(charge: Charge) -> tuple[str, str, date, date]:
    return charge.subscription, charge.component, charge.from_on, charge.to_on


def reverse(charge: Charge, posted: Sequence[PostedCharge], reason: str, on: date) -> ChargeReversed:
    """Take back what is left of a charge after its corrections; nothing left is a `RuleViolation`."""
    corrections = [entry.charge for entry in posted if entry.charge.corrects == charge.key]
    left = charge.amount + total((line.amount for line in corrections), charge.amount.currency)
    if charge.corrects is not None:
        raise RuleViolation("is itself a correction; reverse the charge it corrects", field="charge", value=charge.key)
    if left <= zero(left.currency):
        raise RuleViolation("nothing is left of it to reverse", field="charge", value=charge.key)
    line = msgspec.structs.replace(charge, kind="reversal", amount=-left, corrects=charge.key)
    return ChargeReversed(effective_on=on, reversal=_with_revisions([line], posted)[0], reason=reason)
