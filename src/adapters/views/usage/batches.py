"""Batches of usage."""

from __future__ import annotations

from adapters.views.query import Listing, Page, Queries, Reading, page_of
from commands.platform.concerns import HOUSE, Concerns
from projections.usage.batches import BatchRow, batches_after


class ListUsageBatches(Listing, frozen=True, kw_only=True):
    """The batches of usage that are not booked whole; with `all` also the others."""

    all: bool = False


def _list_usage_batches(query: ListUsageBatches, reading: Reading) -> Page[BatchRow]:
    with reading.source.cursor() as cursor:
        found = batches_after(cursor, query.after, query.limit + 1, in_progress=not query.all)
    return page_of(found, query.limit, lambda row: row.name)


QUERIES: Queries = {ListUsageBatches: _list_usage_batches}
CONCERNS: Concerns = {ListUsageBatches: HOUSE}
