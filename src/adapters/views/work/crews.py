"""Crews, and the working time of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from adapters.calendars.holiday_calendar import calendar_of
from adapters.views.query import Listing, Page, Queries, Reading, page_of
from billing_core.work.crews import KnownCrew
from billing_core.work.working_hours import WorkingTime
from commands.platform.concerns import HOUSE, Concerns
from projections.parties import list_sellers
from projections.platform.projection import Cursor
from projections.work.crews import crews_after


class ListCrews(Listing, frozen=True, kw_only=True):
    """Crews with members, hours, skills and days off, in order of code."""


class AtWork(NamedTuple):
    """A crew with its working time."""

    crew: KnownCrew
    working: WorkingTime

    @property
    def code(self) -> str:
        return self.crew.crew.code


def crews_at_work(cursor: Cursor, crew: str = "", technician: str = "") -> Mapping[str, AtWork]:
    """All crews, or the one that is named, or those with a technician, by code."""
    sellers = {seller.code: seller for seller in list_sellers(cursor)}
    found = {}
    for known in crews_after(cursor, "", None):
        details = known.crew
        if (not crew or details.code == crew) and (not technician or technician in details.members):
            seller = sellers[details.seller]
            zone, calendar = ZoneInfo(seller.time_zone), calendar_of(seller.address.country)
            found[details.code] = AtWork(known, WorkingTime(details.hours, calendar, zone))
    return found


def _list_crews(query: ListCrews, reading: Reading) -> Page[KnownCrew]:
    with reading.source.cursor() as cursor:
        found = crews_after(cursor, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda known: known.crew.code)


QUERIES: Queries = {ListCrews: _list_crews}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
