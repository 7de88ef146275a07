"""Appointments: a crew visits a place for a ticket, at a time.

Decides what a crew can be booked for; the times that a crew is taken on one day are one stream, so that two bookings at
once cannot both be made. A crew is never in two places at once; inside its working hours, on a day on which somebody of
it works, and with time to travel from the visit before and to the one after, unless it is forced with a reason.

    crew of Monday to Friday 08:00-16:00, 12 minutes from Luční 3 to Ptačí 8, visit at Luční 3 from 08:00 to 12:30
    at Ptačí 8 at 12:30 for 90 minutes    refused: the way takes 12 minutes; possible from 12:42
    at Ptačí 8 at 12:45 for 90 minutes    booked
    at Ptačí 8 at 12:30, forced           booked, with the reason
    at Ptačí 8 at 12:15, forced           refused: it is at Luční 3 until 12:30
    at Ptačí 8 at 15:00 for 90 minutes    refused: beyond 16:00
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.parties.details import require_printable, require_text
from billing_core.work.crews import KnownCrew
from billing_core.work.routes import Position, require_position, travel_minutes
from billing_core.work.service_levels import require_code
from billing_core.work.working_hours import Interval, WorkingTime

TICKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,49}")
MOST_MINUTES = 24 * 60
State = Literal["booked", "done", "cancelled"]

# --- values and events


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a crew goes: to a customer's address, or to a site of the house itself, such as a node.

    What tells where a customer lives is personal; a site has no customer.
    """

    customer: PersonNumber = ""
    address: Personal[str] = ""
    latitude: Personal[Decimal | None] = None
    longitude: Personal[Decimal | None] = None
    site: str = ""
    site_position: Position | None = None

    @property
    def text(self) -> str:
        return self.address or self.site

    @property
    def position(self) -> Position | None:
        """Where it lies, if that is known."""
        if self.latitude is None or self.longitude is None:
            return self.site_position
        return Position(self.latitude, self.longitude)


def place_at(customer: str, text: str, position: Position | None) -> Place:
    """A place by its address: a customer's if one is named, otherwise a site of the house."""
    if not customer:
        return Place(site=text, site_position=position)
    latitude, longitude = (None, None) if position is None else (position.latitude, position.longitude)
    return Place(customer=customer, address=text, latitude=latitude, longitude=longitude)


@event("appointment-booked")
class AppointmentBooked(Event, frozen=True, kw_only=True):
    """A crew goes to a place for a ticket. `forced` is the reason if the rules were overruled, `on` its local date."""

    ticket: str
    job_kind: str
    crew: str
    on: date
    time: Interval
    place: Place
    forced: str = ""


@event("appointment-moved")
class AppointmentMoved(Event, frozen=True, kw_only=True):
    """It takes place at another time, or by another crew."""

    crew: str
    on: date
    time: Interval
    forced: str = ""


@event("appointment-cancelled")
class AppointmentCancelled(Event, frozen=True, kw_only=True):
    """It does not take place."""

    reason: str


@event("appointment-done")
class AppointmentDone(Event, frozen=True, kw_only=True):
    """It took place at this time, by these technicians."""

    crew: str
    on: date
    time: Interval
    technicians: tuple[str, ...]


@event("crew-time-taken")
class CrewTimeTaken(Event, frozen=True, kw_only=True):
    """The crew is at this place for an appointment; instead of what it was taken for by the same one before."""

    appointment: str
    time: Interval
    place: Place


@event("crew-time-freed")
class CrewTimeFreed(Event, frozen=True, kw_only=True):
    """The crew is not taken for the appointment any more."""

    appointment: str


# --- state


class Visit(NamedTuple):
    """The time for which a crew is at a place."""

    time: Interval
    position: Position | None


class CrewDay(msgspec.Struct, frozen=True):
    """For what a crew is taken on a day, by appointment."""

    taken: Mapping[str, Visit] = {}


class Appointment(msgspec.Struct, frozen=True):
    """An appointment as now known."""

    ticket: str
    job_kind: str
    crew: str
    on: date
    time: Interval
    place: Place
    state: State = "booked"


def apply_appointment(appointment: Appointment | None, fact: Event) -> Appointment | None:
    """The appointment after an event of its stream."""
    if isinstance(fact, AppointmentBooked):
        return Appointment(fact.ticket, fact.job_kind, fact.crew, fact.on, fact.time, fact.place)
    assert appointment is not None
    match fact:
        case AppointmentMoved():
            return msgspec.structs.replace(appointment, crew=fact.crew, on=fact.on, time=fact.time)
        case AppointmentCancelled():
            return msgspec.structs.replace(appointment, state="cancelled")
        case AppointmentDone():
            return msgspec.structs.replace(appointment, state="done", on=fact.on, time=fact.time)
    return appointment


def apply_crew_day(day: CrewDay | None, fact: Event) -> CrewDay | None:
    """What the crew is taken for after an event of the stream of its day."""
    taken = dict(day.taken) if day else {}
    match fact:
        case CrewTimeTaken():
            taken[fact.appointment] = Visit(fact.time, fact.place.position)
        case CrewTimeFreed():
            taken.pop(fact.appointment, None)
    return CrewDay(taken)


# --- decisions


class Wanted(NamedTuple):
    """A time at which a crew is to be at a place, on a local date; `forced` is the reason to overrule the rules."""

    appointment: str
    on: date
    time: Interval
    position: Position | None
    forced: str = ""


