"""Recurring fees: what the days of a period cost, at the price of each of them.

The price of a whole period is unit price x quantity x percentage that is charged. The unit price is the agreed one, or
that of the phase in which the period lies, or that of the price list. Phases count periods of the grid from the day
from which they are in force; a joined stub is one with the period that follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle.exact import cost
from tests.oracle.history import NOTHING, Written
from tests.oracle.life import Life, Taxed, list_price
from tests.oracle.periods import Period

Phases = tuple[tuple[int, Fraction], ...]


class Fees:
    """The prices of the fees of a subscription, day by day."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._known: dict[Any, Fraction] = {}
        self._phased_since: dict[tuple[str, Phases], date] = {}
        for code, phases, on in _phases(life):
            self._phased_since.setdefault((code, phases), on)

    def cost(self, period: Period, digits: int) -> dict[Taxed, Fraction]:
        """What the charged days of a period cost, by how they are taxed."""
        found: dict[Taxed, Fraction] = defaultdict(Fraction)
        for days, (price, taxed) in period.runs(lambda day: (self.price(period, day), self.taxed(period, day))):
            found[taxed] += cost(price, days, period.share, digits)
        return found

    def taxed(self, period: Period, day: date) -> Taxed:
        """How one of the charged days is taxed."""
        return self._life.at(period.charged[day]).taxed(period.code)

    def price(self, period: Period, day: date) -> Fraction:
        """What the whole period costs at the terms of one of its charged days."""
        on = period.charged[day]
        terms, number, price_on = self._life.at(on), period.number(on), period.priced_on(day)
        # Nothing but the number of the period changes under the same terms.
        key = period.span.grid.key, period.joined, period.code, terms.from_on if on == price_on else price_on, number
        if key not in self._known:
            component, state = terms.components[period.code], terms.state
            is_flat = component["kind"] == "minimum" or component.get("per") == "subscription"
            quantity = Fraction(1) if is_flat else state.quantity
            percent = Fraction(100) if component["kind"] == "minimum" else state.percent
            self._known[key] = self.unit_price(period, on, price_on) * quantity * percent / 100
        return self._known[key]

    def unit_price(self, period: Period, on: date, price_on: date) -> Fraction:
        """The price of one unit for a whole period at the terms of a day; list prices have days of their own."""
        terms = self._life.at(on)
        component = terms.components[period.code]
        agreed = terms.state.agreed_price(period.code, on)
        if agreed is not None:
            return agreed
        phased = self._phase_price(period, component, on)
        return list_price(component, price_on, terms.state.customer_class) if phased is None else phased

    def _phase_price(self, period: Period, component: Written, on: date) -> Fraction | None:
        phases = phases_of(component)
        if not phases:
            return None
        number = period.number(on) - period.number(self._phased_since[period.code, phases])
        for periods, price in phases:
            if number < periods:
                return price
            number -= periods
        return None


def phases_of(component: Written) -> Phases:
    """The phases of a fee, free periods first: for so many periods each, at a price."""
    free = int(component.get("free_periods", 0))
    phases = [(int(phase["periods"]), Fraction(phase["price"])) for phase in component.get("phases", ())]
    return tuple([(free, NOTHING)] * bool(free) + phases)


def _phases(life: Life) -> Iterator[tuple[str, Phases, date]]:
    for terms in life.terms:
        for code, component in terms.components.items():
            if component["kind"] == "recurring" and phases_of(component) and life.is_chosen(code, terms.from_on):
                yield code, phases_of(component), terms.from_on
