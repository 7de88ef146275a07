"""Adjustments: discounts and surcharges of one period, which are parts of other components, stacked in their order.

On a fee each is a price of its own for a whole period, on the days on which it holds, and costs what the same part of
the period costs that the fee is charged for (`proration`):

    30.00 a month, 10 % off, active from 15 March:   3.00 x 17/31 off

- A percentage is that of the price that those before it left, to the cent: 100.00, 10 % and then 20 % off: 10.00, then
  18.00; 99.99, 50 % and then 100 % off: 50.00 (49.995), then 49.99.
- An amount is taken off as it is, but never more than is left. One that is on several fees is split over their prices
  by largest remainder, evenly if all of them cost nothing. During a suspension the same percentage of it is charged as
  of the fee:

      5.00 off two fees of 300.00 each, 50 % charged:   2.50 for each of them, 50 % of that is 1.25 off 150.00

Usage and true-ups are no price of a period but an amount of some days: of these an adjustment takes its part of the
amount, if it holds on some of the days only the part that those are of the charged days of the period.

    usage of 30.00 in April, 10 % off up to the 16th:   30.00 x 15/30 x 10 % = 1.50 off
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from functools import partial
from typing import NamedTuple

import msgspec

from billing_core.catalogue.components import Discount
from billing_core.catalogue.tariffs import price_on
from billing_core.charging.adjustments_in_force import InForce, stacked
from billing_core.charging.charges import Charge, period_beyond
from billing_core.charging.proration import price_of
from billing_core.charging.recurring import Slice
from billing_core.charging.schedule import DuePeriod
from billing_core.kernel.money import minor_unit, rounded, split
from billing_core.kernel.phrases import Phrase, joined, phrase
from billing_core.kernel.spans import Span
from billing_core.services.terms_in_force import ALL_PERCENT, ONE

# Wide enough for every product of prices, quantities and percentages, which are decimals: nothing is rounded by it.
_WIDE = Context(prec=400)
Described = tuple[Fraction, Phrase | str]  # An amount in words.


def adjustments_in(
    lines: Sequence[Charge], found: Sequence[InForce], due: DuePeriod, fees: Sequence[Slice]
) -> Iterator[Charge]:
    """The discounts and surcharges on the lines of one component in one period.

    `fees` are the charged days of all fees of the subscription around the period, for an amount that is on several.
    """
    days = {on for entry in found for on in _days_of(entry)} | {on for fee in fees for on in (fee.from_on, fee.to_on)}
    for line in lines:
        parts = line.span.cut(sorted(days))
        if line.is_priced_by_days:
            yield from _joined([one for part in parts for one in _on_fee(line, part, found, fees)])
        else:
            yield from _on_amount(line, list(parts), found, due)


def _days_of(entry: InForce) -> Iterator[date]:
    """The days on which anything about an adjustment becomes another."""
    for days in entry.days:
        yield days.from_on
        yield days.end
    yield from (price.valid_from for price in entry.adjustment.prices)


def _line(entry: InForce, line: Charge, days: Span) -> Charge:
    """The common content of an adjustment's lines; the amount is still that of the line that it applies to."""
    is_discount = isinstance(entry.adjustment, Discount)
    return msgspec.structs.replace(
        line,
        component=entry.adjustment.code,
        of=line.component,
        description=f"{entry.adjustment.name} ({line.description})",
        kind="discount" if is_discount else "surcharge",
        from_on=days.from_on,
        to_on=days.end,
        unit_price=Decimal(0),
        agreed=False,
        quantity=ONE,
        percent=ALL_PERCENT,
        period=period_beyond(days, line.whole_period),
        steps=(),
    )


def _of_what_is_left(entry: InForce, left: Fraction, amount: Callable[[], Described]) -> Described:
    """What an adjustment takes off or adds: its percentage of what those before it left, or its amount."""
    percent = entry.adjustment.percent
    taken, words = amount() if percent is None else (left * Fraction(percent) / 100, phrase("percent", percent))
    return (-min(taken, left) if isinstance(entry.adjustment, Discount) else taken), words


# --- on a fee


def _on_fee(line: Charge, days: Span, found: Sequence[InForce], fees: Sequence[Slice]) -> Iterator[Charge]:
    """The adjustments on some days of a fee on which the same ones hold, each stacked on those before."""
    left = line.period_price
    for number in stacked(found, days.from_on):
        entry = found[number]
        price, words = _of_what_is_left(entry, left, partial(_amount, entry, line, days.from_on, fees))
        if price:
            like = _line(entry, line, days)
            yield msgspec.structs.replace(
                like,
                amount=price_of(days, price, line.measured_by, line.amount.currency),
                unit_price=_exact(price),
                basis=line.measured_by,
                steps=(_taken(entry, words, left, line),),
            )
        left = max(left + Fraction(rounded(price, line.amount.currency).amount), Fraction(0))


