"""What technicians get for the jobs they did, and the rates by which they get it."""

from __future__ import annotations

from datetime import date

from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from commands.platform.concerns import HOUSE, Concerns
from projections.work.job_rates import JobRateRow, list_rates
from projections.work.pay import Pay, pay_of


class ListJobRates(Listing, frozen=True, kw_only=True):
    """Rates by kind of job, crew, technician and the day from which they hold."""


class ShowPay(Query, frozen=True, kw_only=True):
    """What technicians get for the appointments that were done from a day up to another one.

    Each technician gets the own rate that holds on the day of the job, else that of the crew, else that of everybody.
    Jobs without any rate are listed without an amount.
    """

    from_on: date
    to_on: date
    crew: str = ""
    technician: str = ""


def _show_pay(query: ShowPay, reading: Reading) -> Pay:
    with reading.source.cursor() as cursor:
        return pay_of(cursor, query.from_on, query.to_on, query.crew, query.technician)


def _list_job_rates(query: ListJobRates, reading: Reading) -> Page[JobRateRow]:
    with reading.source.cursor() as cursor:
        found = [row for row in list_rates(cursor) if row.key > query.after]
    return page_of(found[: query.limit + 1], query.limit, lambda row: row.key)


QUERIES: Queries = {ListJobRates: _list_job_rates, ShowPay: _show_pay}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
