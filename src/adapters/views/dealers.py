"""Dealers."""

from __future__ import annotations

from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from commands.dealers import no_such_dealer
from commands.platform.concerns import LISTED, Concern, Concerns, Named
from projections import dealers
from projections.dealers import DealerRow


class ListDealers(Listing, frozen=True, kw_only=True):
    """Dealers with the number of their customers, in order of code."""


class ShowDealer(Query, frozen=True, kw_only=True):
    """A dealer with the number of its customers."""

    code: str


def _list_dealers(query: ListDealers, reading: Reading) -> Page[DealerRow]:
    with reading.source.cursor() as cursor:
        found = dealers.list_dealers(cursor, query.limit + 1, query.after, reading.dealer)
    return page_of(found, query.limit, lambda row: row.dealer.code)


def _show_dealer(query: ShowDealer, reading: Reading) -> DealerRow:
    with reading.source.cursor() as cursor:
        found = dealers.list_dealers(cursor, 1, dealer=query.code) if query.code else []
    if not found:
        raise no_such_dealer(query.code)
    return found[0]


QUERIES: Queries = {ListDealers: _list_dealers, ShowDealer: _show_dealer}
CONCERNS: Concerns = {ListDealers: LISTED, ShowDealer: Concern("named", (Named("dealer", ("code",)),))}
