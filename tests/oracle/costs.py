"""What a subscription owes, as it is known: each period of each component, with the discounts and surcharges on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from tests.oracle.adjustments import Adjustments, Line
from tests.oracle.exact import ONE_DAY
from tests.oracle.fees import Fees
from tests.oracle.history import NOTHING
from tests.oracle.holding import Holding
from tests.oracle.life import Life, Taxed
from tests.oracle.minimums import true_ups
from tests.oracle.periods import Period, periods_of
from tests.oracle.usage import Usage


class Item(NamedTuple):
    """What sums are counted of: a component, or an adjustment `of` one, as it is taxed."""

    component: str
    of: str
    taxed: Taxed


Sums = dict[Item, Fraction]


class Costs:
    """What is owed of a subscription for each of its periods; `unwaived` as if nothing had been waived."""

    def __init__(self, life: Life, others: Sequence[Life], digits: int, unwaived: Costs | None = None) -> None:
        self._life = life
        self.digits = digits
        self._unwaived = unwaived or self
        self.periods = [period for span in life.spans() for period in periods_of(span, life)]
        self._fees = Fees(life)
        self._usage = Usage(life, [period for period in self.periods if period.component["kind"] == "usage"], digits)
        holding = Holding(life, others, self._billed)
        recurring = [period for period in self.periods if period.component["kind"] == "recurring"]
        self._adjustments = Adjustments(life, self._fees, holding, recurring, digits)
        self._known: dict[Any, Sums] = {}

    def of(self, period: Period) -> Sums:
        """What is owed for a period, with everything that is on it."""
        key = period.code, *period.span.rule.values(), period.span.grid.key, period.days
        if key not in self._known:
            self._known[key] = self._cost(period)
        return self._known[key]

    def for_days(self, period: Period, days: set[date]) -> Fraction:
        """What a period costs for some of its days, with everything that is on it."""
        if period.component["kind"] == "recurring":
            charged = {day: on for day, on in period.charged.items() if day in days or on in days}
            return sum(self._cost(period._replace(charged=charged)).values(), NOTHING) if charged else NOTHING
        return sum(self._sums(period, self._usage.lines(period, days)).values(), NOTHING)

    def terms_of(self, period: Period, day: date) -> tuple[object, ...]:
        """All that the cost of one charged day of a fee depends on."""
        part = period.share(day) - period.share(day + ONE_DAY)
        stack = self._adjustments.stack(period, day)
        return self._fees.price(period, day), self._fees.taxed(period, day), part, stack

    def _cost(self, period: Period) -> Sums:
        if not period.charged:
            return {}
        if period.component["kind"] != "recurring":
            return self._sums(period, self._lines(period))
        found = {Item(period.code, "", taxed): amount for taxed, amount in self._fees.cost(period, self.digits).items()}
        return found | _items(period.code, self._adjustments.on_fee(period))

    def _sums(self, period: Period, lines: Sequence[Line]) -> Sums:
        """What amounts sum up to, with everything that is on them."""
        found: Sums = defaultdict(Fraction)
        for line in lines:
            found[Item(period.code, "", line.taxed)] += line.amount
        return found | _items(period.code, self._adjustments.on_amounts(period, lines))

    def _lines(self, period: Period) -> list[Line]:
        """The amounts of a period that have no price of a period."""
        if period.component["kind"] == "usage":
            return self._usage.lines(period)
        return true_ups(period, self._life, self._fees, self._counted, self.digits)

    def _counted(self, minimum: Period, days: set[date]) -> Fraction:
        """What the components that a minimum names cost for some days of its period, waived or not."""
        named = minimum.component["on"]
        return sum(
            (
                self._unwaived.for_days(period, days)
                for period in self._unwaived.periods
                if period.code in named and period.days[0] < minimum.days[1] and minimum.days[0] < period.days[1]
            ),
            NOTHING,
        )

    def _billed(self, code: str) -> list[Period]:
        """The periods of a component that cost anything."""
        return [period for period in self.periods if period.code == code and self._costs_anything(period)]

    def _costs_anything(self, period: Period) -> bool:
        if not period.charged:
            return False
        if period.component["kind"] == "recurring":
            return any(self._fees.cost(period, self.digits).values())
        return any(line.amount for line in self._lines(period))


def _items(of: str, adjusted: Mapping[tuple[str, Taxed], Fraction]) -> Sums:
    return {Item(code, of, taxed): amount for (code, taxed), amount in adjusted.items()}
