"""What records cost that a price list prices, and those without a price."""

from __future__ import annotations

from datetime import date

from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.kernel.spans import ONE_DAY
from commands.platform.concerns import HOUSE, Concerns
from projections.usage.rated import (
    CostRow,
    PackageRow,
    UnratedRow,
    cost_of,
    packages_of,
    unrated_after,
)


class ShowUsageCost(Query, frozen=True, kw_only=True):
    """What the records of an account, or of one subscription, cost on days from one up to another, by destination.

    By default from the first day of this month up to and including today.
    """

    account: str
    subscription: str = ""
    from_on: date | None = None
    to_on: date | None = None


class ListUnratedUsage(Listing, frozen=True, kw_only=True):
    """Records without a price, by price list, reason and number. They are rated when the list has a price for them."""


class ListFreeUnits(Query, frozen=True, kw_only=True):
    """What an account used of its packages of free units in the periods that go on today or later.

    With `since` also in earlier periods.
    """

    account: str
    since: date | None = None


def _show_usage_cost(query: ShowUsageCost, reading: Reading) -> list[CostRow]:
    with reading.source.cursor() as cursor:
        from_on = query.from_on or reading.today.replace(day=1)
        return cost_of(cursor, query.account, query.subscription, from_on, query.to_on or reading.today + ONE_DAY)


def _list_unrated_usage(query: ListUnratedUsage, reading: Reading) -> Page[UnratedRow]:
    with reading.source.cursor() as cursor:
        found = unrated_after(cursor, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.key)


def _list_free_units(query: ListFreeUnits, reading: Reading) -> list[PackageRow]:
    with reading.source.cursor() as cursor:
        return packages_of(cursor, query.account, query.since or reading.today)


QUERIES: Queries = {
    ShowUsageCost: _show_usage_cost,
    ListUnratedUsage: _list_unrated_usage,
    ListFreeUnits: _list_free_units,
}
CONCERNS: Concerns = {ListUnratedUsage: HOUSE}
