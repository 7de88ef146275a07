"""What dealers took at their desks, handed over, and still have."""

from __future__ import annotations

from datetime import date, timedelta

from adapters.views.query import Page, Queries, Query, Reading
from billing_core.time.periods import boundary
from projections.cash.dealers import DealerCashRow, cash_of_dealers


class ListDealersCash(Query, frozen=True, kw_only=True):
    """What each dealer took at its desks, handed over, and has in its tills, on business days from one on and before
    another.

    Without days it is this month until today.
    """

    from_on: date | None = None
    to_on: date | None = None


def _list_dealers_cash(query: ListDealersCash, reading: Reading) -> Page[DealerCashRow]:
    to_on = query.to_on or reading.today + timedelta(days=1)
    from_on = query.from_on or boundary(reading.today.year, reading.today.month, 1)
    with reading.source.cursor() as cursor:
        return Page(cash_of_dealers(cursor, from_on, to_on, reading.dealer), None)


QUERIES: Queries = {ListDealersCash: _list_dealers_cash}
