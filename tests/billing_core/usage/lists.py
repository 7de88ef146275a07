"""Price lists of the tests: a small one for calls, with three bands in Prague, and its parts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from billing_core.time.due_dates import WorkingWeek
from billing_core.usage.price_lists.lists import Band, DestinationPrice, PriceList, PriceListTerms
from billing_core.work.working_hours import WorkingHours

WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday")
PEAK = Band(code="peak", hours=WorkingHours(**dict.fromkeys(WEEKDAY_NAMES, ("08:00-19:00",))))
WEEKEND = Band(
    code="weekend", hours=WorkingHours(saturday=("00:00-24:00",), sunday=("00:00-24:00",), holiday=("00:00-24:00",))
)
OFF_PEAK = Band(code="off-peak")

# 28 September and 28 October are public holidays in the Czech Republic.
CZECH_HOLIDAYS = WorkingWeek(holidays=frozenset({date(2026, 4, 3), date(2026, 9, 28), date(2026, 10, 28)}))


def terms(**changed: Any) -> PriceListTerms:
    """Terms of a list by the minute with one price at all times, in Prague."""
    return PriceListTerms(**{"code": "calls", "name": "Calls", "currency": "EUR", "unit": "minute",
                             "zone": "Europe/Prague", "country": "CZ", **changed})  # fmt: skip


def row(prefix: str, destination: str, *prices: str | None, **changed: Any) -> DestinationPrice:
    """A row with a price for each band."""
    for field in ("connection", "minimum", "maximum"):
        if field in changed:
            changed[field] = Decimal(changed[field])
    amounts = tuple(None if price is None else Decimal(price) for price in prices)
    return DestinationPrice(prefix=prefix, destination=destination, prices=amounts, **changed)


def price_list(*rows: DestinationPrice, from_on: date = date(2026, 1, 1), **changed: Any) -> PriceList:
    """A list with these rows."""
    return PriceList(terms=terms(**changed), valid_from_on=from_on, rows=rows)
