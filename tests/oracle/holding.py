"""Which discounts and surcharges are on a component on a day, in the order in which they are stacked.

Those of the tariff come in its order, then those that were granted in the order of the grants. One for n billed periods
holds in the first n periods that cost anything on days from which its terms are on the component; it is known by its
code and what it costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from tests.oracle.history import State, Written, day_of
from tests.oracle.life import ADJUSTMENTS, Life, Terms, days_of
from tests.oracle.periods import Period

EARLIEST, LATEST = "0001-01-01", "9999-12-31"
Billed = Callable[[str], Sequence[Period]]  # The periods of a component that cost anything.


class Holding:
    """What is on the components of a subscription; `others` are those of the same account."""

    def __init__(self, life: Life, others: Sequence[Life], billed: Billed) -> None:
        self._life = life
        self._others = others
        self._billed = billed
        self._known: dict[Any, bool] = {}

    def on(self, period: Period, day: date) -> list[Written]:
        """The adjustments on a component on one of its charged days, in the order of that day."""
        _, on = period.adjusted_on(day)
        return [
            entry
            for entry in self.listed(period, day)
            if self._holds(entry, on)
            and not self._is_known_over(entry, period)
            and day not in self._life.waived(entry["code"], period.code)
        ]

    def listed(self, period: Period, day: date) -> list[Written]:
        """The adjustments on a component on one of its charged days, whether or not they hold on it."""
        on, _ = period.adjusted_on(day)
        return self._listed(self._life.at(on), period.component)

    def _is_known_over(self, adjustment: Written, period: Period) -> bool:
        key = id(adjustment), period.code, period.days
        if key not in self._known:
            self._known[key] = self._is_over(adjustment, period, period.component)
        return self._known[key]

    def _listed(self, terms: Terms, component: Written) -> list[Written]:
        """The adjustments on a component, whether or not they are within their dates."""
        of_tariff = [entry for entry in terms.components.values() if entry["kind"] in ADJUSTMENTS]
        return [entry for entry in (*of_tariff, *terms.state.granted) if is_on(entry, component)]

    def _holds(self, adjustment: Written, on: date) -> bool:
        """Whether a day is within its dates, and the account has all other tariffs that it asks for."""
        if not first_day_of(adjustment) <= on < day_of(adjustment.get("to", LATEST)):
            return False
        states = [state for other in self._others if (state := other.history.on(on)) is not None]
        return all(_has(tariff, states) for tariff in adjustment.get("bundle", ()))

    def _is_over(self, adjustment: Written, period: Period, component: Written) -> bool:
        """Whether so many periods that cost anything were before this one, since its terms are on the component."""
        if "billed_periods" not in adjustment:
            return False
        since = self._since(adjustment, period, component)
        first_on = min(period.charged)
        before = [
            other
            for other in self._billed(period.code)
            if min(other.charged) < first_on and max(other.charged) >= since
        ]
        return len(before) >= int(adjustment["billed_periods"])

    def _since(self, adjustment: Written, period: Period, component: Written) -> date:
        """The first of the unbroken days on which its terms are on the component, up to its first in the period."""
        place = next(self._holding_in(adjustment, period, component))
        while place and _has_terms(adjustment, self._listed(self._life.terms[place - 1], component)):
            place -= 1
        return max(self._life.terms[place].from_on, first_day_of(adjustment))

    def _holding_in(self, adjustment: Written, period: Period, component: Written) -> Iterator[int]:
        """The places of the terms within a period under which it holds on some day."""
        from_on, to_on = period.days
        for place, terms in enumerate(self._life.terms):
            inside = days_of(max(from_on, terms.from_on), min(to_on, terms.to_on))
            if adjustment in self._listed(terms, component) and any(self._holds(adjustment, day) for day in inside):
                yield place


def _has(tariff: str, states: Sequence[State]) -> bool:
    return any(state.tariff == tariff and state.percent > 0 for state in states)


def _has_terms(adjustment: Written, listed: Sequence[Written]) -> bool:
    return any(terms_of(entry) == terms_of(adjustment) for entry in listed)


def is_on(adjustment: Written, component: Written) -> bool:
    """Whether it is on a component by name; or on `all`: every fee, and by a percentage also usage and minimums."""
    if list(adjustment["on"]) == ["all"]:
        by_amount = component["kind"] in ("usage", "minimum")
        return component["kind"] == "recurring" or ("percent" in adjustment and by_amount)
    return component["code"] in adjustment["on"]


def first_day_of(adjustment: Written) -> date:
    return day_of(adjustment.get("from", EARLIEST))


def terms_of(adjustment: Written) -> Mapping[str, object]:
    """What it is known by: its code and what it costs, for how many periods."""
    known = ("kind", "code", "percent", "price", "prices", "billed_periods")
    return {key: adjustment[key] for key in known if key in adjustment}
