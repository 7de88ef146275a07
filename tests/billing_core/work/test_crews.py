"""What a crew must have, and on which days it is off."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.work.crews import (
    CrewAbsenceRecorded,
    CrewAbsenceWithdrawn,
    CrewDefined,
    KnownCrew,
    apply_crew,
    define_crew,
    record_absence,
    withdraw_absence,
)
from billing_core.work.working_hours import WorkingHours
from tests.billing_core.work.crew_days import CREW

ON, ELEVENTH, TWELFTH = date(2026, 6, 1), date(2026, 6, 11), date(2026, 6, 12)


def folded(*facts: Event) -> KnownCrew:
    known: KnownCrew | None = None
    for fact in (CrewDefined(effective_on=ON, crew=CREW), *facts):
        known = apply_crew(known, fact)
    assert known is not None
    return known


def absence(technician: str = "", from_on: date = ELEVENTH, to_on: date = TWELFTH) -> CrewAbsenceRecorded:
    return CrewAbsenceRecorded(effective_on=ON, technician=technician, from_on=from_on, to_on=to_on, reason="")


def test_a_crew_works_as_long_as_one_of_it_does():
    one = folded(absence("areg"))
    both = folded(absence("areg"), absence("milan"))

    assert (one.present_on(ELEVENTH), one.present_on(TWELFTH)) == (("milan",), ("milan", "areg"))
    assert both.present_on(ELEVENTH) == folded(absence()).present_on(ELEVENTH) == ()


def test_an_absence_is_recorded_once_and_withdrawn():
    known = folded(absence("areg"))

    assert record_absence(known, absence("areg")) == []
    assert record_absence(known, absence("milan")) == [absence("milan")]
    with pytest.raises(RuleViolation, match="from 2026-06-11 to 2026-06-12 is recorded"):
        record_absence(known, absence("areg", to_on=date(2026, 6, 20)))
    withdrawn = CrewAbsenceWithdrawn(effective_on=ON, technician="areg", from_on=ELEVENTH)
    assert withdraw_absence(known, withdrawn) == [withdrawn]
    assert apply_crew(known, withdrawn) == folded()
    with pytest.raises(NotFound, match="no absence begins"):
        withdraw_absence(folded(), withdrawn)


def test_only_a_member_is_absent_and_for_a_day_at_least():
    with pytest.raises(NotFound, match="no member of crew crew-2"):
        record_absence(folded(), absence("ivan"))
    with pytest.raises(InvalidValue, match="after the first day off"):
        record_absence(folded(), absence("areg", to_on=ELEVENTH))


def test_a_crew_that_is_defined_again_keeps_its_days_off():
    changed = msgspec.structs.replace(CREW, title="Second crew")
    known = folded(absence("areg"))

    assert define_crew(known, CREW, ON) == []
    (fact,) = define_crew(known, changed, ON)
    after = apply_crew(known, fact)
    assert after is not None and (after.crew, after.absences) == (changed, known.absences)


def test_a_crew_without_skills_and_districts_does_everything_everywhere():
    limited = msgspec.structs.replace(CREW, skills=("fault",), districts=("north",))

    assert CREW.can_do("survey", "south")
    assert limited.can_do("fault") and limited.can_do("fault", "north")
    assert not limited.can_do("survey") and not limited.can_do("fault", "south")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"code": "Crew 2"}, "letters a to z"),
        ({"title": " "}, "must not be empty"),
        ({"members": ()}, "must be 1 to 20"),
        ({"members": ("milan", "milan")}, "has a name twice"),
        ({"skills": ("",)}, "must not be empty"),
        ({"hours": WorkingHours()}, "no span on any weekday"),
    ],
)
def test_a_crew_that_makes_no_sense_is_refused(changed: dict[str, Any], message: str):
    with pytest.raises(InvalidValue, match=message):
        define_crew(None, msgspec.structs.replace(CREW, **changed), ON)
