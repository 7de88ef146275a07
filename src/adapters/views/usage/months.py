"""The months of usage rows: which are kept, and which were purged."""

from __future__ import annotations

from adapters.views.query import Page, Queries, Query, Reading
from commands.platform.concerns import HOUSE, Concerns
from projections.usage.purges import UsageMonthRow, usage_months


class ListUsageMonths(Query, frozen=True, kw_only=True):
    """The months in which there was usage, with the day on which their rows were purged, if they were."""


def _list_months(query: ListUsageMonths, reading: Reading) -> Page[UsageMonthRow]:
    with reading.source.cursor() as cursor:
        return Page(usage_months(cursor), None)


QUERIES: Queries = {ListUsageMonths: _list_months}
CONCERNS: Concerns = {ListUsageMonths: HOUSE}
