"""Figures of tickets: how many were opened and closed, how soon they were answered and resolved, and duplicates."""

from __future__ import annotations

from datetime import date, timedelta

from adapters.views.query import Listing, Page, Queries, Reading, page_of
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.spans import ONE_DAY
from commands.platform.concerns import LISTED, Concerns
from projections.work.figures import CountedBy, CountRow, Days, TimedBy, TimesRow, count_tickets, times
from projections.work.ticket_lists import DuplicatesRow, duplicates

ONE_YEAR = timedelta(days=365)


class OfDays(Listing, frozen=True, kw_only=True):
    from_on: date | None = None
    to_on: date | None = None

    def days(self, today: date) -> Days:
        """The days that are asked for: by default the year that ends today."""
        to_on = self.to_on or today + ONE_DAY
        from_on = self.from_on or to_on - ONE_YEAR
        if from_on >= to_on:
            raise InvalidValue(f"must be after the first day, {from_on}", field="to", value=to_on)
        return Days(from_on, to_on)


class CountTickets(OfDays, frozen=True, kw_only=True):
    """How many tickets were opened and closed, by one of their values or by month.

    The days begin with `from` and end before `to`; by default they are the year that ends today. A technician is the
    `assignee` of now, or of the end.
    """

    by: CountedBy = "queue"


class ListTicketTimes(OfDays, frozen=True, kw_only=True):
    """How soon tickets were answered and resolved, and how many deadlines were kept and missed.

    They are those opened on days that begin with `from` and end before `to`, by default in the year that ends today;
    without those that were cancelled or duplicates. Of the minutes until the first reply to the customer and until the
    end there is the median, and what 90 of 100 took at most.
    """

    by: TimedBy = "queue"


class ListDuplicates(Listing, frozen=True, kw_only=True):
    """Tickets of which others were closed as duplicates, with their numbers."""


def _count_tickets(query: CountTickets, reading: Reading) -> Page[CountRow]:
    days = query.days(reading.today)
    with reading.source.cursor() as cursor:
        found = count_tickets(cursor, query.by, days, query.after, query.limit + 1, reading.dealer)
    return page_of(found, query.limit, lambda row: row.of)


def _list_times(query: ListTicketTimes, reading: Reading) -> Page[TimesRow]:
    days = query.days(reading.today)
    with reading.source.cursor() as cursor:
        found = times(cursor, query.by, days, reading.source.now, query.after, query.limit + 1, reading.dealer)
    return page_of(found, query.limit, lambda row: row.of)


def _list_duplicates(query: ListDuplicates, reading: Reading) -> Page[DuplicatesRow]:
    with reading.source.cursor() as cursor:
        found = list(duplicates(cursor, query.after, query.limit + 1, reading.dealer))
    return page_of(found, query.limit, lambda row: row.duplicate_of)


QUERIES: Queries = {CountTickets: _count_tickets, ListTicketTimes: _list_times, ListDuplicates: _list_duplicates}
CONCERNS: Concerns = dict.fromkeys(QUERIES, LISTED)
