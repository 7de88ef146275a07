"""Who is not dunned, and why."""

from __future__ import annotations

from datetime import date
from typing import Literal

from adapters.views.query import Listing, Page, Queries, Reading, page_of
from projections.dunning.stops import StopRow, key_of, stops_after


class ListDunningStops(Listing, frozen=True, kw_only=True):
    """Accounts and invoices that are not dunned `on` a day, today unless it is named: why, since when, until when."""

    on: date | None = None
    why: Literal["", "disputed", "paused", "exempt", "promised", "insolvency", "ticket"] = ""


def _list_stops(query: ListDunningStops, reading: Reading) -> Page[StopRow]:
    on = query.on or reading.today
    with reading.source.cursor() as cursor:
        found = stops_after(cursor, on, query.limit + 1, query.after, query.why, reading.dealer)
    return page_of(found, query.limit, key_of)


QUERIES: Queries = {ListDunningStops: _list_stops}
