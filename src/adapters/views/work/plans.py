"""Days and weeks of crews and technicians, and free times for a visit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from itertools import product

import msgspec

from adapters.views.query import Queries, Query, Reading
from adapters.views.work.crews import AtWork, crews_at_work
from billing_core.kernel.dates import require_day
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.work.appointments import CrewDay, Visit, length_of
from billing_core.work.day_plans import plan_of
from billing_core.work.proposals import Proposal, best, proposals
from billing_core.work.routes import Position, require_position
from billing_core.work.working_hours import Interval
from commands.platform.concerns import HOUSE, Concerns
from projections.platform.projection import Cursor
from projections.work.appointments import AppointmentRow, Sought, appointments_by_time

ONE_DAY = timedelta(days=1)
MOST_DAYS = 31
MOST_PROPOSALS = 50

# --- queries


class ShowDay(Query, frozen=True, kw_only=True):
    """The day of a crew: its visits with the ways between them, what does not fit, and the shortest order."""

    crew: str
    on: date


class ShowWeek(Query, frozen=True, kw_only=True):
    """The week of a day, from Monday to Sunday: of all crews, of one, or of those with a technician."""

    on: date
    crew: str = ""
    technician: str = ""


class FindFreeTimes(Query, frozen=True, kw_only=True):
    """Free times for a visit of so many minutes, those with the shortest detours first.

    Of the crews that do a kind of job and go to a district, or of one crew, on up to 31 days. Without a place, detours
    are not known.
    """

    job_kind: str
    minutes: int
    from_on: date
    days: int = 7
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    crew: str = ""
    district: str = ""


class LocalVisit(msgspec.Struct):
    """An appointment in the time of its crew, with the minutes of the way to it, and what does not fit."""

    appointment: AppointmentRow
    begins_at: datetime
    ends_at: datetime
    travel: int
    faults: tuple[str, ...]


class CrewOnDay(msgspec.Struct):
    """A day of a crew. Minutes of working time are `available`, those of visits and ways `planned`."""

    crew: str
    on: date
    technicians: tuple[str, ...]
    available: int
    planned: int
    travel: int
    visits: list[LocalVisit]
    map_order: tuple[str, ...]
    travel_in_map_order: int


class CrewInWeek(msgspec.Struct):
    """The days of a crew, and their minutes together."""

    crew: str
    title: str
    members: tuple[str, ...]
    available: int
    planned: int
    days: list[CrewOnDay]


class Week(msgspec.Struct):
    """Seven days of some crews."""

    from_on: date
    to_on: date
    crews: list[CrewInWeek]


class FreeTimes(msgspec.Struct):
    """Proposals in order of detour, in the time of each crew."""

    proposals: list[Proposal]


# --- answers


def day_of_crew(at_work: AtWork, on: date, rows: Sequence[AppointmentRow]) -> CrewOnDay:
    """The day of a crew on which it has these appointments; those that were cancelled count for nothing."""
    kept = {row.number: row for row in rows}
    plan = plan_of(_taken(rows), at_work.crew, at_work.working, on)
    zone = at_work.working.zone
    visits = [
        LocalVisit(
            row := kept[visit.appointment],
            row.time.begins_at.astimezone(zone),
            row.time.ends_at.astimezone(zone),
            visit.travel,
            visit.faults if row.state == "booked" else (),
        )
        for visit in plan.visits
    ]
    return CrewOnDay(
        at_work.code, on, plan.technicians, plan.available, plan.planned, plan.travel, visits, plan.map_order,
        plan.travel_in_map_order,
    )  # fmt: skip


def _taken(rows: Iterable[AppointmentRow]) -> CrewDay:
    return CrewDay({row.number: Visit(row.time, row.place.position) for row in rows if row.state != "cancelled"})


def named_crew(cursor: Cursor, code: str) -> AtWork:
    """The crew of a code, or `NotFound`."""
    found = crews_at_work(cursor, code) if code else {}
    if code not in found:
        raise NotFound("no such crew; `billing work crews` lists them", field="crew", value=code)
    return found[code]


def show_day(query: ShowDay, reading: Reading) -> CrewOnDay:
    """The day of a crew."""
    with reading.source.cursor() as cursor:
        at_work = named_crew(cursor, query.crew)
        rows = appointments_by_time(cursor, Sought(query.on, query.on + ONE_DAY, query.crew))
    return day_of_crew(at_work, query.on, rows)


def show_week(query: ShowWeek, reading: Reading) -> Week:
    """The week of a day."""
    monday = query.on - query.on.weekday() * ONE_DAY
    days = [require_day(monday + number * ONE_DAY, "on") for number in range(7)]
    with reading.source.cursor() as cursor:
        at_work = crews_at_work(cursor, query.crew, query.technician)
        rows = appointments_by_time(cursor, Sought(days[0], days[-1] + ONE_DAY, query.crew))
    return Week(days[0], days[-1] + ONE_DAY, [_in_week(crew, days, rows) for crew in at_work.values()])


def _in_week(at_work: AtWork, days: Sequence[date], rows: Sequence[AppointmentRow]) -> CrewInWeek:
    own = [row for row in rows if row.crew == at_work.code]
    found = [day_of_crew(at_work, on, [row for row in own if row.on == on]) for on in days]
    crew = at_work.crew.crew
    available, planned = sum(day.available for day in found), sum(day.planned for day in found)
    return CrewInWeek(crew.code, crew.title, crew.members, available, planned, found)


def find_free_times(query: FindFreeTimes, reading: Reading) -> FreeTimes:
    """The free times of some days with the shortest detours."""
    if not 1 <= query.days <= MOST_DAYS:
        raise InvalidValue(f"must be 1 to {MOST_DAYS}", field="days", value=query.days)
    length = length_of(query.minutes)
    position = _position(query)
    to_on = require_day(query.from_on + query.days * ONE_DAY, "from_on")
    with reading.source.cursor() as cursor:
        at_work = {query.crew: named_crew(cursor, query.crew)} if query.crew else crews_at_work(cursor)
        rows = appointments_by_time(cursor, Sought(query.from_on, to_on, query.crew))
    able = [each for each in at_work.values() if each.crew.crew.can_do(query.job_kind, query.district)]

    days = [query.from_on + number * ONE_DAY for number in range(query.days)]

    def found() -> Iterator[Proposal]:
        for each, on in product(able, days):
            day = _taken(row for row in rows if (row.crew, row.on) == (each.code, on))
            for proposal in proposals(day, each.crew, each.working, on, (length, position)):
                yield msgspec.structs.replace(proposal, time=_local(proposal.time, each.working.zone))

    return FreeTimes(best(found(), MOST_PROPOSALS))


def _local(time: Interval, zone: tzinfo) -> Interval:
    return Interval(time.begins_at.astimezone(zone), time.ends_at.astimezone(zone))


def _position(query: FindFreeTimes) -> Position | None:
    if query.latitude is None or query.longitude is None:
        return None
    position = Position(query.latitude, query.longitude)
    require_position(position, "place")
    return position


QUERIES: Queries = {ShowDay: show_day, ShowWeek: show_week, FindFreeTimes: find_free_times}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
