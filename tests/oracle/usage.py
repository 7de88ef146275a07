"""Usage of a period: the quantities that were used, priced by the model that was in force when they were.

- A quantity has the price of its day; if the component is not in force on it, that of the last day before it on which
  it was, or else of the first day after it.
- All days of a period at one price are one quantity, whatever the price is called and taxed with. Each run of days at
  one tariff and rate of VAT has an amount of its own: what all units cost up to its end, less what they cost up to its
  beginning. Where further units make all of them cheaper (volume), the whole is split by units instead.
- Units of an allowance are not priced. Unused units go on for some periods, the oldest are used first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import groupby, pairwise
from typing import NamedTuple

from tests.oracle.adjustments import Line
from tests.oracle.exact import ONE_DAY, rounded, split
from tests.oracle.history import NOTHING, Written, day_of, learnt_on
from tests.oracle.life import Life
from tests.oracle.periods import Period
from tests.oracle.pricing import allowance_of, beyond, left_over, price_of


class Used(NamedTuple):
    """A quantity that was used, by the day whose price it has."""

    rated_on: date
    component: str
    quantity: Fraction


def used_of(life: Life) -> list[Used]:
    """All usage that is known, in the order of its days; that of one day as it was learnt."""
    entries = life.subscription.get("usage", ())
    known = [entry for entry in entries if learnt_on(entry, life.subscription) <= life.known_on]
    known = [entry for entry in known if day_of(entry.get("withdrawn", "9999-12-31")) > life.known_on]
    known.sort(key=lambda entry: learnt_on(entry, life.subscription))
    found = []
    for entry in sorted(known, key=lambda entry: day_of(entry["on"])):
        on = _rated_on(day_of(entry["on"]), entry["component"], life)
        if on is not None:
            found.append(Used(on, entry["component"], Fraction(entry["quantity"])))
    return found


def _rated_on(day: date, code: str, life: Life) -> date | None:
    stretches = [(terms.from_on, terms.to_on) for terms in life.terms if code in terms.components]
    last_on = None
    for from_on, to_on in stretches:
        if day < from_on:
            return last_on or from_on
        if day < to_on:
            return day
        last_on = to_on - ONE_DAY
    return last_on


class Usage:
    """What the usage of a subscription costs; `periods` are those of all its usage components."""

    def __init__(self, life: Life, periods: Sequence[Period], digits: int) -> None:
        self._life = life
        self._periods = periods
        self._used = used_of(life)
        self._digits = digits

    def lines(self, period: Period, days: set[date] | None = None) -> list[Line]:
        """The amounts of a period; if some days are asked for, these alone, as if the period were cut there."""
        found: list[Line] = []
        for price, inside in self._by_price(period).items():
            runs = [list(run) for _, run in groupby(inside, key=self._cuts(period, inside, days))]
            amounts = self._amounts(period, price, runs)
            for run, amount in zip(runs, amounts, strict=True):
                is_asked_for = days is None or run[0] in days
                if is_asked_for and (amount or self._quantities(period, run)):
                    taxed = self._life.at(run[0]).taxed(period.code)
                    found.append(Line((run[0], run[-1] + ONE_DAY), amount, taxed))
        return found

    def _by_price(self, period: Period) -> dict[str, list[date]]:
        """The days of a period by what a unit costs on them."""
        found: dict[str, list[date]] = defaultdict(list)
        for day in sorted(period.charged):
            found[self._price(period.code, day)].append(day)
        return found

    def _price(self, code: str, day: date) -> str:
        """What a price is known by: what it costs, and whether that includes VAT."""
        terms = self._life.at(day)
        component = terms.components[code]
        rest = ("name", "vat", "every", "align", "anchor", "in", "first_stub", "last_stub")
        return (
            f"{terms.includes_vat} {sorted((key, str(value)) for key, value in component.items() if key not in rest)}"
        )

    def _cuts(self, period: Period, days: list[date], asked_for: set[date] | None) -> Callable[[date], object]:
        places = {day: place for place, day in enumerate(days)}

        def cut(day: date) -> tuple[object, ...]:
            terms = self._life.at(day)
            is_asked_for = asked_for is not None and day in asked_for
            return terms.state.tariff, terms.taxed(period.code), day.toordinal() - places[day], is_asked_for

        return cut

    def _quantities(self, period: Period, days: Sequence[date]) -> list[Fraction]:
        inside = set(days)
        return [used.quantity for used in self._used if used.component == period.code and used.rated_on in inside]

    def _amounts(self, period: Period, price: str, runs: Sequence[list[date]]) -> Iterator[Fraction]:
        component = self._life.at(runs[0][0]).components[period.code]
        parts = [self._quantities(period, run) for run in runs]
        free = self._free(period, price, component)

        def priced(number: int) -> list[Fraction]:
            return beyond([quantity for part in parts[:number] for quantity in part], free)

        whole = [rounded(price_of(component, priced(number)), self._digits) for number in range(len(runs) + 1)]
        if component["model"] == "volume" and len(runs) > 1:
            units = [sum(priced(number), NOTHING) for number in range(len(runs) + 1)]
            weights = [later - earlier for earlier, later in pairwise(units)]
            weights = weights if any(weights) else [Fraction(number == 0) for number in range(len(runs))]
            yield from split(whole[-1], weights, self._digits)
            return
        before = NOTHING  # The flat fee of a period without usage belongs to its first days.
        for amount in whole[1:]:
            yield amount - before
            before = amount

    def _free(self, period: Period, price: str, component: Written) -> Fraction:
        """The units of a period that are not priced: those that earlier periods at the price left, and its own."""
        allowance = allowance_of(component)
        if allowance is None:
            return NOTHING
        carried: list[Fraction] = []
        ends_on = None
        earlier = [other for other in self._periods if other.code == period.code and other.days[0] < period.days[0]]
        for other in sorted(earlier, key=lambda other: other.days[0]):
            days = self._by_price(other).get(price, [])
            if not days:
                continue
            if ends_on is not None and other.days[0] > ends_on:
                carried = []
            used = sum(self._quantities(other, days), NOTHING)
            carried, ends_on = left_over(allowance, carried, used), other.days[1]
        is_next = ends_on is not None and period.days[0] <= ends_on
        return allowance.quantity + (sum(carried, NOTHING) if is_next else 0)
