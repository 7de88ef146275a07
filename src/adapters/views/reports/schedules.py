"""Reports that are sent by e-mail."""

from __future__ import annotations

from adapters.views.query import Listing, Page, Queries, Reading, page_of
from billing_core.reports.schedules import KnownSchedule
from commands.platform.concerns import LISTED, Concerns
from projections.reports.schedules import report_schedules_after


class ListReportSchedules(Listing, frozen=True, kw_only=True):
    """Reports that are sent by e-mail, when each is due next, and what became of the last one; with those ended."""


def _list_schedules(query: ListReportSchedules, reading: Reading) -> Page[KnownSchedule]:
    with reading.source.cursor() as cursor:
        found = report_schedules_after(cursor, reading.dealer, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda known: known.schedule.code)


QUERIES: Queries = {ListReportSchedules: _list_schedules}
CONCERNS: Concerns = {ListReportSchedules: LISTED}
