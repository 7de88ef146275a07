"""Book visits of crews for tickets, move and cancel them, and note that they were done.

The appointment has a stream of its own. For what a crew is taken on a day stands in a second stream, which is written
together with it: so two bookings of one crew at once meet there, and the later one is decided again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import count

import msgspec

from billing_core.kernel.errors import NotFound
from billing_core.kernel.events import Event
from billing_core.work.appointments import (
    Appointment,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentDone,
    AppointmentMoved,
    CrewDay,
    CrewTimeFreed,
    CrewTimeTaken,
    Wanted,
    apply_appointment,
    apply_crew_day,
    day_of,
    done,
    interval,
    place_at,
    require_booked,
    require_possible,
    require_reason,
    require_what,
    time_of,
)
from billing_core.work.routes import Position
from billing_core.work.ticket_changes import require_open
from commands.parties import kept_number, load_customer_to_serve
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction
from commands.work.crews import load_crew, load_crew_to_book
from commands.work.service_levels import working_time_of
from commands.work.streams import load_ticket

# --- commands


class BookAppointment(Command, frozen=True, kw_only=True):
    """A crew goes to a place for a ticket at a time, for so many minutes. The answer says the appointment's number.

    The crew must be free, and inside its working hours, with time to travel from the visit before and to the one after;
    with `forced`, a reason, it need only be free. `billing work free-times` proposes times.
    """

    ticket: str
    crew: str
    job_kind: str
    begins_at: datetime
    minutes: int
    address: str
    position: Position | None = None
    forced: str = ""


class OfAppointment(Command, frozen=True, kw_only=True):
    appointment: str


class MoveAppointment(OfAppointment, frozen=True, kw_only=True):
    """Let an appointment take place at another time, for another length, or by another crew; the rest stays."""

    begins_at: datetime
    minutes: int | None = None
    crew: str = ""
    forced: str = ""


class CancelAppointment(OfAppointment, frozen=True, kw_only=True):
    """An appointment does not take place; its time is free again."""

    reason: str


class CompleteAppointment(OfAppointment, frozen=True, kw_only=True):
    """An appointment took place at this time, by these technicians; by those who worked on that day without any."""

    begun_at: datetime
    ended_at: datetime
    technicians: tuple[str, ...] = ()


# --- streams


def appointment_stream(number: str) -> str:
    return f"appointment/{number}"


def crew_day_stream(crew: str, on: date) -> str:
    return f"crew-day/{crew}:{on}"


def load_appointment(transaction: Transaction, number: str) -> tuple[Appointment, int]:
    """The appointment and its version, or `NotFound`."""
    appointment, version = transaction.load(appointment_stream(number), apply_appointment)
    if appointment is None:
        raise NotFound("no such appointment; `billing work appointments` lists them", field="appointment",
                       value=number)  # fmt: skip
    return appointment, version


def load_crew_day(transaction: Transaction, crew: str, on: date) -> tuple[CrewDay, int]:
    """For what a crew is taken on a day, and the version of that."""
    day, version = transaction.load(crew_day_stream(crew, on), apply_crew_day)
    return day or CrewDay(), version


def appointments_of(transaction: Transaction, ticket: str) -> Iterator[tuple[str, Appointment, int]]:
    """The appointments of a ticket in order, each with its number and version: `T-1251-1`, `T-1251-2`."""
    for place in count(1):
        number = f"{ticket}-{place}"
        appointment, version = transaction.load(appointment_stream(number), apply_appointment)
        if appointment is None:
            return
        yield number, appointment, version


def _next_number(transaction: Transaction, ticket: str) -> str:
    """The ticket's number with the next one that none of its appointments has: `T-1251-2`."""
    return f"{ticket}-{1 + sum(1 for _ in appointments_of(transaction, ticket))}"


# --- handlers


