"""Promised payments."""

from __future__ import annotations

from adapters.views.query import Listing, Page, Queries, Reading, page_of
from commands.platform.concerns import LISTED, Concerns
from projections.promises import PromiseRow, promises_after


class ListPromises(Listing, frozen=True, kw_only=True):
    """The newest promise of each account if it is open; with `all` also how others ended."""

    all: bool = False


def _list_promises(query: ListPromises, reading: Reading) -> Page[PromiseRow]:
    with reading.source.transaction() as cursor:
        found = promises_after(cursor, query.after, query.limit + 1, open_only=not query.all, dealer=reading.dealer)
    return page_of(found, query.limit, lambda row: row.account)


QUERIES: Queries = {ListPromises: _list_promises}
CONCERNS: Concerns = {ListPromises: LISTED}
