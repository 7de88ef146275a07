"""How old receivables are, as of any day."""

from __future__ import annotations

from datetime import date

from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from projections.dunning.receivables import (
    ReceivablesRow,
    ReceivablesTotal,
    receivables_of_accounts,
    receivables_totals,
)


class ShowReceivables(Query, frozen=True, kw_only=True):
    """What was open `on` a day, today unless it is named, by seller, currency and age after the due date."""

    on: date | None = None
    seller: str = ""


class ListReceivables(Listing, frozen=True, kw_only=True):
    """What was open on each account `on` a day, today unless it is named, by age after the due date."""

    on: date | None = None
    seller: str = ""


def _show_receivables(query: ShowReceivables, reading: Reading) -> list[ReceivablesTotal]:
    with reading.source.cursor() as cursor:
        return receivables_totals(cursor, query.on or reading.today, query.seller, reading.dealer)


def _list_receivables(query: ListReceivables, reading: Reading) -> Page[ReceivablesRow]:
    on = query.on or reading.today
    with reading.source.cursor() as cursor:
        found = receivables_of_accounts(cursor, on, query.limit + 1, query.after, query.seller, reading.dealer)
    return page_of(found, query.limit, lambda row: row.account)


QUERIES: Queries = {ShowReceivables: _show_receivables, ListReceivables: _list_receivables}
