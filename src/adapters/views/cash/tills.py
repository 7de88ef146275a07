"""Sessions of cash desks, their variances, and cash on its way."""

from __future__ import annotations

from datetime import date, timedelta

from adapters.views.cash.rights import seen_desk, seen_desks
from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.cash.sessions import no_transit
from projections.cash.tills import (
    CashSessionRow,
    CashTransitRow,
    sessions_before,
    transit_named,
    transits_after,
    variances,
)

USUAL_DAYS = timedelta(days=31)


class ListCashSessions(Listing, frozen=True, kw_only=True):
    """The sessions of a desk, the newest first, with float, count and variance."""

    desk: str


class ListCashVariances(Query, frozen=True, kw_only=True):
    """Sessions that began or ended with a difference, on business days from one on and before another.

    Without days it is the last month.
    """

    from_on: date | None = None
    to_on: date | None = None


class ListCashInTransit(Listing, frozen=True, kw_only=True):
    """Cash on its way to another desk or the bank, or disputed; with `all` also what has arrived."""

    all: bool = False


class ShowCashInTransit(Query, frozen=True, kw_only=True):
    """A hand-over or a deposit, by its receipt."""

    receipt: str


def _list_sessions(query: ListCashSessions, reading: Reading) -> Page[CashSessionRow]:
    with reading.source.cursor() as cursor:
        seen_desk(cursor, query.desk, reading)
        found = sessions_before(cursor, query.desk, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.session)


def _list_variances(query: ListCashVariances, reading: Reading) -> Page[CashSessionRow]:
    to_on = query.to_on or reading.today + timedelta(days=1)
    with reading.source.cursor() as cursor:
        seen = seen_desks(cursor, reading)
        found = variances(cursor, query.from_on or to_on - USUAL_DAYS, to_on)
    return Page([row for row in found if row.desk in seen], None)


def _list_in_transit(query: ListCashInTransit, reading: Reading) -> Page[CashTransitRow]:
    with reading.source.cursor() as cursor:
        seen = seen_desks(cursor, reading)
        found = transits_after(cursor, query.after, query.limit + 1, open_only=not query.all)
    page = page_of(found, query.limit, lambda row: row.receipt)
    return Page([row for row in page.items if row.desk in seen or row.destination in seen], page.next)


def _show_in_transit(query: ShowCashInTransit, reading: Reading) -> CashTransitRow:
    with reading.source.cursor() as cursor:
        row = transit_named(cursor, query.receipt)
        seen = seen_desks(cursor, reading)
    if row is None or not {row.desk, row.destination} & set(seen):
        raise no_transit(query.receipt)
    return row


QUERIES: Queries = {
    ListCashSessions: _list_sessions,
    ListCashVariances: _list_variances,
    ListCashInTransit: _list_in_transit,
    ShowCashInTransit: _show_in_transit,
}
