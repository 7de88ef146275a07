"""Proration: what some days of a period cost, so that its cents do not depend on how it was cut.

Let p be the price of a whole period and G(d) the exact share of the period from day d to its end, 1 at its beginning
and 0 at its end. The price *from d on* is R(p G(d)), rounded once, half-up. What the days `[a, b)` cost is the
difference of two such prices:

    from_on                     a              b             to_on
       |------------------------|==============|---------------|
                                 R(p G(a)) - R(p G(b))

Parts of a period therefore sum to it exactly, in whatever order they were charged, credited and charged again. A part
that reaches the end of its period, and the period itself, are the plain rounding, since G is 0 at the end.

How the share is measured is the *basis* of the price:

- *whole*: every day counts 1; the whole period counts its days.
- *sliced*: the days are cut at the ends of calendar months, and a day counts one part of its own month; the whole
  period counts its months.
- *fixed-30*: every month counts 30 days, the 31st counts as the 30th (30E/360): the measure from one date to another
  is 360 x years + 30 x months + days; the whole period counts 30 for each of its months.
- *none*: nothing is prorated; a period that has begun costs its whole price, which stands on its first charged day: G
  is 1 up to and on that day, then 0.

Worked examples, 450.00 a month, from 15 March on:

    whole     billing day 1, [1 Mar, 1 Apr):     17/31 days                  = 246.77
    fixed-30  billing day 1:                     16/30 days                  = 240.00
    sliced    billing day 10, [10 Mar, 10 Apr):  17/31 + 9/30 of a month     = 381.77
    whole     billing day 10, [10 Mar, 10 Apr):  26/31 days                  = 377.42

    whole     10.00 for [1 Mar, 1 Apr), cut on the 11th:   R(10.00) - R(10.00 x 21/31) = 10.00 - 6.77 = 3.23, and 6.77

In the modes that count in months the measure of a period that does not begin on the first of a month may differ from
its nominal one (15 Jan to 15 Feb: 17/31 + 14/28 = 1.048 of a month). A whole period is divided by what all of its days
measure; only a stub, which the activation or the termination cuts, by the nominal months, and even a stub never counts
more than the whole. A period that is counted in days has an exact length, so there these modes are the first.

    sliced    [15 Jan, 15 Feb), held from 1 Feb on:      17/31 : (17/31 + 14/28) of a month
    sliced    [15 Jan, 15 Feb), terminated on 1 Feb:     17/31 of a month

A basis may have two periods: a first stub that is joined to the period that follows costs its part and the period.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import msgspec

from billing_core.catalogue.components import Proration
from billing_core.kernel.money import Money, rounded
from billing_core.kernel.phrases import Phrase, joined, phrase
from billing_core.kernel.spans import Span
from billing_core.time.period_rules import PeriodRule
from billing_core.time.periods import Period, boundary


class Measured(Period, frozen=True, gc=False, array_like=True):
    """A period that a price is for; `months` is the nominal length of a stub that is measured in months, else 0."""

    months: int = 0


class Basis(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """How the share of a price is measured, over the one or two periods that it is for.

    If nothing is prorated, the only period begins on its first charged day.
    """

    mode: Proration
    periods: tuple[Measured, ...]

    def share(self, on: date) -> Fraction:
        """G: the share of the price from a day to the end, as a number of whole periods."""
        return _share(self, on)

    def whole(self, period: Measured) -> Fraction | int:
        """The measure of one of its whole periods."""
        if period.months:
            return period.months * (30 if self.mode == "fixed-30" else 1)
        return measure(self.mode, period.from_on, period.to_on)


@lru_cache(maxsize=16_384)  # A pure value; a base that is alike asks for the same few thousand of them.
def _share(basis: Basis, on: date) -> Fraction:
    if basis.mode == "none":
        return Fraction(on <= basis.periods[0].from_on)
    return sum((_share_in(basis, period, on) for period in basis.periods if on < period.to_on), Fraction(0))


def _share_in(basis: Basis, period: Measured, on: date) -> Fraction:
    if on <= period.from_on and not period.months:
        return Fraction(1)
    return Fraction(measure(basis.mode, max(on, period.from_on), period.to_on)) / basis.whole(period)


def measure(mode: Proration, from_on: date, to_on: date) -> Fraction | int:
    """The measure of the days `[from_on, to_on)`; the measures of parts sum to that of the whole."""
    if mode == "sliced":
        return sum((Fraction(days, of) for days, of in _slices(from_on, to_on)), Fraction(0))
    if mode == "fixed-30":
        return _thirty_days(to_on) - _thirty_days(from_on)
    return (to_on - from_on).days


def basis_of(mode: Proration, rule: PeriodRule, periods: Sequence[Period], present: Sequence[Period]) -> Basis:
    """The basis of a price for some periods; `present` are the days that activation and termination leave of each."""
    mode = mode if rule.months or mode == "none" else "whole"
    measured = (_measured(mode, rule.months, *pair) for pair in zip(periods, present, strict=True))
    return Basis(mode, tuple(measured))


def _measured(mode: Proration, months: int, period: Period, present: Period) -> Measured:
    if mode == "none":
        return Measured(present.from_on, period.to_on)
    if mode == "whole" or present == period:
        return Measured(period.from_on, period.to_on)
    nominal = months * (30 if mode == "fixed-30" else 1)
    is_more = measure(mode, present.from_on, present.to_on) > nominal
    return Measured(present.from_on, present.to_on, 0 if is_more else months)


def price_of(days: Span, price: Decimal | Fraction, basis: Basis, currency: str) -> Money:
    """The price of some days at a price for a whole period: R(p G(from)) - R(p G(to))."""
    amount = price_from(days.from_on, price, basis, currency)
    if days.end < basis.periods[-1].to_on:
        amount = amount - price_from(days.end, price, basis, currency)
    return amount


def price_from(on: date, price: Decimal | Fraction, basis: Basis, currency: str) -> Money:
    """The price of the days from one on to the end: R(p G)."""
    share = basis.share(on)
    return rounded(price if share == 1 else Fraction(price) * share, currency)


# --- words


def explain_share(days: Span, basis: Basis) -> Phrase:
    """The part of the price for some days, in words: `17/31 days`, `16/30 days (fixed-30)`, `(17/31 + 9/30) of a
    month`.
    """
    if basis.mode == "none":
        first_on = basis.periods[0].from_on
        if days.contains(first_on):
            return phrase("not-prorated")
        return phrase("priced-elsewhere", first_on)
    if len(basis.periods) > 1:
        first, *following = (_explain_part(days, basis, period) for period in basis.periods)
        shares = joined("sum", [phrase("of-first-stub", first), *following])
        return phrase("joined", shares, phrase(basis.mode))
    part = _explain_part(days, basis, basis.periods[0])
    return part if basis.mode == "whole" else phrase("measured", part, phrase(basis.mode))


def _explain_part(days: Span, basis: Basis, period: Measured) -> Phrase:
    from_on = max(days.from_on, period.from_on)
    to_on = max(from_on, min(days.end, period.to_on))
    if basis.mode != "sliced":
        return phrase("of-days", str(measure(basis.mode, from_on, to_on)), str(basis.whole(period)))
    part = _explain_months(from_on, to_on)
    if period.months == 1 or basis.whole(period) == 1:
        return phrase("of-a-month", part)
    return phrase("of-months", part, period.months or _explain_months(period.from_on, period.to_on))


def _explain_months(from_on: date, to_on: date) -> str:
    return f"({' + '.join(f'{days}/{of}' for days, of in _slices(from_on, to_on)) or '0'})"


def _slices(from_on: date, to_on: date) -> Iterator[tuple[int, int]]:
    """The days in each calendar month, and those of the month."""
    while from_on < to_on:
        ends_on = min(boundary(from_on.year, from_on.month + 1, 1), to_on)
        yield (ends_on - from_on).days, monthrange(from_on.year, from_on.month)[1]
        from_on = ends_on


def _thirty_days(on: date) -> int:
    return 360 * on.year + 30 * on.month + min(on.day, 30)
