"""Exact amounts and shares of periods: rounding, splitting, and what days measure.

With the price p of a period and G(d) its share from day d to its end, the days [a, b) cost R(p G(a)) - R(p G(b)).

    whole       every day counts 1                              of the days of the period
    sliced      every day counts one part of its own month      of the months of the period
    fixed-30    every month counts 30 days, as in 30E/360       of 30 for each month of the period
    none        the period costs its price once, on its first charged day

In `sliced` and `fixed-30` a whole period is 1, whatever its days measure. A stub, which the activation or the
termination cuts, is measured by the nominal months, and is never more than 1.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import NamedTuple

Days = tuple[date, date]  # From the first day up to the day after the last.
Share = Callable[[date], Fraction]

ONE_DAY = timedelta(days=1)
DIGITS = {"EUR": 2, "JPY": 0, "KWD": 3}


def rounded(exact: Fraction, digits: int) -> Fraction:
    """Half-up, away from zero: 0.005 is 0.01 and -0.005 is -0.01."""
    units = abs(exact) * 10**digits
    whole = (2 * units.numerator + units.denominator) // (2 * units.denominator)
    return Fraction(whole if exact >= 0 else -whole, 10**digits)


def split(whole: Fraction, weights: Sequence[Fraction], digits: int) -> list[Fraction]:
    """An amount in proportion to weights; what rounding down leaves goes to the largest remainders, the first first."""
    unit = Fraction(1, 10**digits)
    exact = [whole * weight / sum(weights) / unit for weight in weights]
    parts = [share.numerator // share.denominator for share in exact]
    left = int(whole / unit) - sum(parts)
    for place in sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])[:left]:
        parts[place] += 1
    return [part * unit for part in parts]


# --- shares of a period


class Part(NamedTuple):
    """A period that a price is for, and what activation and termination leave of it."""

    period: Days
    present: Days


def share_of(mode: str, months: int, parts: Sequence[Part]) -> Share:
    """G of a price that is for one period, or for a joined stub and the period after it."""

    @cache
    def share(day: date) -> Fraction:
        return sum((_share_in(mode, months, part, day) for part in parts), Fraction(0))

    return share


def _share_in(mode: str, months: int, part: Part, day: date) -> Fraction:
    if mode == "whole" or not months:
        return _measured("whole", part.period, day) / _measured("whole", part.period, part.period[0])
    whole = _measured(mode, part.present, part.present[0])
    if part.present != part.period:
        whole = max(whole, Fraction(months * 30 if mode == "fixed-30" else months))
    return _measured(mode, part.present, day) / whole


def once_on(first_on: date) -> Share:
    """G of a price that is not prorated: all of it stands on the first charged day."""
    return lambda day: Fraction(day <= first_on)


def _measured(mode: str, days: Days, day: date) -> Fraction:
    """What the days from one on measure."""
    from_on, to_on = max(days[0], day), days[1]
    if from_on >= to_on:
        return Fraction(0)
    if mode == "fixed-30":
        months = 12 * (to_on.year - from_on.year) + to_on.month - from_on.month
        return Fraction(30 * months + min(to_on.day, 30) - min(from_on.day, 30))
    if mode == "whole":
        return Fraction((to_on - from_on).days)
    return sum((Fraction(count, of) for count, of in _months_of(from_on, to_on)), Fraction(0))


def _months_of(from_on: date, to_on: date) -> Iterator[tuple[int, int]]:
    while from_on < to_on:
        of = monthrange(from_on.year, from_on.month)[1]
        ends_on = min(to_on, from_on.replace(day=of) + ONE_DAY)
        yield (ends_on - from_on).days, of
        from_on = ends_on


def cost(price: Fraction, days: Days, share: Share, digits: int) -> Fraction:
    """What some days cost at the price of a period."""
    from_on, to_on = days
    return rounded(price * share(from_on), digits) - rounded(price * share(to_on), digits)
