"""Closed months: which there are, whether they still agree, and what has changed in one since it was closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import msgspec

from adapters.reports.ready import ready_reports, ready_views
from adapters.views.query import Limit, Page, Queries, Query, Reading, page_of
from billing_core.kernel.errors import NotFound
from billing_core.reports.closings import FrozenFigures, month_of
from billing_core.reports.differences import Difference, differences, missing_columns
from commands.platform.concerns import HOUSE, Concerns
from projections.platform.projection import Cursor
from projections.reports.closings import ClosedMonthEntry, closed_months, frozen_figures
from projections.reports.freezing import figures_of
from projections.reports.whole import PAGE_SECONDS

# --- what is asked


class ListClosedMonths(Query, frozen=True, kw_only=True):
    """Closed months of a seller or of all, the newest first, and whether their figures still agree.

    `before` is a month with its seller, as in `2026-05 north`.
    """

    seller: str = ""
    before: str = ""
    limit: Limit = 12


class CompareClosedMonth(Query, frozen=True, kw_only=True):
    """The frozen figures of a closed month, those of now, and what differs; `month` as 2026-05."""

    seller: str
    month: str


# --- what is answered


class ClosedMonthLine(msgspec.Struct):
    """A closed month: how many of its frozen reports have other figures now."""

    seller: str
    month: str
    reports: int
    closed_by: str
    closed_at: datetime
    differing: int

    @property
    def agrees(self) -> bool:
        return not self.differing


class ComparedReport(msgspec.Struct, kw_only=True):
    """A frozen report: its totals then and now, and what differs in totals and rows.

    `gone` says why it cannot be compared: the report is there no more, or columns of it are not.
    """

    report: str
    title: str
    figures_hash: str
    frozen: FrozenFigures
    now: FrozenFigures | None
    differences: list[Difference]
    gone: str = ""


class ComparedMonth(msgspec.Struct):
    """A closed month of a seller, report by report."""

    seller: str
    month: str
    agrees: bool
    reports: list[ComparedReport]


# --- answers


def _list_months(query: ListClosedMonths, reading: Reading) -> Page[ClosedMonthLine]:
    with reading.source.reading(PAGE_SECONDS) as books:
        entries = closed_months(books.cursor, query.seller, query.before, query.limit + 1)
        found = [_line(books.cursor, entry, reading.today) for entry in entries]
    return page_of(found, query.limit, lambda line: f"{line.month} {line.seller}")


def _line(cursor: Cursor, entry: ClosedMonthEntry, today: date) -> ClosedMonthLine:
    compared = list(_compared(cursor, entry.seller, month_of(entry.month), today))
    differing = sum(bool(each.differences or each.gone) for each in compared)
    return ClosedMonthLine(entry.seller, entry.month, entry.reports, entry.closed_by, entry.closed_at, differing)


def _compare(query: CompareClosedMonth, reading: Reading) -> ComparedMonth:
    month = month_of(query.month)
    with reading.source.reading(PAGE_SECONDS) as books:
        compared = list(_compared(books.cursor, query.seller, month, reading.today))
    if not compared:
        raise NotFound("is not closed for this seller", field="month", value=query.month)
    agrees = not any(each.differences or each.gone for each in compared)
    return ComparedMonth(query.seller, query.month, agrees, compared)


def _compared(cursor: Cursor, seller: str, month: date, today: date) -> Iterator[ComparedReport]:
    """Each frozen report of the month with what the same question answers now."""
    for frozen, digest in frozen_figures(cursor, seller, month):
        report = ready_reports().get(frozen.report)
        if report is None or any(report.parameter(name) is None for name in frozen.given):
            yield ComparedReport(
                report=frozen.report, title=frozen.report, figures_hash=digest, frozen=frozen, now=None,
                differences=[], gone="the report is there no more",
            )  # fmt: skip
            continue
        now = figures_of(cursor, report, frozen.given, ready_views(), today)
        missing = missing_columns(frozen, now)
        yield ComparedReport(
            report=frozen.report, title=report.title, figures_hash=digest, frozen=frozen, now=now,
            differences=differences(frozen, now), gone=f"columns are gone: {', '.join(missing)}" if missing else "",
        )  # fmt: skip


QUERIES: Queries = {ListClosedMonths: _list_months, CompareClosedMonth: _compare}
CONCERNS: Concerns = {ListClosedMonths: HOUSE, CompareClosedMonth: HOUSE}
