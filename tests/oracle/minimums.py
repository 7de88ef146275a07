"""Minimums: what some components must cost in a period, and what is missing of it.

The days of a period at one minimum price, and alike with or without VAT, are one commitment. Against it counts what was
charged for days on which it is in force, discounts and surcharges included, also if it was waived: of fees the price of
those days, of usage their amounts as if the period were cut there.

What is missing is split over tariffs and rates of VAT in turn, in proportion to what was committed under each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import groupby

from tests.oracle.adjustments import Line
from tests.oracle.exact import ONE_DAY, Days, cost, split
from tests.oracle.fees import Fees
from tests.oracle.history import NOTHING
from tests.oracle.life import Life
from tests.oracle.periods import Period

Commitment = tuple[Fraction, bool]
Counted = Callable[[Period, set[date]], Fraction]  # What the named components cost in a period for some days of it.


def true_ups(period: Period, life: Life, fees: Fees, counted: Counted, digits: int) -> list[Line]:
    """What is missing of the minimums of a period."""
    found: list[Line] = []
    for days in _commitments(period, life, fees).values():
        committed = sum((amount for *_, amount in _runs(days, period, life, fees, digits)), NOTHING)
        missing = committed - counted(period, {*days, *(period.charged[day] for day in days)})
        if missing > 0:
            found += _split(missing, days, period, life, fees, digits)
    return found


def _commitments(period: Period, life: Life, fees: Fees) -> dict[Commitment, list[date]]:
    found: dict[Commitment, list[date]] = defaultdict(list)
    for day in period.charged:
        found[fees.price(period, day), life.at(period.charged[day]).includes_vat].append(day)
    return found


def _runs(
    days: Sequence[date], period: Period, life: Life, fees: Fees, digits: int
) -> Iterator[tuple[Days, date, Fraction]]:
    """Unbroken days of a commitment under one tariff and rate of VAT, each with what is committed for them."""

    def alike(day: date) -> tuple[object, ...]:
        terms = life.at(period.charged[day])
        return terms.state.tariff, terms.taxed(period.code), day.toordinal() - places[day]

    places = {day: place for place, day in enumerate(days)}
    for _, run in groupby(days, key=alike):
        members = list(run)
        inside = members[0], members[-1] + ONE_DAY
        yield inside, period.charged[members[0]], cost(fees.price(period, members[0]), inside, period.share, digits)


def _split(missing: Fraction, days: Sequence[date], period: Period, life: Life, fees: Fees, digits: int) -> list[Line]:
    """The missing amount by tariff and rate of VAT in turn."""
    in_turn: list[list[tuple[Days, date]]] = []
    for _, runs in groupby(
        _runs(days, period, life, fees, digits),
        key=lambda run: (life.at(run[1]).state.tariff, life.at(run[1]).taxed(period.code)),
    ):
        in_turn.append([(inside, on) for inside, on, _ in runs])
    price = fees.price(period, days[0])
    weights = [
        sum((price * (period.share(from_on) - period.share(to_on)) for (from_on, to_on), _ in runs), NOTHING)
        for runs in in_turn
    ]
    parts = split(missing, weights, digits)
    return [
        Line((runs[0][0][0], runs[-1][0][1]), part, life.at(runs[0][1]).taxed(period.code))
        for runs, part in zip(in_turn, parts, strict=True)
    ]
