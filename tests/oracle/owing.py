"""What a subscription owes by a day: the periods that are due, its one-off fees, and the sums of both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.costs import Costs, Item
from tests.oracle.exact import Days
from tests.oracle.history import NOTHING
from tests.oracle.life import Life
from tests.oracle.one_offs import Fee, owed_once, standing
from tests.oracle.periods import Period


class Owing(NamedTuple):
    """What is owed; `in_advance` are the components and periods that were charged in advance at any time."""

    periods: Sequence[Period]
    once: list[Fee]
    in_advance: frozenset[tuple[str, Days]]
    sums: Mapping[Item, Fraction]

    @property
    def amount(self) -> Fraction:
        return sum(self.sums.values(), NOTHING)


NOTHING_OWED = Owing((), [], frozenset(), {})


def owing_on(on: date, life: Life, costs: Costs, before: Owing) -> Owing:
    """What is owed for everything due up to and including a day, if so much was owed before it."""
    due = [period for period in costs.periods if _is_due(period, on, before)]
    in_advance = {(period.code, period.days) for period in due if period.charged and period.is_advance}
    once = standing(owed_once(life, costs.digits), before.once, on)
    sums: dict[Item, Fraction] = defaultdict(Fraction)
    for period in due:
        for item, amount in costs.of(period).items():
            sums[item] += amount
    for fee in once:
        sums[Item(fee.component, "", fee.taxed)] += fee.amount
    return Owing(due, once, before.in_advance | in_advance, sums)


def _is_due(period: Period, on: date, before: Owing) -> bool:
    return period.due_on <= on or (period.is_advance and (period.code, period.days) in before.in_advance)
