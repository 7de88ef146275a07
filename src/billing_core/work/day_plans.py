"""The plan of a crew's day: its visits in order of time, with the ways between them, and what does not fit.

hours 08:00-16:00    base - 5 min - Luční 3, 08:00 to 12:30 - 12 min - Ptačí 8, 12:40 to 14:10 - 15 min - base
available 480 minutes, planned 270 + 90 + 32 = 392; Ptačí 8 has a fault: the way from the visit before takes 12
minutes, it can begin at 12:42
in map order the ways take as much: there is no shorter one
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import msgspec

from billing_core.work.appointments import CrewDay, Visit, Wanted, faults_of
from billing_core.work.crews import KnownCrew
from billing_core.work.routes import Position, shortest_order, travel_minutes
from billing_core.work.working_hours import WorkingTime

MINUTE = timedelta(minutes=1)


class PlannedVisit(msgspec.Struct, frozen=True):
    """A visit with the minutes of the way to it, from the visit before or the base, and what does not fit."""

    appointment: str
    travel: int
    faults: tuple[str, ...]


class DayPlan(msgspec.Struct, frozen=True):
    """Who works, for how many minutes, and how many of these are planned, ways included.

    `map_order` is the order in which the ways are shortest, `travel_in_map_order` what they take then; as planned they
    take `travel`.
    """

    technicians: tuple[str, ...]
    available: int
    planned: int
    travel: int
    visits: tuple[PlannedVisit, ...]
    map_order: tuple[str, ...]
    travel_in_map_order: int


def plan_of(day: CrewDay, crew: KnownCrew, working: WorkingTime, on: date) -> DayPlan:
    """The plan of a day on which a crew is taken like this."""
    technicians = crew.present_on(on)
    in_order = sorted(day.taken.items(), key=lambda item: item[1].time.begins_at)
    ways = _ways(crew, [visit for _, visit in in_order])
    visits = tuple(
        PlannedVisit(number, way, tuple(_faults(number, visit, day, crew, working, on)))
        for (number, visit), way in zip(in_order, ways, strict=False)
    )
    on_site = sum((visit.time.length for _, visit in in_order), timedelta()) // MINUTE
    available = sum((span.length for span in working.of_day(on)), timedelta()) // MINUTE if technicians else 0
    map_order = _map_order(crew.crew.base, in_order)
    in_map_order = sum(_ways(crew, [day.taken[number] for number in map_order]))
    return DayPlan(technicians, available, on_site + sum(ways), sum(ways), visits, map_order, in_map_order)


def _ways(crew: KnownCrew, visits: list[Visit]) -> list[int]:
    """The minutes to each of the visits, and back to the base."""
    if not visits:
        return []
    base = crew.crew.base
    stops = [base, *(visit.position for visit in visits), base]
    return [travel_minutes(one, other, crew.crew.travel) for one, other in pairwise(stops)]


def _faults(number: str, visit: Visit, day: CrewDay, crew: KnownCrew, working: WorkingTime, on: date) -> list[str]:
    others = CrewDay({each: taken for each, taken in day.taken.items() if each != number})
    return list(faults_of(others, crew, working, Wanted(number, on, visit.time, visit.position)))


def _map_order(base: Position | None, in_order: list[tuple[str, Visit]]) -> tuple[str, ...]:
    """The visits in the order of the shortest way; those at places that are not known come last."""
    known = [(number, visit.position) for number, visit in in_order if visit.position is not None]
    unknown = [number for number, visit in in_order if visit.position is None]
    if base is None:
        return tuple(number for number, _ in in_order)
    order = shortest_order(base, [position for _, position in known])
    return (*(known[place][0] for place in order), *unknown)
