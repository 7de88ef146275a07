"""Forecasts of revenue: what the bills of the next months would be, as it was foreseen on a day.

Decides which months a forecast is for. How the bills are made is decided by the rules of billing alone: a forecast adds
up what they would issue if nothing changed, and is kept so that it can be compared with what came.

    made on 11 June for 3 months    the rest of June, July and August

Usage that nobody recorded yet stands on no such bill. What it is to bring is a sum of its own, `usage-to-come`, never
added to the bills: the mean of the last three full months, for each component of each service that is in force.

    usage on documents of March, April and May     12.00, 9.00 and nothing
    to come in July and in August                   7.00 each; if the bills of July have 2.00 of usage already: 5.00
    in June, which runs                             nothing: its documents are those that the bills have
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, rounded, zero

MOST_MONTHS = 12
MONTHS_OF_USAGE = 3
USAGE_TO_COME = "usage-to-come"


class ForecastSum(msgspec.Struct, frozen=True, gc=False):
    """The lines of one kind that a month is to bring, without VAT; `month` is its first day.

    Of `usage-to-come` there are no lines yet: they are the components of services that are to bring it.
    """

    month: date
    seller: str
    tariff: str
    charge_kind: str
    lines: int
    net: Money


@event("revenue-forecast")
class RevenueForecast(Event, frozen=True, kw_only=True):
    """What the bills from `effective_on` to the end of the last of some months would be.

    `stopped` are the accounts of which a rule refused a bill.
    """

    months: int
    sums: tuple[ForecastSum, ...]
    stopped: int


class PastUsage(msgspec.Struct, frozen=True, gc=False):
    """What the usage of a component of a service brought in the last three full months, without VAT."""

    subscription: str
    component: str
    net: Money


def months_of_usage(today: date) -> tuple[date, date]:
    """The last full months, whose usage is looked at: from the first day on, and before the second one.

    >>> [str(day) for day in months_of_usage(date(2026, 6, 11))]
    ['2026-03-01', '2026-06-01']
    """
    before = first = today.replace(day=1)
    for _ in range(MONTHS_OF_USAGE):
        first = (first - timedelta(days=1)).replace(day=1)
    return first, before


def usage_to_come(past: Money, billed: Money) -> Money:
    """What a full month is to bring besides the usage that its bills have already; never less than nothing.

    The mean is rounded once: of 21.00 in three months it is 7.00, and 5.00 are to come if 2.00 are billed; of 20.00 it
    is 6.67; if 8.00 are billed, nothing.
    """
    mean = rounded(Fraction(past.amount) / MONTHS_OF_USAGE, past.currency)
    return max(mean - billed, zero(past.currency))


def month_ends(today: date, months: int) -> Iterator[date]:
    """The last day of this month and of the following ones, so many in all.

    >>> [str(day) for day in month_ends(date(2026, 11, 30), 2)]
    ['2026-11-30', '2026-12-31']
    """
    if not 1 <= months <= MOST_MONTHS:
        raise InvalidValue(f"must be 1 to {MOST_MONTHS}", field="months", value=months)
    first = today.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(days=31)).replace(day=1)
        yield first - timedelta(days=1)
