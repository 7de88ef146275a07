"""Charging is a difference, not an increment: what turns the posted charges into the expected ones.

*Priced by days* (fees, and discounts and surcharges on them). What was posted and what is expected are two step
functions: each day has a rate, or none. Days at another rate than the expected one are credited, days without their
rate are charged:

    June, 300.00 posted for [1 Jun, 1 Jul), then 500.00 from 11 June on

    posted     |------------- 300.00 ------------------------------|
    expected   |----- 300.00 ------|----------- 500.00 ------------|
               1 Jun               11 Jun                          1 Jul
    difference                      -300 x 20/30 = -200.00, corrects the 300.00
                                     500 x 20/30 =  333.33

What some days cost at a rate does not depend on how they were cut (`proration`), so credits and repeated charges net to
the expected amount, to the cent. Another basis is another rate: a period that turns out to be a stub is credited as it
was charged, and charged as a stub. The same rate in another price list changes nothing.

*By amount* (usage, true-ups, and what is on these). Lines of one component and VAT rate that begin on one day are
compared by their sums:

    usage of January posted 102.00, later known to be 115.00   ->   13.00
    usage of January posted 115.00, later known to be 102.00   ->  -13.00, corrects the 115.00

One-off fees are compared over the whole subscription (`one_off_difference`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import TypeVar

import msgspec

from billing_core.charging.charges import Charge, Rate, how, period_beyond, rate_of
from billing_core.kernel.money import Money, total
from billing_core.kernel.phrases import phrase
from billing_core.kernel.spans import Span, without

Key = TypeVar("Key")


def differences(expected: Sequence[Charge], posted: Sequence[Charge]) -> list[Charge]:
    """Charges and credits that turn the posted charges of some periods into the expected ones, but for one-off fees.

    `posted` holds everything that was ever posted for the same periods. The lines stand by component and period.
    """
    components = {charge.of or charge.component: None for charge in (*expected, *posted)}
    places = {component: place for place, component in enumerate(components)}

    def place(line: Charge) -> tuple[int, date, bool]:
        return places[line.of or line.component], line.whole_period.from_on, bool(line.of)

    return sorted([*_by_days(expected, posted), *_by_amount(expected, posted)], key=place)


def _grouped(charges: Iterable[Charge], key: Callable[[Charge], Key]) -> dict[Key, list[Charge]]:
    found: dict[Key, list[Charge]] = {}
    for charge in charges:
        found.setdefault(key(charge), []).append(charge)
    return found


# --- priced by days


class _Days(Span, frozen=True, gc=False, array_like=True):
    """Days of a charge."""

    charge: Charge


def _by_days(expected: Iterable[Charge], posted: Iterable[Charge]) -> Iterator[Charge]:
    standing = _grouped((charge for charge in posted if charge.is_priced_by_days), rate_of)
    wanted = _grouped((charge for charge in expected if charge.is_priced_by_days), rate_of)
    for rate in dict.fromkeys((*standing, *wanted)):
        yield from _rate_difference(rate, wanted.get(rate, []), standing.get(rate, []))


def _rate_difference(rate: Rate, wanted: Sequence[Charge], posted: Sequence[Charge]) -> Iterator[Charge]:
    covered, due = _standing(posted), _in_order(_Days(charge.from_on, charge.to_on, charge) for charge in wanted)
    left = _left_of(posted)
    for days in without(covered, due):
        yield from _taken_back(credit_of(days.charge, days), posted, left)
    for days in without(due, covered):
        yield _part_of(days.charge, days)


def days_left(charge: Charge, posted: Iterable[Charge]) -> Sequence[Span]:
    """The days of a charge that were not credited; all of one that is not priced by days."""
    if not charge.is_priced_by_days:
        return [charge.span]
    return _uncredited(charge, (line for line in posted if line.corrects == charge.key))


def _uncredited(charge: Charge, credits: Iterable[Charge]) -> list[_Days]:
    """The days of a charge without those of its credits.

    A line without days is the rest of one that was too large for its invoice; the days stand with the other.
    """
    taken = _in_order(credit.span for credit in credits if credit.from_on < credit.to_on)
    return list(without([_Days(charge.from_on, charge.to_on, charge)], taken))


def _taken_back(credit: Charge, posted: Sequence[Charge], left: dict[str, Money]) -> Iterator[Charge]:
    """A credit of days; what of the charge is on another document is credited there. `left` is reduced.

    A discount of 12.10 was placed as 12.09 with its days on one invoice, and 0.01 without days on another:

        credit of all its days    12.10   ->   12.09 corrects the one, 0.01 corrects the other
    """
    assert credit.corrects is not None
    excess = credit.amount + left[credit.corrects]
    parts = (charge for charge in posted if charge.corrects is None and _is_part_of(charge, credit))
    for part in parts if excess.amount * credit.amount.amount > 0 else ():
        taken = min(excess, -left[part.key], key=lambda money: abs(money.amount))
        if taken.amount * credit.amount.amount > 0:
            credit, other = part_placed_elsewhere(credit, taken)
            yield msgspec.structs.replace(other, corrects=part.key)
            left[part.key] += taken
            excess -= taken
    left[str(credit.corrects)] += credit.amount
    yield credit


def _is_part_of(part: Charge, credit: Charge) -> bool:
    return part.from_on == part.to_on and part.key != credit.corrects and part.whole_period == credit.whole_period


def _left_of(posted: Iterable[Charge]) -> dict[str, Money]:
    """What is left of each charge after its credits, by its key."""
    left: dict[str, Money] = {}
    for charge in posted:
        key = charge.corrects or charge.key
        left[key] = left[key] + charge.amount if key in left else charge.amount
    return left


def part_placed_elsewhere(credit: Charge, part: Money) -> tuple[Charge, Charge]:
    """A credit as two: all of its days stay with the first, and the other is an amount without days."""
    words = credit.steps if credit.is_priced_by_days else (how(credit),)
    steps = (*words, phrase("part-elsewhere", part))
    stays = msgspec.structs.replace(credit, amount=credit.amount - part, steps=steps)
    other = msgspec.structs.replace(
        credit,
        to_on=credit.from_on,
        period=credit.whole_period,
        amount=part,
        steps=(phrase("part-in-all", part, credit.amount),),
    )
    return stays, other


def _standing(posted: Sequence[Charge]) -> list[_Days]:
    """The days that stand of charges at one rate, without those that were credited, in order."""
    credits = _grouped((charge for charge in posted if charge.corrects is not None), lambda charge: charge.corrects)
    charged = (charge for charge in posted if charge.corrects is None and charge.from_on < charge.to_on)
    return _in_order(days for charge in charged for days in _uncredited(charge, credits.get(charge.key, ())))


AnySpan = TypeVar("AnySpan", bound=Span)


def _in_order(spans: Iterable[AnySpan]) -> list[AnySpan]:
    return sorted(spans, key=lambda span: span.from_on)


def _part_of(charge: Charge, days: Span) -> Charge:
    """A charge for some of its days, at their price: a part of it may stand on another document."""
    if not charge.is_priced_by_days:
        return charge
    return msgspec.structs.replace(
        charge,
        from_on=days.from_on,
        to_on=days.end,
        amount=charge.price_of(days),
        period=period_beyond(days, charge.whole_period),
        steps=charge.price_steps,
    )


def credit_of(charge: Charge, days: Span) -> Charge:
    """The line that takes back some days of a charge; all of one that is not priced by days."""
    part = _part_of(charge, days)
    return msgspec.structs.replace(part, amount=-part.amount, revision=0, corrects=charge.key)


# --- by amount


def _by_amount(expected: Iterable[Charge], posted: Iterable[Charge]) -> Iterator[Charge]:
    standing, wanted = _grouped(filter(_is_amount, posted), _place), _grouped(filter(_is_amount, expected), _place)
    for place in dict.fromkeys((*standing, *wanted)):
        yield from _amount_difference(wanted.get(place, []), standing.get(place, []))


def _is_amount(charge: Charge) -> bool:
    return charge.kind != "one-off" and not charge.is_priced_by_days


def _place(charge: Charge) -> tuple[object, ...]:
    return charge.component, charge.of, charge.vat_rate, charge.includes_vat, charge.from_on


def _amount_difference(wanted: Sequence[Charge], posted: Sequence[Charge]) -> Iterator[Charge]:
    if not posted:
        yield from wanted
        return
    currency = posted[0].amount.currency
    due = total((charge.amount for charge in wanted), currency)
    standing = total((charge.amount for charge in posted), currency)
    missing = due - standing
    if not missing.amount:
        return
    like = wanted[0] if wanted else posted[0]
    steps = (*like.steps, phrase("charged-before", standing)) if wanted else (phrase("nothing-due", standing),)
    line = msgspec.structs.replace(like, amount=missing, steps=steps, revision=0, corrects=None)
    is_more = due.amount * missing.amount > 0
    yield from [line] if is_more else _credits(line, posted)


def _credits(line: Charge, posted: Sequence[Charge]) -> Iterator[Charge]:
    """The excess, taken back from the newest charges first, from each no more than is left of it.

    A credit has the period of the charge that it corrects, also if another grid holds by now.
    """
    corrected = {charge.key: charge for charge in posted if charge.corrects is None}
    left = _left_of(posted)
    missing = line.amount
    for key in reversed(left):
        if not missing.amount or left[key].amount * missing.amount >= 0:
            continue
        taken = max(missing, -left[key]) if missing.amount < 0 else min(missing, -left[key])
        steps = line.steps if taken == line.amount else (*line.steps, phrase("part-in-all", taken, line.amount))
        period = corrected.get(key, line).whole_period
        beyond = period_beyond(line.span, period)
        yield msgspec.structs.replace(line, amount=taken, corrects=key, steps=steps, period=beyond)
        missing = missing - taken
