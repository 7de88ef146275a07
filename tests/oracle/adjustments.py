"""Discounts and surcharges: what each takes off or adds, after those before it.

On a fee an adjustment has a price for a whole period, and costs the same share of it. A percentage is of what those
before it left of the fee's price, each of them to the cent. An amount is the percentage of it that is charged of the
fee, and at most what they left; one that is on several fees is split over their prices to the cent first.

On usage and true-ups it is a part of their amount: of the part that the days on which it holds are of the charged days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.exact import Days, cost, rounded, split
from tests.oracle.fees import Fees
from tests.oracle.history import NOTHING, Written
from tests.oracle.holding import Holding, is_on
from tests.oracle.life import Life, Taxed, days_of, list_price
from tests.oracle.periods import Period

By = dict[tuple[str, Taxed], Fraction]


class Line(NamedTuple):
    """An amount that is no price of a period, with the days that it is for and how it is taxed."""

    days: Days
    amount: Fraction
    taxed: Taxed


class Adjustments:
    """What discounts and surcharges cost on the components of a subscription."""

    def __init__(self, life: Life, fees: Fees, holding: Holding, periods: Sequence[Period], digits: int) -> None:
        self._life = life
        self._fees = fees
        self._holding = holding
        self._digits = digits
        self._periods: dict[str, list[Period]] = defaultdict(list)
        for period in periods:
            self._periods[period.code].append(period)

    # --- on a fee

    def on_fee(self, period: Period) -> By:
        """What each adjustment costs on a fee in one period, by its code and how the fee is taxed."""
        found: By = defaultdict(Fraction)
        for days, (taxed, stack) in period.runs(lambda day: (self._fees.taxed(period, day), self.stack(period, day))):
            for code, price in stack:
                found[code, taxed] += cost(price, days, period.share, self._digits)
        return found

    def stack(self, period: Period, day: date) -> tuple[tuple[str, Fraction], ...]:
        """The adjustments of a day in their order, each with its price."""
        left = self._fees.price(period, day)
        stack = []
        for adjustment in self._holding.on(period, day):
            price = self._price(adjustment, period, day, left)
            left = max(left + rounded(price, self._digits), NOTHING)
            stack.append((adjustment["code"], price))
        return tuple(stack)

    def _price(self, adjustment: Written, period: Period, day: date, left: Fraction) -> Fraction:
        if "percent" in adjustment:
            price = left * Fraction(adjustment["percent"]) / 100
        else:
            price = self._amount(adjustment, period, day) * self._life.at(period.charged[day]).state.percent / 100
        return -min(price, left) if adjustment["kind"] == "discount" else price

    def _amount(self, adjustment: Written, period: Period, day: date) -> Fraction:
        """The amount in a whole period, or its part if it is on several fees that are charged on the day."""
        amount = list_price(adjustment, period.priced_on(day))
        fees = {
            code: self._fees.price(other, day)
            for code, component in self._life.at(period.charged[day]).components.items()
            if component["kind"] == "recurring" and is_on(adjustment, component)
            for other in self._periods[code]
            if day in other.charged
        }
        if len(fees) < 2:
            return amount
        weights = list(fees.values()) if any(fees.values()) else [Fraction(1)] * len(fees)
        parts = split(rounded(amount, self._digits), weights, self._digits)
        return dict(zip(fees, parts, strict=True))[period.code]

    # --- on an amount

    def on_amounts(self, period: Period, lines: Sequence[Line]) -> By:
        """What each adjustment takes of the amounts of usage or of true-ups, by its code and how they are taxed."""
        found: By = defaultdict(Fraction)
        for line in lines:
            for code, amount in self._on_amount(period, line):
                found[code, line.taxed] += amount
        return found

    def _on_amount(self, period: Period, line: Line) -> Iterator[tuple[str, Fraction]]:
        """Each takes its part of what those before it left of the amount on each day; they count to the cent."""
        days = [day for day in days_of(*line.days) if day in period.charged]
        in_order: list[Written] = []
        for day in days:
            in_order += [entry for entry in self._holding.listed(period, day) if entry not in in_order]
        taken = [NOTHING] * len(in_order)
        for day in days:
            left = line.amount  # As if all days were like this one.
            for adjustment in self._holding.on(period, day):
                part = self._part(adjustment, period, day, left, len(days))
                left += rounded(part, self._digits)
                taken[in_order.index(adjustment)] += part / len(days)
        for adjustment, amount in zip(in_order, taken, strict=True):
            yield adjustment["code"], rounded(amount, self._digits)

    def _part(self, adjustment: Written, period: Period, day: date, left: Fraction, days: int) -> Fraction:
        if "percent" in adjustment:
            part = left * Fraction(adjustment["percent"]) / 100
        else:
            part = list_price(adjustment, day) * days / len(period.charged)
        return -min(part, left) if adjustment["kind"] == "discount" else part
