"""Proration: the part of a period that some of its days are, exact until the amount is rounded once.

Days are measured, and the measure of the days charged is divided by that of the whole period:

- *whole*: every day counts 1; the whole period counts its days.
- *sliced*: the days are cut at the ends of calendar months, and a day counts one part of its own month; the whole
  period counts its months.
- *fixed-30*: every month counts 30 days, the 31st counts as the 30th (30E/360): the measure from one date to another
  is 360 x years + 30 x months + days; the whole period counts 30 for each of its months.
- *none*: nothing is prorated; a period that has begun costs its whole price, on the terms of its first day.

Worked examples, 450.00 a month, from 15 March on:

    whole     billing day 1, [1 Mar, 1 Apr):     17/31 days                  = 246.77
    fixed-30  billing day 1:                     16/30 days                  = 240.00
    sliced    billing day 10, [10 Mar, 10 Apr):  17/31 + 9/30 of a month     = 381.77
    whole     billing day 10, [10 Mar, 10 Apr):  26/31 days                  = 377.42

The parts of a whole period sum to the period. In the modes that count in months the measure of a period that does not
begin on the first of a month may differ from its nominal one (15 Jan to 15 Feb: 17/31 + 14/28 = 1.048 of a month).
Its days are therefore divided by what all of them come to, whichever of them are charged; only in a stub, which the
activation or the termination cuts, by the nominal months, and even there they never count more than the whole.
A period that is counted in days has an exact length, so there these modes are the first.

    sliced    [15 Jan, 15 Feb), held from 1 Feb on:      17/31 : (17/31 + 14/28) of a month
    sliced    [15 Jan, 15 Feb), terminated on 1 Feb:     17/31 of a month
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from billing_core.catalogue.components import Proration
from billing_core.time.period_rules import PeriodRule
from billing_core.time.periods import Period, boundary


class Basis(NamedTuple):
    """How days of one period are measured, and what the whole of it counts."""

    mode: Proration
    whole: Fraction | int

    def measure(self, from_on: date, to_on: date) -> Fraction | int:
        """What the days `[from_on, to_on)` count; the measures of parts sum to that of the whole."""
        if self.mode == "sliced":
            return _months(from_on, to_on)
        if self.mode == "fixed-30":
            return _thirty_days(to_on) - _thirty_days(from_on)
        return (to_on - from_on).days


def basis_of(mode: Proration, rule: PeriodRule, period: Period, there: Period) -> Basis:
    """The basis of a period; `there` are its days from the activation up to the termination, fewer in a stub."""
    if mode in ("whole", "none") or not rule.months:
        return Basis("whole", period.days)
    nominal = Basis(mode, rule.months * (30 if mode == "fixed-30" else 1))
    used = nominal.measure(there.from_on, there.to_on)
    return nominal._replace(whole=used) if there == period or used > nominal.whole else nominal


def _months(from_on: date, to_on: date) -> Fraction:
    return sum((Fraction(days, of) for days, of in _slices(from_on, to_on)), Fraction(0))


def _slices(from_on: date, to_on: date) -> Iterator[tuple[int, int]]:
    """The days in each calendar month, and those of the month."""
    while from_on < to_on:
        ends_on = min(boundary(from_on.year, from_on.month + 1, 1), to_on)
        yield (ends_on - from_on).days, monthrange(from_on.year, from_on.month)[1]
        from_on = ends_on


def _thirty_days(on: date) -> int:
    return 360 * on.year + 30 * on.month + min(on.day, 30)


def explain_part(basis: Basis, from_on: date, to_on: date, there: Period) -> str:
    """What part of the period some days are, in words: `17/31 days`, `16/30 days`, `(17/31 + 9/30) of a month`.

    `there` is what the basis was made of.
    """
    whole = Fraction(basis.whole)
    if basis.mode != "sliced":
        return f"{basis.measure(from_on, to_on)}/{whole} days"
    part = _explain_months(from_on, to_on)
    if whole == 1:
        return f"{part} of a month"
    return f"{part}/{whole if whole.denominator == 1 else _explain_months(there.from_on, there.to_on)} months"


def _explain_months(from_on: date, to_on: date) -> str:
    return f"({' + '.join(f'{days}/{of}' for days, of in _slices(from_on, to_on))})"
