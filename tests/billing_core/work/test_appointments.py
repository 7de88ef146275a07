"""What a crew can be booked for, and at which times it is free."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.spans import Span
from billing_core.work.appointments import (
    AppointmentDone,
    CrewDay,
    Wanted,
    day_of,
    done,
    place_at,
    require_possible,
    require_what,
    time_of,
)
from billing_core.work.crews import Absence, KnownCrew
from billing_core.work.day_plans import plan_of
from billing_core.work.proposals import best, proposals
from tests.billing_core.work.crew_days import (
    CREW,
    KNOWN,
    THURSDAY,
    WORKING,
    any_day,
    local,
    north,
    span,
    taken,
)

# 10 hundredths of a degree are 11.12 km, at 60 km/h 12 minutes.
MORNING = taken(first=((8, 0), (12, 30), 0))


def wanted(begins: tuple[int, int], ends: tuple[int, int], far: int = 10, forced: str = "") -> Wanted:
    return Wanted("new", THURSDAY, span(begins, ends), north(far), forced)


def test_a_crew_is_booked_when_it_can_be_there():
    require_possible(MORNING, KNOWN, WORKING, wanted((12, 42), (14, 10)))
    require_possible(MORNING, KNOWN, WORKING, wanted((12, 30), (14, 0), far=0))


@pytest.mark.parametrize(
    ("begins", "ends", "message"),
    [
        ((12, 30), (14, 0), "takes 12 minutes, it can begin at 12:42"),
        ((15, 0), (16, 30), "not inside the working hours"),
        ((7, 0), (7, 30), "not inside the working hours"),
        ((12, 15), (14, 0), "is taken by first from 08:00 to 12:30"),
    ],
)
def test_a_crew_is_not_booked_when_it_cannot(begins: tuple[int, int], ends: tuple[int, int], message: str):
    with pytest.raises(RuleViolation, match=message):
        require_possible(MORNING, KNOWN, WORKING, wanted(begins, ends))


def test_the_way_to_the_visit_after_counts_too():
    afternoon = taken(last=((14, 0), (15, 0), 0))

    require_possible(afternoon, KNOWN, WORKING, wanted((13, 0), (13, 48)))
    with pytest.raises(RuleViolation, match="it must end at 13:48"):
        require_possible(afternoon, KNOWN, WORKING, wanted((13, 0), (13, 49)))


def test_a_reason_overrules_hours_and_ways_but_puts_nobody_in_two_places_at_once():
    require_possible(MORNING, KNOWN, WORKING, wanted((12, 30), (14, 0), forced="agreed"))
    require_possible(MORNING, KNOWN, WORKING, wanted((17, 0), (18, 0), forced="agreed"))
    with pytest.raises(RuleViolation, match="is taken by first"):
        require_possible(MORNING, KNOWN, WORKING, wanted((12, 15), (14, 0), forced="agreed"))


def test_an_appointment_is_not_in_its_own_way():
    require_possible(MORNING, KNOWN, WORKING, wanted((9, 0), (13, 0))._replace(appointment="first"))


def test_nobody_is_booked_on_a_day_off():
    off = KnownCrew(CREW, (Absence("milan", Span(THURSDAY, date(2026, 6, 12))),))
    both = KnownCrew(CREW, (*off.absences, Absence("areg", Span(date(2026, 6, 1), date(2026, 6, 20)))))

    require_possible(CrewDay(), off, WORKING, wanted((9, 0), (10, 0)))
    with pytest.raises(RuleViolation, match="nobody of crew crew-2 works on 2026-06-11"):
        require_possible(CrewDay(), both, WORKING, wanted((9, 0), (10, 0)))


def test_the_day_is_that_of_the_crew_and_a_visit_does_not_go_on_after_midnight():
    assert day_of(time_of(local(0, 30), 60), WORKING) == THURSDAY
    assert day_of(time_of(local(23), 60), WORKING) == THURSDAY
    with pytest.raises(InvalidValue, match="after midnight"):
        day_of(time_of(local(23), 61), WORKING)


def test_what_is_booked_is_named():
    here = place_at("C1", "Dolní 8", north(1))
    require_what("T-1251", "installation", here)
    assert (here.customer, here.text, here.position) == ("C1", "Dolní 8", north(1))
    site = place_at("", "Node PT8", north(2))
    assert (site.address, site.text, site.position) == ("", "Node PT8", north(2))
    for ticket, job_kind, place in (("", "fault", here), ("T 1", "fault", here), ("T-1", "Fault", here),
                                    ("T-1", "fault", place_at("C1", " ", None))):  # fmt: skip
        with pytest.raises(InvalidValue):
            require_what(ticket, job_kind, place)


def test_who_did_it_are_those_who_worked_on_that_day_unless_they_are_named():
    off = KnownCrew(CREW, (Absence("milan", Span(THURSDAY, date(2026, 6, 12))),))
    fact = AppointmentDone(effective_on=THURSDAY, crew="crew-2", on=THURSDAY, time=span((8, 0), (9, 0)), technicians=())
    now = local(9)

    assert done(off, fact, now) == [msgspec.structs.replace(fact, technicians=("areg",))]
    named = msgspec.structs.replace(fact, technicians=("ivan",))
    assert done(off, named, now) == [named]
    with pytest.raises(InvalidValue, match="in the future"):
        done(off, fact, local(8, 59))
    with pytest.raises(InvalidValue, match="after the beginning"):
        done(off, msgspec.structs.replace(fact, time=span((9, 0), (9, 0))), now)


# --- proposals


def test_free_times_are_proposed_by_the_detour():
    """The base is at 0. After the visit at 5 the way to 10 is 6 minutes and home 12, instead of 6: 12 more."""
    day = taken(one=((9, 0), (11, 0), 5))
    found = best(proposals(day, KNOWN, WORKING, THURSDAY, (timedelta(minutes=60), north(10))), 9)

    assert [(each.time.begins_at, each.detour) for each in found] == [(local(11, 15), 12)]
    shorter = best(proposals(day, KNOWN, WORKING, THURSDAY, (timedelta(minutes=30), north(3))), 9)
    assert [(each.time.begins_at, each.detour) for each in shorter] == [(local(8), 1), (local(11, 15), 1)]


@given(any_day(), st.integers(5, 300), st.none() | st.integers(-20, 20).map(north))
def test_what_is_proposed_can_be_booked(day: CrewDay, minutes: int, position: object):
    for each in proposals(day, KNOWN, WORKING, THURSDAY, (timedelta(minutes=minutes), position)):  # type: ignore[arg-type]
        require_possible(day, KNOWN, WORKING, Wanted("new", each.on, each.time, position))  # type: ignore[arg-type]
        assert each.detour >= 0
        assert each.time.begins_at.minute % 15 == 0


@given(any_day(), st.integers(0, 95), st.integers(15, 240))
def test_a_quarter_at_which_a_crew_can_be_booked_is_in_a_gap_that_is_proposed(day: CrewDay, quarter: int, minutes: int):
    """Nothing is left out: whoever finds another time finds a proposal between the same visits, not later."""
    time = time_of(local(0) + timedelta(minutes=15 * quarter), minutes)
    try:
        require_possible(day, KNOWN, WORKING, Wanted("new", THURSDAY, time, north(3)))
    except RuleViolation:
        return
    found = list(proposals(day, KNOWN, WORKING, THURSDAY, (timedelta(minutes=minutes), north(3))))
    between = [each for each in found if each.time.begins_at <= time.begins_at and not any(
        each.time.ends_at <= visit.time.begins_at < time.begins_at for visit in day.taken.values())]  # fmt: skip
    assert between


# --- the plan of a day


def test_a_day_counts_visits_and_ways_and_says_what_does_not_fit():
    plan = plan_of(taken(one=((8, 0), (12, 30), 5), two=((12, 30), (14, 0), 15)), KNOWN, WORKING, THURSDAY)

    assert (plan.available, plan.planned, plan.travel) == (480, 270 + 90 + 6 + 12 + 17, 35)
    assert [(visit.appointment, visit.travel, len(visit.faults)) for visit in plan.visits] == [
        ("one", 6, 1), ("two", 12, 1),
    ]  # fmt: skip
    assert "can begin at 12:42" in plan.visits[1].faults[0]
    assert plan.technicians == ("milan", "areg")


def test_a_day_says_in_which_order_its_ways_are_shorter():
    day = taken(one=((8, 0), (9, 0), 20), two=((10, 0), (11, 0), -20), three=((12, 0), (13, 0), 21))
    plan = plan_of(day, KNOWN, WORKING, THURSDAY)

    assert plan.map_order in (("one", "three", "two"), ("two", "three", "one"), ("two", "one", "three"),
                              ("three", "one", "two"))  # fmt: skip
    assert plan.travel_in_map_order < plan.travel


@given(any_day())
def test_the_order_of_a_day_has_each_visit_once(day: CrewDay):
    plan = plan_of(day, KNOWN, WORKING, THURSDAY)

    assert sorted(plan.map_order) == sorted(day.taken)
    assert plan.planned == plan.travel + sum(v.time.length // timedelta(minutes=1) for v in day.taken.values())
