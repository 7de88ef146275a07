"""Recurring tasks."""

from __future__ import annotations

from adapters.views.query import Listing, Page, Queries, Reading, page_of
from billing_core.work.recurring import KnownTask
from commands.platform.concerns import HOUSE, Concerns
from projections.work.recurring import recurring_tasks_after


class ListRecurringTasks(Listing, frozen=True, kw_only=True):
    """Tasks that recur, with the next day on which each is due; those that are over have none."""


def _list_recurring_tasks(query: ListRecurringTasks, reading: Reading) -> Page[KnownTask]:
    with reading.source.cursor() as cursor:
        found = recurring_tasks_after(cursor, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda known: known.task.code)


QUERIES: Queries = {ListRecurringTasks: _list_recurring_tasks}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
