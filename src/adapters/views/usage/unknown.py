"""Usage that is nobody's."""

from __future__ import annotations

from adapters.views.query import Limit, Page, Queries, Query, Reading
from commands.platform.concerns import HOUSE, Concerns
from projections.usage.unknown import UnknownSubscriber, unknown_subscribers


class ListUnknownSubscribers(Query, frozen=True, kw_only=True):
    """Numbers, user names and cards in records that wait, because they are nobody's; those with most records first."""

    limit: Limit = 50


def _list_unknown(query: ListUnknownSubscribers, reading: Reading) -> Page[UnknownSubscriber]:
    with reading.source.cursor() as cursor:
        return Page(unknown_subscribers(cursor, query.limit), None)


QUERIES: Queries = {ListUnknownSubscribers: _list_unknown}
CONCERNS: Concerns = {ListUnknownSubscribers: HOUSE}