def require_possible(day: CrewDay, crew: KnownCrew, working: WorkingTime, wanted: Wanted) -> None:
    """The crew can be there: it is nowhere else, and the rules are kept or overruled with a reason."""
    others = {number: visit for number, visit in day.taken.items() if number != wanted.appointment}
    for number, visit in others.items():
        if visit.time.overlap(wanted.time):
            raise RuleViolation(
                f"crew {crew.crew.code} is taken by {number} from {_clock(visit.time.begins_at, working)} to "
                f"{_clock(visit.time.ends_at, working)}; choose another time or crew",
                field="begins_at", value=_clock(wanted.time.begins_at, working),
            )  # fmt: skip
    if not wanted.forced and (fault := next(faults_of(CrewDay(others), crew, working, wanted), None)):
        raise RuleViolation(f"{fault}; choose another time or crew, or force it with a reason", field="begins_at",
                            value=_clock(wanted.time.begins_at, working))  # fmt: skip


def faults_of(others: CrewDay, crew: KnownCrew, working: WorkingTime, wanted: Wanted) -> Iterator[str]:
    """The rules that the crew would break there, which a reason may overrule."""
    code = crew.crew.code
    if not crew.present_on(wanted.on):
        yield f"nobody of crew {code} works on {wanted.on}"
    elif not any(span.contains(wanted.time) for span in working.of_day(wanted.on)):
        yield f"is not inside the working hours of crew {code} on {wanted.on}"
    before, after = neighbours(others, wanted.time)
    position = wanted.position
    if before is not None:
        minutes = travel_minutes(before.position, position, crew.crew.travel)
        earliest = before.time.ends_at + timedelta(minutes=minutes)
        if wanted.time.begins_at < earliest:
            yield f"the way from the visit before takes {minutes} minutes, it can begin at {_clock(earliest, working)}"
    if after is not None:
        minutes = travel_minutes(position, after.position, crew.crew.travel)
        latest = after.time.begins_at - timedelta(minutes=minutes)
        if wanted.time.ends_at > latest:
            yield f"the way to the visit after takes {minutes} minutes, it must end at {_clock(latest, working)}"


def neighbours(day: CrewDay, time: Interval) -> tuple[Visit | None, Visit | None]:
    """The last visit that ends before a time, and the first one that begins after it."""
    before = (visit for visit in day.taken.values() if visit.time.ends_at <= time.begins_at)
    after = (visit for visit in day.taken.values() if visit.time.begins_at >= time.ends_at)
    return (
        max(before, key=lambda visit: visit.time.ends_at, default=None),
        min(after, key=lambda visit: visit.time.begins_at, default=None),
    )


def require_booked(number: str, appointment: Appointment) -> None:
    """It is neither done nor cancelled."""
    if appointment.state != "booked":
        raise RuleViolation(f"is {appointment.state} already", field="appointment", value=number)


def require_what(ticket: str, job_kind: str, place: Place) -> None:
    """A ticket, a kind of job and a place as lists show them."""
    if not TICKET.fullmatch(ticket):
        raise InvalidValue("must be 1 to 50 letters, digits, and . _ -", field="ticket", value=ticket)
    require_code(job_kind, "job kind")
    require_text(place.text, "address")
    if place.position is not None:
        require_position(place.position, "place")


def time_of(begins_at: datetime, minutes: int) -> Interval:
    """So many minutes from an instant on."""
    return interval(begins_at, begins_at + length_of(minutes))


def length_of(minutes: int) -> timedelta:
    """The length of a visit: a day at most."""
    if not 1 <= minutes <= MOST_MINUTES:
        raise InvalidValue(f"must be 1 to {MOST_MINUTES:,}", field="minutes", value=minutes)
    return timedelta(minutes=minutes)


def interval(begins_at: datetime, ends_at: datetime) -> Interval:
    """The time between two instants, as events keep it: in UTC."""
    return Interval(begins_at.astimezone(UTC), ends_at.astimezone(UTC))


def day_of(time: Interval, working: WorkingTime) -> date:
    """The local date of a visit, which ends on the same one."""
    on = working.day_of(time.begins_at)
    if working.day_of(time.ends_at - timedelta(microseconds=1)) != on:
        raise InvalidValue("goes on after midnight; book one for each of the days", field="minutes",
                           value=time.length // timedelta(minutes=1))  # fmt: skip
    return on


def done(crew: KnownCrew, fact: AppointmentDone, now: datetime) -> list[Event]:
    """An appointment that was kept, by technicians of the crew; by those who worked on that day if none are named."""
    if fact.time.length <= timedelta():
        raise InvalidValue("must be after the beginning", field="ended_at", value=fact.time.ends_at.isoformat())
    if fact.time.ends_at > now:
        raise InvalidValue("is in the future", field="ended_at", value=fact.time.ends_at.isoformat())
    technicians = fact.technicians or crew.present_on(fact.on) or crew.crew.members
    for technician in technicians:
        require_text(technician, "technician")
    return [msgspec.structs.replace(fact, technicians=technicians)]


def require_reason(reason: str) -> None:
    """A reason on one line, or none."""
    require_printable(reason, "reason")


def _clock(at: datetime, working: WorkingTime) -> str:
    return f"{at.astimezone(working.zone):%H:%M}"
