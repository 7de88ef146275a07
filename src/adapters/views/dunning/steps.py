"""Which steps were taken, and who paid after them."""

from __future__ import annotations

from datetime import date, timedelta

from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from projections.dunning.steps import FunnelRow, TakenStepRow, funnel, steps_of_account

USUAL_DAYS = timedelta(days=365)


class ListDunningSteps(Listing, frozen=True, kw_only=True):
    """The steps that were taken on the invoices of an account, the newest first."""

    account: str


class ShowDunningFunnel(Query, frozen=True, kw_only=True):
    """How many invoices came to each step by month, and how many of them were paid since, and when.

    Steps taken from the date `since`, by default a year ago, up to and without the date `until`; those of one `policy`
    if it is named.
    """

    since: date | None = None
    until: date | None = None
    policy: str = ""


def _list_steps(query: ListDunningSteps, reading: Reading) -> Page[TakenStepRow]:
    with reading.source.cursor() as cursor:
        found = steps_of_account(cursor, query.account, query.limit + 1, query.after)
    return page_of(found, query.limit, lambda row: row.key)


def _show_funnel(query: ShowDunningFunnel, reading: Reading) -> list[FunnelRow]:
    until = query.until or reading.today + timedelta(days=1)
    since = query.since or until - USUAL_DAYS
    with reading.source.cursor() as cursor:
        return funnel(cursor, since, until, query.policy, reading.dealer)


QUERIES: Queries = {ListDunningSteps: _list_steps, ShowDunningFunnel: _show_funnel}
