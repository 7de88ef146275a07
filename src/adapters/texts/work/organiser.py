"""Crews, appointments, rates and recurring tasks, in words."""

from __future__ import annotations

from adapters.texts.amounts import money
from adapters.texts.sentences import Sentences
from adapters.texts.work.working_hours import hours_text
from billing_core.work.appointments import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentDone,
    AppointmentMoved,
    CrewTimeFreed,
    CrewTimeTaken,
)
from billing_core.work.crews import Crew, CrewAbsenceRecorded, CrewAbsenceWithdrawn, CrewDefined
from billing_core.work.job_rates import JobRateSet
from billing_core.work.recurring import RecurringTaskDefined, RecurringTaskDue, RecurringTaskEnded
from billing_core.work.working_hours import Interval


def time_text(time: Interval) -> str:
    """`08:00 to 09:30 UTC`: an event does not say in which zone its crew works."""
    return f"{time.begins_at:%H:%M} to {time.ends_at:%H:%M} UTC"


def crew_text(crew: Crew) -> str:
    """Title, members, hours, and what it is limited to."""
    skills = f", for {', '.join(crew.skills)}" if crew.skills else ""
    districts = f", in {', '.join(crew.districts)}" if crew.districts else ""
    return f"{crew.title}: {', '.join(crew.members)}; {hours_text(crew.hours)}{skills}{districts}"


def _forced(reason: str) -> str:
    return f", against the rules: {reason}" if reason else ""


def _absent(fact: CrewAbsenceRecorded) -> str:
    reason = f": {fact.reason}" if fact.reason else ""
    return f"{fact.technician or 'the crew'} is off from {fact.from_on} to {fact.to_on}{reason}"


def _booked(fact: AppointmentBooked) -> str:
    where = f"{fact.job_kind} at {fact.place.text} for {fact.ticket}"
    return f"crew {fact.crew} goes on {fact.on}, {time_text(fact.time)}: {where}{_forced(fact.forced)}"


def _rate(fact: JobRateSet) -> str:
    holder = f"crew {fact.crew}" if fact.crew else fact.technician or "everybody"
    return f"{holder} gets {money(fact.amount)} for {fact.job_kind}"


def _defined(fact: RecurringTaskDefined) -> str:
    task = fact.task
    return f"a ticket {task.kind}, {task.subject}, is opened by {task.rule}, next on {fact.next_on}"


def _due(fact: RecurringTaskDue) -> str:
    following = f"the next one is on {fact.next_on}" if fact.next_on else "it was the last one"
    return f"the ticket {fact.task.subject} is due; {following}"


SENTENCES: Sentences = {
    CrewDefined: lambda fact: crew_text(fact.crew),
    CrewAbsenceRecorded: _absent,
    CrewAbsenceWithdrawn: lambda fact: f"{fact.technician or 'the crew'} works from {fact.from_on} on after all",
    AppointmentBooked: _booked,
    AppointmentMoved: lambda fact: (
        f"moved to crew {fact.crew} on {fact.on}, {time_text(fact.time)}{_forced(fact.forced)}"
    ),
    AppointmentCancelled: lambda fact: f"does not take place: {fact.reason}",
    AppointmentDone: lambda fact: f"done on {fact.on}, {time_text(fact.time)}, by {', '.join(fact.technicians)}",
    CrewTimeTaken: lambda fact: f"is taken by {fact.appointment}, {time_text(fact.time)}",
    CrewTimeFreed: lambda fact: f"is not taken by {fact.appointment} any more",
    JobRateSet: _rate,
    RecurringTaskDefined: _defined,
    RecurringTaskDue: _due,
    RecurringTaskEnded: lambda fact: f"no ticket is opened any more: {fact.reason}",
}
