"""Proposals: at which free times a crew can visit a place, those with the shortest detours first.

A visit is proposed once for each stretch of working time between two others, as early as the way allows, on a quarter
of an hour. The detour is by how much longer the way of the day becomes: from the place before over the new one to the
place after, less the way between them; at either end of the day the base of the crew.

    08:00-16:00, at Luční 3 from 09:00 to 11:00; 12 minutes from there and 15 from the base to Ptačí 8, 5 from the base
    to Luční 3; 60 minutes at Ptačí 8
    08:00    no: it would end at 09:00, and the way to Luční 3 takes 12 minutes
    11:15    detour 12 + 15 - 5 = 22 minutes
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import msgspec

from billing_core.work.appointments import CrewDay, Visit
from billing_core.work.crews import KnownCrew
from billing_core.work.routes import Position, travel_minutes
from billing_core.work.working_hours import Interval, WorkingTime

QUARTER = timedelta(minutes=15)
MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)


class Proposal(msgspec.Struct, frozen=True):
    """A free time of a crew, and by how many minutes the way of the day becomes longer."""

    crew: str
    on: date
    time: Interval
    detour: int


def proposals(
    day: CrewDay, crew: KnownCrew, working: WorkingTime, on: date, job: tuple[timedelta, Position | None]
) -> Iterator[Proposal]:
    """The free times of a day for a job of some length at a place."""
    if not crew.present_on(on):
        return
    length, place = job
    travel, base = crew.crew.travel, crew.crew.base
    spans = working.of_day(on)
    for before, after in pairwise([None, *sorted(day.taken.values(), key=lambda visit: visit.time.begins_at), None]):
        here, there = _position(before, base), _position(after, base)
        to_place, from_place = travel_minutes(here, place, travel), travel_minutes(place, there, travel)
        earliest = before.time.ends_at + timedelta(minutes=to_place) if before else None
        latest = after.time.begins_at - timedelta(minutes=from_place) if after else None
        for span in spans:
            begins_at = _on_quarter(span.begins_at if earliest is None else max(span.begins_at, earliest))
            ends_at = begins_at + length
            if ends_at <= (span.ends_at if latest is None else min(span.ends_at, latest)):
                detour = to_place + from_place - travel_minutes(here, there, travel)
                yield Proposal(crew.crew.code, on, Interval(begins_at, ends_at), max(detour, 0))


def _position(visit: Visit | None, base: Position | None) -> Position | None:
    return base if visit is None else visit.position


def _on_quarter(at: datetime) -> datetime:
    """The quarter of an hour at an instant, or the next one."""
    return at + (MIDNIGHT - at) % QUARTER


def best(found: Iterator[Proposal], most: int) -> list[Proposal]:
    """The proposals with the shortest detours, of equal ones the earliest."""
    return sorted(found, key=lambda each: (each.detour, each.time.begins_at, each.crew))[:most]
