"""Define crews, and record days off of crews and technicians."""

from __future__ import annotations

from datetime import date

from billing_core.kernel.errors import NotFound
from billing_core.work.crews import (
    Crew,
    CrewAbsenceRecorded,
    CrewAbsenceWithdrawn,
    KnownCrew,
    apply_crew,
    define_crew,
    record_absence,
    withdraw_absence,
)
from billing_core.work.working_hours import WorkingTime
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction
from commands.staff.operators import load_operator
from commands.work.service_levels import require_known_holidays, working_time_of

# --- commands


class DefineCrew(Command, frozen=True, kw_only=True):
    """A crew of technicians, complete: members by their codes as operators, working hours, base and travel.

    Without skills it does every kind of job, without districts it goes everywhere.
    """

    crew: Crew


class OfCrew(Command, frozen=True, kw_only=True):
    crew: str


class RecordAbsence(OfCrew, frozen=True, kw_only=True):
    """A technician of a crew, or without one the whole crew, is off from a day up to the day `to`, which is worked.

    Appointments that are booked stay; the week shows them as not possible, so that they are moved.
    """

    from_on: date
    to_on: date
    technician: str = ""
    reason: str = ""


class WithdrawAbsence(OfCrew, frozen=True, kw_only=True):
    """The absence that begins on a day does not take place."""

    from_on: date
    technician: str = ""


# --- handlers


def crew_stream(code: str) -> str:
    return f"crew/{code}"


def load_crew(transaction: Transaction, code: str) -> tuple[KnownCrew, int]:
    """The crew and its version, or `NotFound`."""
    known, version = transaction.load(crew_stream(code), apply_crew)
    if known is None:
        raise NotFound("no such crew; `billing work crews` lists them", field="crew", value=code)
    return known, version


def load_crew_to_book(transaction: Transaction, code: str) -> tuple[KnownCrew, WorkingTime]:
    """The crew with its working time, which nobody changes before the transaction ends."""
    transaction.hold(crew_stream(code))
    known, _ = load_crew(transaction, code)
    return known, working_time_of(transaction, known.crew.seller, known.crew.hours)


def handle_define_crew(command: DefineCrew, transaction: Transaction, origin: Origin) -> Decision:
    crew = command.crew
    stream = crew_stream(crew.code)
    transaction.hold(stream, alone=True)
    known, version = transaction.load(stream, apply_crew)
    events = define_crew(known, crew, origin.today)
    for member in crew.members:
        load_operator(transaction, member)
    require_known_holidays(working_time_of(transaction, crew.seller, crew.hours), origin.today)
    return Decision((Append(stream, version, events),))


def handle_record_absence(command: RecordAbsence, transaction: Transaction, origin: Origin) -> Decision:
    transaction.hold(crew_stream(command.crew), alone=True)
    known, version = load_crew(transaction, command.crew)
    fact = CrewAbsenceRecorded(
        effective_on=origin.today, technician=command.technician, from_on=command.from_on, to_on=command.to_on,
        reason=command.reason,
    )  # fmt: skip
    return Decision((Append(crew_stream(command.crew), version, record_absence(known, fact)),))


def handle_withdraw_absence(command: WithdrawAbsence, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_crew(transaction, command.crew)
    fact = CrewAbsenceWithdrawn(effective_on=origin.today, technician=command.technician, from_on=command.from_on)
    return Decision((Append(crew_stream(command.crew), version, withdraw_absence(known, fact)),))


HANDLERS: Handlers = {
    DefineCrew: handle_define_crew,
    RecordAbsence: handle_record_absence,
    WithdrawAbsence: handle_withdraw_absence,
}
CONCERNS: Concerns = dict.fromkeys(HANDLERS, HOUSE)
