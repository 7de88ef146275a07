"""Closed months: which there are, whether they still agree, and what has changed in one since it was closed."""

from __future__ import annotations

import msgspec

from adapters.bootstrap.closed_months import ComparedReport, compared_reports
from adapters.views.query import Limit, Page, Queries, Query, Reading, page_of
from billing_core.kernel.errors import NotFound
from billing_core.reports.closings import month_of
from commands.platform.concerns import HOUSE, Concerns
from projections.reports.closings import ClosedMonthEntry, closed_months
from projections.reports.whole import PAGE_SECONDS

# --- what is asked


class ListClosedMonths(Query, frozen=True, kw_only=True):
    """Closed months of a seller or of all, the newest first, and how many reports of each answer otherwise by now.

    They are compared every night. `before` is a month with its seller, as in `2026-05 north`.
    """

    seller: str = ""
    before: str = ""
    limit: Limit = 12


class CompareClosedMonth(Query, frozen=True, kw_only=True):
    """The frozen figures of a closed month, those of now, and what differs; `month` as 2026-05."""

    seller: str
    month: str


# --- what is answered


class ComparedMonth(msgspec.Struct):
    """A closed month of a seller, report by report."""

    seller: str
    month: str
    agrees: bool
    reports: list[ComparedReport]


# --- answers


def _list_months(query: ListClosedMonths, reading: Reading) -> Page[ClosedMonthEntry]:
    with reading.source.cursor() as cursor:
        found = closed_months(cursor, query.seller, query.before, query.limit + 1)
    return page_of(found, query.limit, lambda entry: f"{entry.month} {entry.seller}")


def _compare(query: CompareClosedMonth, reading: Reading) -> ComparedMonth:
    month = month_of(query.month)
    with reading.source.reading(PAGE_SECONDS) as books:
        compared = list(compared_reports(books.cursor, query.seller, month, reading.today))
    if not compared:
        raise NotFound("is not closed for this seller", field="month", value=query.month)
    agrees = not any(each.differs for each in compared)
    return ComparedMonth(query.seller, query.month, agrees, compared)


QUERIES: Queries = {ListClosedMonths: _list_months, CompareClosedMonth: _compare}
CONCERNS: Concerns = {ListClosedMonths: HOUSE, CompareClosedMonth: HOUSE}
