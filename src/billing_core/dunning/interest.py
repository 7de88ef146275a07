"""Late interest: what an item bears for each day on which it is open after its due date, by a statutory table.

A table has the yearly rate of each half-year. It says how rates follow: the rate of each day is that of its half-year
(Directive 2011/7/EU as most countries have it), or the rate of the half-year in which the delay began is kept to the
end (the Czech Republic: Government Regulation 351/2013, repo rate and 8 points). A year counts 365 days, or its own.

The delay begins on the day after the due date. The day on which money comes in bears none on it.

Worked example, 12.00 % from 1 January and 11.50 % from 1 July 2025, a year of 365 days; an item of 10,000.00 due on
20 June 2025, of which 4,000.00 are paid on 11 July, up to 31 July, exclusive:

    rates change each half-year                       the rate of the delay is kept
    21 June to 1 July   10 days at 12.00   32.876..   21 June to 11 July  20 days at 12.00  65.753..
    1 to 11 July        10 days at 11.50   31.506..
    11 to 31 July       20 days at 11.50   37.808..   11 to 31 July       20 days at 12.00  39.452..
    charged                               102.19                                           105.21

It is rounded once: what is charged is the rounded interest of all days so far, less what was charged before. So the sum
does not depend on how often it is charged, and money that is booked late is made good by the next charge.

Does not decide which items bear interest, nor on which document it is charged.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal, NamedTuple

import msgspec

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, rounded
from billing_core.kernel.spans import ONE_DAY, Span
from billing_core.parties.details import require_text

MOST_RATES = 400
MOST_PERCENT = Decimal(100)
HALF_YEARS = ((1, 1), (7, 1))
DAYS_OF_YEAR = 365

# --- values and events


class RateFrom(msgspec.Struct, frozen=True, kw_only=True):
    """The yearly rate of a half-year, in percent; it goes on until the next one is known."""

    from_on: date
    percent: Decimal


class InterestTable(msgspec.Struct, frozen=True, kw_only=True):
    """Statutory rates of late interest, in order of their half-years."""

    code: str
    name: str
    rates: tuple[RateFrom, ...]
    follows: Literal["each-half-year", "kept-from-delay"] = "each-half-year"
    year: Literal["365", "actual"] = "365"

    def rate_on(self, on: date) -> Decimal:
        """The rate of the half-year in which a day lies."""
        place = bisect_right([rate.from_on for rate in self.rates], on)
        if not place:
            raise RuleViolation(f"has no rate for {on}; publish it with the rates of earlier half-years",
                                field="interest table", value=self.code)  # fmt: skip
        return self.rates[place - 1].percent


@event("interest-table-published")
class InterestTablePublished(Event, frozen=True, kw_only=True):
    """The table is this, complete, whatever it was before."""

    table: InterestTable


@event("late-interest-charged")
class LateInterestCharged(Event, frozen=True, kw_only=True):
    """An invoice has its late interest charged for its days before `upto_on`, now with so much, on a document."""

    invoice: str
    from_on: date
    upto_on: date
    amount: Money
    table: str
    document: str


class OpenFrom(NamedTuple):
    """How much of an item is open from a day on."""

    from_on: date
    amount: Money


class InterestRow(NamedTuple):
    """Days of one rate and one open amount, and the exact interest of them."""

    span: Span
    amount: Money
    percent: Decimal
    interest: Fraction


# --- decisions


def apply_table(state: InterestTable | None, fact: Event) -> InterestTable | None:
    """Fold one event of a table's stream."""
    return fact.table if isinstance(fact, InterestTablePublished) else state


def require_table(table: InterestTable) -> InterestTable:
    """A table with rates in order, each from the first day of a half-year, or `InvalidValue`."""
    require_text(table.code, "interest table")
    require_text(table.name, "name")
    if not 1 <= len(table.rates) <= MOST_RATES:
        raise InvalidValue(f"must be 1 to {MOST_RATES}", field="number of rates", value=len(table.rates))
    for rate in table.rates:
        if (rate.from_on.month, rate.from_on.day) not in HALF_YEARS:
            raise InvalidValue("must be 1 January or 1 July, the first day of a half-year", field="rate from",
                               value=rate.from_on)  # fmt: skip
        if not 0 <= rate.percent <= MOST_PERCENT:
            raise InvalidValue(f"must be 0 to {MOST_PERCENT} percent", field="rate", value=rate.percent)
    for earlier, later in pairwise(table.rates):
        if later.from_on <= earlier.from_on:
            raise InvalidValue(f"must come after {earlier.from_on}; put the rates in order", field="rate from",
                               value=later.from_on)  # fmt: skip
    return table


def found_table(table: InterestTable | None, code: str) -> InterestTable:
    """The table of a code, or `NotFound`."""
    if table is None:
        raise NotFound("no such interest table; publish it first", field="interest table", value=code)
    return table


def interest(course: Sequence[OpenFrom], due_on: date, days: Span, table: InterestTable) -> list[InterestRow]:
    """The interest of an item for those of some days that lie after its due date.

    `course` says in order from which day how much is open.
    """
    late = days.within(Span(due_on + ONE_DAY, None))
    if late is None:
        return []
    cuts = {change.from_on for change in course}
    if table.follows == "each-half-year":
        cuts |= {rate.from_on for rate in table.rates}
    if table.year == "actual":
        cuts |= {date(year, 1, 1) for year in range(late.from_on.year + 1, late.end.year + 1)}
    return [row for part in late.cut(sorted(cuts)) if (row := _row(course, due_on, part, table)) is not None]


def interest_due(rows: Sequence[InterestRow], charged: Money) -> Money:
    """What is to be charged now: the rounded interest of all days so far, less what was charged."""
    return rounded(sum((row.interest for row in rows), Fraction()), charged.currency) - charged


# --- parts


def _row(course: Sequence[OpenFrom], due_on: date, days: Span, table: InterestTable) -> InterestRow | None:
    open_now = [change.amount for change in course if change.from_on <= days.from_on]
    if not open_now or open_now[-1].amount <= 0:
        return None
    percent = table.rate_on(days.from_on if table.follows == "each-half-year" else due_on + ONE_DAY)
    year = DAYS_OF_YEAR if table.year == "365" else _days_of(days.from_on.year)
    exact = Fraction(open_now[-1].amount) * Fraction(percent) * days.days / (100 * year)
    return InterestRow(days, open_now[-1], percent, exact)


def _days_of(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days