def _amount(entry: InForce, line: Charge, on: date, fees: Sequence[Slice]) -> Described:
    """An amount in a whole period, or its part of one that is on several fees."""
    currency = entry.tariff.currency
    amount = Fraction(price_on(entry.tariff, entry.adjustment, on).amount)
    notes = []
    prices = {fee.piece.component.code: Fraction(fee.period_price) for fee in fees
              if fee.contains(on) and entry.adjustment.is_on(fee.piece.component)}  # fmt: skip
    if len(prices) > 1:
        notes.append(phrase("on-fees", _shown(amount, line), len(prices)))
        weights = list(prices.values()) if any(prices.values()) else [Fraction(1)] * len(prices)
        parts = dict(zip(prices, split(rounded(amount, currency), weights), strict=True))
        amount = Fraction(parts[line.component].amount)
    if line.percent != ALL_PERCENT:
        notes.insert(0, phrase("percent-of", line.percent, _shown(amount, line)))
        amount = amount * Fraction(line.percent) / 100
    words: Phrase | str = _shown(amount, line)
    for note in notes:
        words = phrase("with-note", words, note)
    return amount, words


def _joined(lines: Iterable[Charge]) -> list[Charge]:
    """Lines of one adjustment that follow on at the same price are one, in the order of the adjustments."""
    found: dict[str, list[Charge]] = {}
    for line in lines:
        same = found.setdefault(line.component, [])
        if same and same[-1].to_on == line.from_on and _terms_of(same[-1]) == _terms_of(line):
            period = period_beyond(Span(same[-1].from_on, line.to_on), line.whole_period)
            amount = same[-1].amount + line.amount
            same[-1] = msgspec.structs.replace(same[-1], to_on=line.to_on, amount=amount, period=period)
        else:
            same.append(line)
    return [line for same in found.values() for line in same]


def _terms_of(line: Charge) -> tuple[object, ...]:
    return line.description, line.unit_price, line.steps


# --- on an amount


class _Part(NamedTuple):
    """The part that an adjustment takes of the whole of an amount that those before it left, for some charged days of
    it.
    """

    days: Span
    charged: int
    left: Fraction
    taken: Fraction
    words: Phrase | str


def _on_amount(line: Charge, parts: Sequence[Span], found: Sequence[InForce], due: DuePeriod) -> Iterator[Charge]:
    """The adjustments on usage or a true-up, which is spread over its charged days alike."""
    charged = [_charged_days(due, part) for part in parts]
    of_line, of_period = sum(charged) or 1, _charged_days(due, due.period) or 1
    taken: list[list[_Part]] = [[] for _ in found]
    for part, days in zip(parts, charged, strict=True):
        left = Fraction(line.amount.amount)  # For all days of the line; the part has its days' part of it.
        for number in stacked(found, part.from_on) if days else ():
            entry, share = found[number], Fraction(of_line, of_period)
            whole, words = _of_what_is_left(entry, left, partial(_amount_of_part, entry, line, part.from_on, share))
            taken[number].append(_Part(part, days, left, whole, words))
            left += Fraction(rounded(whole, line.amount.currency).amount)
    for entry, inside in zip(found, taken, strict=True):
        cost = sum((part.taken * part.charged for part in inside), Fraction(0)) / of_line
        if cost:
            like = _line(entry, line, Span(inside[0].days.from_on, inside[-1].days.to_on))
            amount, steps = rounded(cost, line.amount.currency), (_amount_words(entry, line, inside, of_line),)
            yield msgspec.structs.replace(like, amount=amount, steps=steps)


def _amount_of_part(entry: InForce, line: Charge, on: date, share: Fraction) -> Described:
    """The share of an amount that the days of a line are of those of its period."""
    price = Fraction(price_on(entry.tariff, entry.adjustment, on).amount)
    shown = _shown(price, line)
    return price * share, shown if share == 1 else phrase("times", shown, str(share))


def _amount_words(entry: InForce, line: Charge, parts: Sequence[_Part], of_line: int) -> Phrase:
    days: dict[tuple[Phrase | str, Fraction], int] = {}
    for part in parts:
        days[part.words, part.left] = days.get((part.words, part.left), 0) + part.charged
    texts = []
    for (text, left), charged in days.items():
        taken = _taken(entry, text, left, line)
        texts.append(taken if charged == of_line else phrase("for-days", taken, charged, of_line))
    return joined("sum", texts)


def _charged_days(due: DuePeriod, days: Span) -> int:
    inside = (piece.within(days) for piece in due.pieces)
    return sum(part.days for part in inside if part is not None)


# --- words


def _taken(entry: InForce, words: Phrase | str, left: Fraction, line: Charge) -> Phrase:
    return phrase("off" if isinstance(entry.adjustment, Discount) else "on-top-of", words, _shown(left, line))


def _exact(price: Fraction) -> Decimal:
    return _WIDE.divide(Decimal(price.numerator), Decimal(price.denominator))


def _shown(price: Fraction, line: Charge) -> str:
    """An exact price with at least the decimals of its currency."""
    exact, unit = _exact(price), minor_unit(line.amount.currency)
    if Fraction(exact) != price:
        return f"{price} {line.amount.currency}"
    shown = exact.quantize(unit) if exact == exact.quantize(unit) else exact
    return f"{shown:f} {line.amount.currency}"
