"""What leaves the house of a crew's work: its calendar, and the tasks of its day on paper."""

from __future__ import annotations

from datetime import date, timedelta

from adapters.calendars.appointment_feed import calendar_text
from adapters.documents.day_sheet import Sheet, SheetVisit, render_day_sheet
from adapters.views.query import FileAnswer, Queries, Query, Reading
from adapters.views.work.crews import crews_at_work
from adapters.views.work.plans import CrewOnDay, LocalVisit, day_of_crew, named_crew
from billing_core.kernel.dates import FIRST_DAY, LAST_DAY
from billing_core.kernel.errors import InvalidValue, NotFound
from commands.platform.concerns import HOUSE, Concerns
from projections.parties import list_sellers
from projections.work.appointments import Sought, appointments_by_time

# So far back a calendar goes.
PAST = timedelta(days=31)


class ReadCalendar(Query, frozen=True, kw_only=True):
    """The appointments of a crew or a technician as a calendar to subscribe to (iCalendar, RFC 5545)."""

    crew: str = ""
    technician: str = ""


class PrintDay(Query, frozen=True, kw_only=True):
    """The tasks of a crew's day as a PDF: visits with their ways, and room for notes."""

    crew: str
    on: date


class CalendarFile(FileAnswer):
    """A calendar in the format of RFC 5545."""

    media_type = "text/calendar"


class SheetFile(FileAnswer):
    """A sheet of paper."""

    media_type = "application/pdf"


def read_calendar(query: ReadCalendar, reading: Reading) -> CalendarFile:
    """The appointments of a crew or technician from a month ago on."""
    if bool(query.crew) == bool(query.technician):
        raise InvalidValue("name a crew or a technician", field="crew", value=query.crew)
    with reading.source.cursor() as cursor:
        crews = crews_at_work(cursor, query.crew, query.technician)
        if not crews:
            raise NotFound("no such crew, or no crew has this technician", field="crew or technician",
                           value=query.crew or query.technician)  # fmt: skip
        sought = Sought(max(reading.today - PAST, FIRST_DAY), LAST_DAY, query.crew)
        rows = [row for row in appointments_by_time(cursor, sought) if row.crew in crews]
    name = crews[query.crew].crew.crew.title if query.crew else query.technician
    return CalendarFile(calendar_text(name, rows))


def print_day(query: PrintDay, reading: Reading) -> SheetFile:
    """The tasks of a day."""
    with reading.source.cursor() as cursor:
        at_work = named_crew(cursor, query.crew)
        rows = appointments_by_time(cursor, Sought(query.on, query.on + timedelta(days=1), query.crew))
        houses = {seller.code: seller.name for seller in list_sellers(cursor)}
    day, crew = day_of_crew(at_work, query.on, rows), at_work.crew.crew
    visits = [_visit(each) for each in day.visits]
    sheet = Sheet(houses[crew.seller], crew.title, query.on, day.technicians, _notes(day), visits)
    return SheetFile(render_day_sheet(sheet))


def _visit(visit: LocalVisit) -> SheetVisit:
    row = visit.appointment
    return SheetVisit(
        row.number, row.job_kind, row.place.text, visit.begins_at, visit.ends_at, visit.travel, visit.faults
    )  # fmt: skip


def _notes(day: CrewOnDay) -> list[str]:
    notes = [f"{day.planned} of {day.available} minutes are planned, {day.travel} of them for the way"]
    saved = day.travel - day.travel_in_map_order
    if saved > 0:
        notes.append(f"In the order {', '.join(day.map_order)} the way is {saved} minutes shorter")
    return notes


QUERIES: Queries = {ReadCalendar: read_calendar, PrintDay: print_day}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
