"""The grid of billing periods: calendar months cut at a billing day.

The billing day is kept as intended (1..31) and clamped to each month's last day, so it never drifts:

    billing day 31:  31 Jan | 28 Feb | 31 Mar | 30 Apr ...
    billing day 1, on 15 Mar 2026 -> [1 Mar, 1 Apr), 31 days
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from functools import lru_cache

import msgspec

from billing_core.errors import InvalidValue

LAST_BILLING_DAY = 31


class Period(msgspec.Struct, frozen=True):
    """Half-open: `to_on` is the first day after it."""

    from_on: date
    to_on: date

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days


def require_billing_day(billing_day: int) -> None:
    """A billing day is 1..31; 31 means the last day of every month."""
    if not 1 <= billing_day <= LAST_BILLING_DAY:
        raise InvalidValue("must be 1 to 31", field="billing day", value=billing_day)


def boundary(year: int, month: int, billing_day: int) -> date:
    """The day on which a period starts in that month; months count on beyond 12 and below 1."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(billing_day, monthrange(year, month)[1]))


@lru_cache(maxsize=4096)
def period_containing(on: date, billing_day: int) -> Period:
    """The whole grid period in which a day lies."""
    start = boundary(on.year, on.month, billing_day)
    if on < start:
        return Period(boundary(on.year, on.month - 1, billing_day), start)
    return Period(start, boundary(on.year, on.month + 1, billing_day))


def periods_over(from_on: date, to_on: date, billing_day: int) -> list[Period]:
    """The whole grid periods that touch the days `[from_on, to_on)`, in order."""
    found: list[Period] = []
    while from_on < to_on:
        period = period_containing(from_on, billing_day)
        found.append(period)
        from_on = period.to_on
    return found
