"""One-off fees: on which days a subscription owes them, and which of those on record stand.

At activation a fee is owed on the first charged day on which the tariff has it; at a hold, suspension or resumption on
each day on which one begins; at termination on its day, unless the committed months are complete. In instalments the
first is owed on the day itself, the others on the next billing days of the account.

A fee is the same fee whatever its day: one that is on record stands while one like it is owed on any day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.exact import ONE_DAY, rounded, split
from tests.oracle.grids import Grid, grids
from tests.oracle.history import Written
from tests.oracle.life import Life, Taxed, Terms, list_price

AT = {"held": "hold", "suspended": "suspension", "active": "resume"}
MONTHS = {"every": "1 month", "align": "account", "anchor": "", "first_stub": "prorate"}


class Fee(NamedTuple):
    """A one-off fee as it is known by what it costs."""

    component: str
    taxed: Taxed
    price: Fraction
    amount: Fraction


class Owed(NamedTuple):
    on: date
    fee: Fee


def owed_once(life: Life, digits: int) -> list[Owed]:
    """Every one-off fee of a subscription, past and to come."""
    return [
        owed for on, terms, component in _occasions(life) for owed in _instalments(on, terms, component, life, digits)
    ]


def standing(owed: Sequence[Owed], on_record: Sequence[Fee], on: date) -> list[Fee]:
    """The fees that stand after a run: those on record that are owed on any day, and those that are due by now."""
    left = list(on_record)
    kept, missing = [], []
    for entry in owed:
        if entry.fee in left:
            left.remove(entry.fee)
            kept.append(entry.fee)
        else:
            missing.append(entry)
    return [*kept, *(entry.fee for entry in missing if entry.on <= on)]


def _occasions(life: Life) -> Iterator[tuple[date, Terms, Written]]:
    met: set[str] = set()
    status = "active"
    for terms in life.terms:
        begun = AT[terms.state.status] if terms.state.status != status else ""
        status = terms.state.status
        for component in _once(terms):
            if component.get("at", "activation") == "activation":
                if component["code"] not in met and terms.state.percent > 0:
                    met.add(component["code"])
                    yield terms.from_on, terms, component
            elif component["at"] == begun:
                yield terms.from_on, terms, component
    if life.ended_on is not None and life.ended_on < life.ahead_on and life.terms:
        for component in _once(life.terms[-1]):
            if component.get("at") == "termination" and _months_left(component, life) > 0:
                yield life.ended_on, life.terms[-1], component


def _once(terms: Terms) -> list[Written]:
    return [component for component in terms.components.values() if component["kind"] == "one-off"]


def _months_left(component: Written, life: Life) -> int:
    committed = int(component.get("committed_months", "0"))
    assert life.ended_on is not None
    return committed - Grid("1 month", life.since, life.since.day).number(life.ended_on) if committed else 1


def _instalments(on: date, terms: Terms, component: Written, life: Life, digits: int) -> Iterator[Owed]:
    code, count = component["code"], int(component.get("instalments", "1"))
    agreed = terms.state.agreed_price(code, on)
    price_on = min(on, terms.to_on - ONE_DAY)
    price = list_price(component, price_on, terms.state.customer_class) if agreed is None else agreed
    parts = split(rounded(price, digits), [Fraction(1)] * count, digits)
    for day, amount in zip(_days(on, count, life), parts, strict=True):
        yield Owed(day, Fee(code, terms.taxed(code), price, amount))


def _days(on: date, count: int, life: Life) -> list[date]:
    grid = [grid for from_on, grid in grids(MONTHS, life.since, life.billing_days) if from_on <= on][-1]
    return [on, *(grid.boundary(grid.number(on) + ahead) for ahead in range(1, count))]
