"""Service levels."""

from __future__ import annotations

from adapters.views.query import Listing, Page, Queries, Reading, page_of
from billing_core.work.service_levels import ServiceLevel
from commands.platform.concerns import HOUSE, Concerns
from projections.work.service_levels import service_levels_after


class ListServiceLevels(Listing, frozen=True, kw_only=True):
    """Service levels with their hours and what they promise, in order of code."""


def _list_service_levels(query: ListServiceLevels, reading: Reading) -> Page[ServiceLevel]:
    with reading.source.cursor() as cursor:
        found = service_levels_after(cursor, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda level: level.code)


QUERIES: Queries = {ListServiceLevels: _list_service_levels}
CONCERNS: Concerns = {ListServiceLevels: HOUSE}
