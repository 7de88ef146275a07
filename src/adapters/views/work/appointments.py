"""Appointments as a list."""

from __future__ import annotations

from datetime import date

from adapters.views.query import Listing, Page, Queries, Reading, page_of
from billing_core.kernel.dates import FIRST_DAY, LAST_DAY
from commands.platform.concerns import HOUSE, Concerns
from projections.work.appointments import AppointmentRow, Sought, appointments_after


class ListAppointments(Listing, frozen=True, kw_only=True):
    """Appointments in order of number: of a crew or ticket, from a day up to another one, by state if it is named."""

    crew: str = ""
    ticket: str = ""
    state: str = ""
    from_on: date | None = None
    to_on: date | None = None


def _list_appointments(query: ListAppointments, reading: Reading) -> Page[AppointmentRow]:
    sought = Sought(query.from_on or FIRST_DAY, query.to_on or LAST_DAY, query.crew, query.ticket, query.state)
    with reading.source.cursor() as cursor:
        found = appointments_after(cursor, sought, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.number)


QUERIES: Queries = {ListAppointments: _list_appointments}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
