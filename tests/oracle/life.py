"""A subscription day by day, as far as it is known: its tariff, its state, and what is in force of the price list."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from tests.oracle.exact import ONE_DAY
from tests.oracle.grids import Grid, billing_days, grids
from tests.oracle.history import History, State, Waiver, Written, day_of
from tests.oracle.waiting import NO_WAITING, Waiting

BY_PERIOD = ("recurring", "usage", "minimum")
ADJUSTMENTS = ("discount", "surcharge")
ADVANCE = {"in": "advance"}
ARREARS = {"in": "arrears"}
USUAL_RULE = {"every": "1 month", "align": "account", "anchor": "", "first_stub": "prorate", "last_stub": "prorate"}

Taxed = tuple[Fraction, bool]  # The rate of VAT, and whether the price includes it.


class Terms(NamedTuple):
    """What holds on some days: the state, and the components of the price list by code, in its order."""

    from_on: date
    to_on: date
    state: State
    components: Mapping[str, Written]
    includes_vat: bool

    def taxed(self, code: str) -> Taxed:
        """How a component is taxed."""
        return Fraction(self.components[code].get("vat", "0")), self.includes_vat


class Span(NamedTuple):
    """A component under one period rule on one grid, with the days on which it is in force, in order."""

    code: str
    rule: Mapping[str, str]
    grid: Grid
    days: list[date]


class Life:
    """A subscription as it is known on a day, looked at up to another one far ahead."""

    def __init__(
        self,
        subscription: Written,
        scenario: Written,
        known_on: date,
        ahead_on: date,
        waived: Mapping[int, Sequence[Waiver]],
        waiting: Waiting = NO_WAITING,
    ) -> None:
        self.code = subscription["code"]
        self.subscription = subscription
        self.known_on = known_on
        self.ahead_on = ahead_on
        self.history = History(subscription, known_on, waived)
        self.waiting = waiting
        self.billing_days = billing_days(scenario["accounts"][0], known_on)
        self._tariffs = {tariff["code"]: tariff for tariff in scenario["tariffs"]}
        self.terms = list(self._terms()) if self.history.is_begun else []
        self._from = [terms.from_on for terms in self.terms]

    def unwaived(self) -> Life:
        """The same subscription as if nothing had been waived."""
        found = copy(self)
        found.history = copy(self.history)
        found.history.waivers = []
        return found

    @property
    def is_begun(self) -> bool:
        return bool(self.terms)

    @property
    def since(self) -> date:
        return self.history.since

    @property
    def ended_on(self) -> date | None:
        return self.history.ended_on

    def at(self, day: date) -> Terms:
        """The terms of a day on which the subscription exists."""
        return self.terms[bisect_right(self._from, day) - 1]

    def component(self, code: str, day: date) -> Written | None:
        """A component as it is in force on a day."""
        return self.at(day).components.get(code)

    def days(self) -> Iterator[date]:
        """Every day on which the subscription exists."""
        for terms in self.terms:
            yield from days_of(terms.from_on, terms.to_on)

    def is_chosen(self, code: str, day: date) -> bool:
        """Whether it is no option, or one that is chosen."""
        terms = self.at(day)
        return terms.components[code].get("option", "false") == "false" or code in terms.state.options

    def is_charged(self, code: str, day: date) -> bool:
        """Usage counts on every day; a fee on days on which some percentage of the fees is charged."""
        terms = self.at(day)
        return terms.components[code]["kind"] == "usage" or (terms.state.percent > 0 and self.is_chosen(code, day))

    def waived(self, component: str, of: str = "") -> set[date]:
        """The days on which nothing is charged for a component."""
        waivers = [waiver for waiver in self.history.waivers if (waiver.component, waiver.of) == (component, of)]
        return {day for waiver in waivers for day in days_of(*waiver.days)}

    def spans(self) -> list[Span]:
        """All components that are charged by the period, each on the days on which it is in force."""
        found: dict[tuple[Any, ...], Span] = {}
        on_grids: dict[tuple[str, ...], list[tuple[date, Grid]]] = {}
        for terms in self.terms:
            for code, component in terms.components.items():
                if component["kind"] not in BY_PERIOD:
                    continue
                rule = rule_of(component)
                key = tuple(rule.values())
                if key not in on_grids:
                    on_grids[key] = grids(rule, self.since, self.billing_days, self.waiting.anew)
                for day in days_of(terms.from_on, terms.to_on):
                    grid = [grid for from_on, grid in on_grids[key] if from_on <= day][-1]
                    span = found.setdefault((code, *key, grid.key), Span(code, rule, grid, []))
                    span.days.append(day)
        return list(found.values())

    def _terms(self) -> Iterator[Terms]:
        """Stretches of days on which nothing changes, neither of the subscription nor of its price list."""
        ends_on = min(self.ended_on or self.ahead_on, self.ahead_on)
        cuts = sorted(
            {
                self.since, ends_on, *self.history.days, *self.waiting.bounds(),
                *dates_in(self._tariffs), *dates_in(self.subscription),
            }
        )  # fmt: skip
        days = [day for day in cuts if self.since <= day <= ends_on]
        for from_on, to_on in itertools.pairwise(days):
            state = self.history.on(from_on)
            assert state is not None
            tariff = self._tariffs[state.tariff]
            components = {component["code"]: component for component in listed_on(tariff, from_on)}
            includes_vat = tariff.get("prices_include_vat", "false") == "true"
            yield Terms(from_on, to_on, self.waiting.seen(state, from_on), components, includes_vat)


def dates_in(written: object) -> Iterator[date]:
    """All days that are named as the first or the last of anything."""
    match written:
        case Mapping():
            for key, value in written.items():
                if key in ("from", "to") and isinstance(value, str):
                    yield day_of(value)
                else:
                    yield from dates_in(value)
        case list() | tuple():
            for value in written:
                yield from dates_in(value)


def days_of(from_on: date, to_on: date) -> Iterator[date]:
    while from_on < to_on:
        yield from_on
        from_on += ONE_DAY


def rule_of(component: Written) -> dict[str, str]:
    """The period rule of a component, complete."""
    usual = USUAL_RULE | (ADVANCE if component["kind"] == "recurring" else ARREARS)
    return {key: str(component.get(key, value)) for key, value in usual.items()}


def listed_on(tariff: Written, day: date) -> Sequence[Written]:
    """The components of a price list on a day."""
    found: Sequence[Written] = tariff["components"]
    for revision in tariff.get("revisions", ()):
        if day_of(revision["from"]) <= day:
            found = revision["components"]
    return found


def list_price(component: Written, day: date, customer_class: str = "") -> Fraction:
    """The price of a component on a day: that of the customer class, or else the one for everybody."""
    if "price" in component:
        return Fraction(component["price"])
    holding = {
        entry.get("customer_class", ""): Fraction(entry["price"])
        for entry in component["prices"]
        if day_of(entry.get("from", "0001-01-01")) <= day < day_of(entry.get("to", "9999-12-31"))
    }
    return holding.get(customer_class, holding.get("", Fraction(0)))