def handle_book_appointment(command: BookAppointment, transaction: Transaction, origin: Origin) -> Decision:
    ticket, _ = load_ticket(transaction, command.ticket)
    require_open(ticket, command.ticket)
    if ticket.customer:
        load_customer_to_serve(transaction, kept_number(transaction, ticket.customer))
    place = place_at(ticket.customer, command.address, command.position)
    require_what(command.ticket, command.job_kind, place)
    number = _next_number(transaction, command.ticket)
    time = time_of(command.begins_at, command.minutes)
    wanted = CrewTimeTaken(effective_on=origin.today, appointment=number, time=time, place=place)
    taken, on = _take(transaction, command.crew, wanted, command.forced)
    booked = AppointmentBooked(
        effective_on=origin.today, ticket=command.ticket, job_kind=command.job_kind, crew=command.crew, on=on,
        time=time, place=place, forced=command.forced,
    )  # fmt: skip
    return Decision((Append(appointment_stream(number), 0, [booked]), taken), {"appointment": number, "on": on})


def handle_move_appointment(command: MoveAppointment, transaction: Transaction, origin: Origin) -> Decision:
    number = command.appointment
    appointment, version = load_appointment(transaction, number)
    require_booked(number, appointment)
    crew = command.crew or appointment.crew
    length = appointment.time.length.total_seconds() // 60 if command.minutes is None else command.minutes
    time = time_of(command.begins_at, int(length))
    if (crew, time) == (appointment.crew, appointment.time):
        return Decision(())
    wanted = CrewTimeTaken(effective_on=origin.today, appointment=number, time=time, place=appointment.place)
    taken, on = _take(transaction, crew, wanted, command.forced)
    moved = AppointmentMoved(effective_on=origin.today, crew=crew, on=on, time=time, forced=command.forced)
    appends = [Append(appointment_stream(number), version, [moved]), taken]
    if (crew, on) != (appointment.crew, appointment.on):
        appends.append(_free(transaction, number, appointment))
    return Decision(tuple(appends), {"on": on})


def handle_cancel_appointment(command: CancelAppointment, transaction: Transaction, origin: Origin) -> Decision:
    number = command.appointment
    appointment, version = load_appointment(transaction, number)
    require_reason(command.reason)
    if appointment.state == "cancelled":
        return Decision(())
    require_booked(number, appointment)
    cancelled: list[Event] = [AppointmentCancelled(effective_on=origin.today, reason=command.reason)]
    freed = _free(transaction, number, appointment)
    return Decision((Append(appointment_stream(number), version, cancelled), freed))


def handle_complete_appointment(command: CompleteAppointment, transaction: Transaction, origin: Origin) -> Decision:
    """The time for which the crew was taken stays as it was planned: it is over."""
    number = command.appointment
    appointment, version = load_appointment(transaction, number)
    require_booked(number, appointment)
    crew, _ = load_crew(transaction, appointment.crew)
    time = interval(command.begun_at, command.ended_at)
    on = working_time_of(transaction, crew.crew.seller, crew.crew.hours).day_of(command.begun_at)
    fact = AppointmentDone(effective_on=on, crew=appointment.crew, on=on, time=time, technicians=command.technicians)
    events = done(crew, fact, origin.recorded_at)
    return Decision((Append(appointment_stream(number), version, events),))


def _take(transaction: Transaction, crew: str, wanted: CrewTimeTaken, forced: str) -> tuple[Append, date]:
    """Take the crew for what is wanted; the local date of its time."""
    require_reason(forced)
    known, working = load_crew_to_book(transaction, crew)
    on = day_of(wanted.time, working)
    day, version = load_crew_day(transaction, crew, on)
    require_possible(day, known, working, Wanted(wanted.appointment, on, wanted.time, wanted.place.position, forced))
    return Append(crew_day_stream(crew, on), version, [msgspec.structs.replace(wanted, effective_on=on)]), on


def _free(transaction: Transaction, number: str, appointment: Appointment) -> Append:
    _, version = load_crew_day(transaction, appointment.crew, appointment.on)
    freed = CrewTimeFreed(effective_on=appointment.on, appointment=number)
    return Append(crew_day_stream(appointment.crew, appointment.on), version, [freed])


HANDLERS: Handlers = {
    BookAppointment: handle_book_appointment,
    MoveAppointment: handle_move_appointment,
    CancelAppointment: handle_cancel_appointment,
    CompleteAppointment: handle_complete_appointment,
}
CONCERNS: Concerns = dict.fromkeys(HANDLERS, HOUSE)
