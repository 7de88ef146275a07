"""The grid of periods: time cut at boundaries that are all counted from one day, so that none of them drifts.

Boundary k of a grid of months lies k x interval months from the grid's month, on the grid's day; in a shorter month the
boundary is the last day, and the next one goes back:

    every month, day 31         31 Jan | 28 Feb | 31 Mar | 30 Apr ...
    every year, day 29 Feb      29 Feb 2024 | 28 Feb 2025 | ... | 29 Feb 2028

A grid of days (or weeks) has its boundaries exactly k x interval days apart: every 30 days from 31 January is 31 Jan |
2 Mar | 1 Apr ... Grids extend in both directions, so every day lies in one period, and a subscription that is activated
inside of one has a stub.

The beginning of a grid: on the fixed day of the rule if it has one; on the subscription's own day of activation; or on
the first of the account's billing days that is not before the activation, so that a quarter of an account with billing
day 1, activated on 15 March, is [1 Apr, 1 Jul) and the stub lies in [1 Jan, 1 Apr).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.spans import Span
from billing_core.time.period_rules import PeriodRule

LAST_BILLING_DAY = 31
SOME_JANUARY = date(2000, 1, 1)


class Period(Span, frozen=True, gc=False, array_like=True):
    """A span that ends: `to_on` is the first day after it."""

    to_on: date


class Grid(NamedTuple):
    """Boundaries every so many months on a day of the month, or every so many days; one of them is at `begins_on`."""

    months: int
    days: int
    begins_on: date
    day: int

    def containing(self, on: date) -> Period:
        """The period in which a day lies."""
        return _containing(self, on)

    def boundary(self, number: int) -> date:
        """The boundary so many periods after the one at `begins_on`; before it if the number is negative."""
        if self.months:
            begins_on = self.begins_on
            return boundary(begins_on.year, begins_on.month + number * self.months, self.day)
        return self.begins_on + timedelta(days=number * self.days)

    def number(self, on: date) -> int:
        """The number of the boundary at which the period of a day begins."""
        if not self.months:
            return (on - self.begins_on).days // self.days
        begins_on = self.begins_on
        number = (12 * (on.year - begins_on.year) + on.month - begins_on.month) // self.months
        return number if self.boundary(number) <= on else number - 1


@lru_cache(maxsize=4_096)  # A pure value; the accounts of a run ask for the same few hundred of them.
def _containing(grid: Grid, on: date) -> Period:
    number = grid.number(on)
    return Period(grid.boundary(number), grid.boundary(number + 1))


class BillingDay(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The day of the month, as intended, on which an account's periods begin, from a date on."""

    from_on: date
    day: int


def require_billing_day(billing_day: int) -> None:
    """A billing day is 1..31; 31 means the last day of every month."""
    if not 1 <= billing_day <= LAST_BILLING_DAY:
        raise InvalidValue("must be 1 to 31", field="billing day", value=billing_day)


def boundary(year: int, month: int, day: int) -> date:
    """The day in that month, or its last day if it is shorter; months count on beyond 12 and below 1."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(day, monthrange(year, month)[1]))


def first_billing_day(on: date, billing_day: int) -> date:
    """The first billing day that is not before a date."""
    found = boundary(on.year, on.month, billing_day)
    return found if found >= on else boundary(on.year, on.month + 1, billing_day)


class GridSpan(NamedTuple):
    """A grid and the day from which it holds, up to the next one."""

    from_on: date
    grid: Grid


def grids(
    rule: PeriodRule, activated_on: date, billing_days: Sequence[BillingDay], begun_anew: Sequence[date] = ()
) -> list[GridSpan]:
    """The grids of a component, one after the other.

    If the account's billing day changes, the old grid holds until the first new billing day on or after the change, and
    cuts its last period there:

        billing day 1, from 10 March on 20:   [1 Mar, 20 Mar) of [1 Mar, 1 Apr)   [20 Mar, 20 Apr)   ...

    A subscription's own grid may have begun anew on some days; it holds from each of them. If a full period comes
    first, it lies on the subscription's own grid, and the account's grid holds from its end on:

        billing day 1, activated on 15 March:   [15 Mar, 15 Apr)   [15 Apr, 1 May) of [1 Apr, 1 May)   [1 May, 1 Jun)
    """
    if rule.anchor_on is not None:
        return [GridSpan(date.min, _grid(rule, rule.anchor_on, rule.anchor_on.day))]
    if rule.align == "own":
        starts = {date.min: activated_on, **{on: on for on in begun_anew}}
        return [GridSpan(from_on, _grid(rule, on, on.day)) for from_on, on in sorted(starts.items())]
    at_first = [entry for entry in billing_days if entry.from_on <= activated_on] or billing_days[:1]
    spans = [GridSpan(date.min, _account_grid(rule, activated_on, at_first[-1].day))]
    for change in billing_days[len(at_first) :]:
        if change.day == spans[-1].grid.day:
            continue
        from_on = first_billing_day(change.from_on, change.day)
        while len(spans) > 1 and spans[-1].from_on >= from_on:
            spans.pop()  # Changed again before the former change was in force.
        if change.day != spans[-1].grid.day:
            spans.append(GridSpan(from_on, _account_grid(rule, from_on, change.day)))
    return _after_full_period(rule, activated_on, spans) if rule.first_stub == "full-then-prorate" else spans


def grid_on(spans: Sequence[GridSpan], on: date) -> Grid:
    """The one of some grids that holds on a day."""
    return next(span.grid for span in reversed(spans) if span.from_on <= on)


def period_containing(
    on: date,
    rule: PeriodRule,
    activated_on: date,
    billing_days: Sequence[BillingDay],
    begun_anew: Sequence[date] = (),
) -> Period:
    """The period of a component in which a day lies, on the grid that holds on the day (`grids`)."""
    return grid_on(grids(rule, activated_on, billing_days, begun_anew), on).containing(on)


def _after_full_period(rule: PeriodRule, activated_on: date, spans: list[GridSpan]) -> list[GridSpan]:
    """The grids of an account, but for the subscription's own first period."""
    own = _grid(rule, activated_on, activated_on.day)
    ends_on = own.boundary(1)
    place = max(number for number, span in enumerate(spans) if span.from_on <= ends_on)
    return [GridSpan(date.min, own), GridSpan(ends_on, spans[place].grid), *spans[place + 1 :]]


def _account_grid(rule: PeriodRule, from_on: date, billing_day: int) -> Grid:
    if rule.months == 1:  # The grid of all accounts with this billing day, whenever they began.
        return Grid(1, 0, SOME_JANUARY, billing_day)
    return _grid(rule, first_billing_day(from_on, billing_day), billing_day)


def _grid(rule: PeriodRule, begins_on: date, day: int) -> Grid:
    return Grid(rule.months, rule.days, begins_on, day)
