"""Accounts to suspend for non-payment, and those to resume."""

from __future__ import annotations

from datetime import date

from adapters.bootstrap.registry import exemptions
from adapters.views.query import Listing, Page, Queries, Reading, page_of
from projections.dunning.suspensions import ResumptionRow, SuspensionRow, resumption_list, suspension_list


class ListSuspensions(Listing, frozen=True, kw_only=True):
    """Accounts that are overdue beyond their tolerance `on` a date, today unless it is named."""

    on: date | None = None


class ListResumptions(Listing, frozen=True, kw_only=True):
    """Accounts with services suspended for non-payment that are to be resumed `on` a date, today unless it is named."""

    on: date | None = None


def _list_suspensions(query: ListSuspensions, reading: Reading) -> Page[SuspensionRow]:
    with reading.source.cursor() as cursor:
        on = query.on or reading.today
        found = suspension_list(cursor, on, query.limit + 1, query.after, exemptions, reading.dealer)
    return page_of(found, query.limit, lambda row: row.account)


def _list_resumptions(query: ListResumptions, reading: Reading) -> Page[ResumptionRow]:
    with reading.source.cursor() as cursor:
        on = query.on or reading.today
        found = resumption_list(cursor, on, query.limit + 1, query.after, exemptions, reading.dealer)
    return page_of(found, query.limit, lambda row: row.account)


QUERIES: Queries = {ListSuspensions: _list_suspensions, ListResumptions: _list_resumptions}
