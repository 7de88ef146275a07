"""Forecasts of revenue: what the bills of the next months would be, as it was foreseen on a day.

Decides which months a forecast is for. How the bills are made is decided by the rules of billing alone: a forecast adds
up what they would issue if nothing changed, and is kept so that it can be compared with what came.

    made on 11 June for 3 months    the rest of June, July and August
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money

MOST_MONTHS = 12


class ForecastSum(msgspec.Struct, frozen=True, gc=False):
    """The lines of one kind that a month is to bring, without VAT; `month` is its first day."""

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
