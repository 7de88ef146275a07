"""Crews: technicians who go to customers together, with what they can do, where and when.

Decides what a crew must have, and on which days it is off; not whom it visits. Holidays and time zone of its hours are
those of its seller.

    crew-2    milan and areg    skills fibre, tv    hours Monday to Friday 08:00-16:00
    absence of areg from 11 to 12 June     milan works alone on 11 June
    absence of milan from 11 to 12 June    nobody is left: the crew is off on 11 June
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import msgspec

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.spans import Span
from billing_core.parties.details import require_printable, require_text
from billing_core.work.routes import Position, Travel, require_position, require_travel
from billing_core.work.service_levels import require_code
from billing_core.work.working_hours import WorkingHours, require_working_hours

MOST_MEMBERS = 20
MOST_NAMES = 100

# --- values and events


class Crew(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Members by their codes as operators; `base` is where the crew sets off in the morning.

    Without skills it can do every kind of job, and without districts it goes everywhere.
    """

    code: str
    title: str
    seller: str
    members: tuple[str, ...]
    hours: WorkingHours
    skills: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    base: Position | None = None
    travel: Travel = Travel()

    def can_do(self, job_kind: str, district: str = "") -> bool:
        """Whether the crew does a kind of job, and goes to a district."""
        goes_there = not district or not self.districts or district in self.districts
        return goes_there and (not self.skills or job_kind in self.skills)


@event("crew-defined")
class CrewDefined(Event, frozen=True, kw_only=True):
    """The crew from now on, complete."""

    crew: Crew


@event("crew-absence-recorded")
class CrewAbsenceRecorded(Event, frozen=True, kw_only=True):
    """A technician of the crew, or without one the whole crew, is off from a day up to another one."""

    technician: str
    from_on: date
    to_on: date
    reason: str


@event("crew-absence-withdrawn")
class CrewAbsenceWithdrawn(Event, frozen=True, kw_only=True):
    """The absence that begins on a day does not take place."""

    technician: str
    from_on: date


# --- state


class Absence(msgspec.Struct, frozen=True, array_like=True):
    """Days off; of the whole crew without a technician."""

    technician: str
    days: Span


class KnownCrew(msgspec.Struct, frozen=True):
    """A crew with the days off of it and its technicians."""

    crew: Crew
    absences: tuple[Absence, ...] = ()

    def present_on(self, on: date) -> tuple[str, ...]:
        """The technicians who work on a day; none if the crew is off."""
        off = {absence.technician for absence in self.absences if absence.days.contains(on)}
        return () if "" in off else tuple(member for member in self.crew.members if member not in off)


def apply_crew(known: KnownCrew | None, fact: Event) -> KnownCrew | None:
    """The crew after an event of its stream."""
    match fact:
        case CrewDefined():
            return KnownCrew(fact.crew, known.absences if known else ())
        case CrewAbsenceRecorded():
            assert known is not None
            absence = Absence(fact.technician, Span(fact.from_on, fact.to_on))
            return msgspec.structs.replace(known, absences=(*known.absences, absence))
        case CrewAbsenceWithdrawn():
            assert known is not None
            kept = (each for each in known.absences if not _is(each, fact.technician, fact.from_on))
            return msgspec.structs.replace(known, absences=tuple(kept))
    return known


# --- decisions


def define_crew(known: KnownCrew | None, crew: Crew, on: date) -> list[Event]:
    """A crew with members and hours; nothing changes if it is defined like this."""
    require_code(crew.code, "crew")
    require_text(crew.title, "title")
    if not 1 <= len(crew.members) <= MOST_MEMBERS:
        raise InvalidValue(f"must be 1 to {MOST_MEMBERS}", field="members", value=len(crew.members))
    for field, names in (("members", crew.members), ("skills", crew.skills), ("districts", crew.districts)):
        _require_names(names, field)
    require_working_hours(crew.hours)
    require_travel(crew.travel)
    if crew.base is not None:
        require_position(crew.base, "base")
    return [] if known is not None and known.crew == crew else [CrewDefined(effective_on=on, crew=crew)]


def record_absence(known: KnownCrew, fact: CrewAbsenceRecorded) -> list[Event]:
    """Days off of a member, or of the whole crew; none of them twice."""
    if fact.technician and fact.technician not in known.crew.members:
        raise NotFound(f"is no member of crew {known.crew.code}", field="technician", value=fact.technician)
    require_printable(fact.reason, "reason")
    if fact.to_on <= fact.from_on:
        raise InvalidValue(f"must be after the first day off, {fact.from_on}", field="to", value=fact.to_on)
    wanted = Span(fact.from_on, fact.to_on)
    for absence in known.absences:
        if absence == Absence(fact.technician, wanted):
            return []
        if absence.technician == fact.technician and absence.days.within(wanted) is not None:
            raise RuleViolation(
                f"an absence from {absence.days.from_on} to {absence.days.to_on} is recorded; withdraw it first",
                field="from", value=fact.from_on,
            )  # fmt: skip
    return [fact]


def withdraw_absence(known: KnownCrew, fact: CrewAbsenceWithdrawn) -> list[Event]:
    """An absence that is recorded, named by its first day."""
    if not any(_is(absence, fact.technician, fact.from_on) for absence in known.absences):
        raise NotFound("no absence begins on this day", field="from", value=fact.from_on)
    return [fact]


def _is(absence: Absence, technician: str, from_on: date) -> bool:
    return absence.technician == technician and absence.days.from_on == from_on


def _require_names(names: Collection[str], field: str) -> None:
    if len(names) > MOST_NAMES:
        raise InvalidValue(f"are more than {MOST_NAMES}", field=field, value=len(names))
    if len(set(names)) != len(names):
        raise InvalidValue("has a name twice", field=field, value=", ".join(sorted(names)))
    for name in names:
        require_text(name, field)
