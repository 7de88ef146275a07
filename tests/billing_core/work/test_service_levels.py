"""Until when a ticket is due, and which service levels make sense."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from billing_core.kernel.errors import InvalidValue
from billing_core.time.due_dates import WITHOUT_HOLIDAYS
from billing_core.work.service_levels import (
    Promised,
    ServiceLevel,
    ServiceLevelDefined,
    define_service_level,
    due_times,
)
from billing_core.work.working_hours import WEEKDAYS, WorkingHours, WorkingTime

ON = date(2026, 6, 1)
ZONE = ZoneInfo("Europe/Sofia")
WEEK: dict[str, Any] = dict.fromkeys(WEEKDAYS[:5], ("08:00-16:00",))
HOME = ServiceLevel(
    code="home",
    title="Homes",
    seller="north",
    hours=WorkingHours(**WEEK),
    promised={"normal": Promised(first_reply=240, resolution=960), "urgent": Promised(first_reply=30, resolution=120)},
)


def test_a_ticket_is_due_in_the_working_time_of_its_level():
    friday = datetime(2026, 6, 12, 14, tzinfo=ZONE)
    working = WorkingTime(HOME.hours, WITHOUT_HOLIDAYS, ZONE)

    assert due_times(friday, HOME, "normal", working) == (
        datetime(2026, 6, 15, 10, tzinfo=ZONE),
        datetime(2026, 6, 16, 14, tzinfo=ZONE),
    )


def test_a_priority_that_is_not_named_has_the_next_lower_promise_else_the_next_higher_one():
    assert {each: HOME.promised_for(each).resolution for each in ("low", "normal", "high", "urgent")} == {
        "low": 960, "normal": 960, "high": 960, "urgent": 120,
    }  # fmt: skip


def test_a_level_is_defined_once_and_again_if_it_is_another():
    assert define_service_level(None, HOME, ON) == [ServiceLevelDefined(effective_on=ON, level=HOME)]
    assert define_service_level(HOME, HOME, ON) == []
    other = msgspec.structs.replace(HOME, title="Flats")
    assert define_service_level(HOME, other, ON) == [ServiceLevelDefined(effective_on=ON, level=other)]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"code": "Home"}, "letters a to z"),
        ({"promised": {}}, "promises nothing"),
        ({"promised": {"low": Promised(first_reply=0, resolution=5)}}, "must be 1 to"),
        ({"promised": {"low": Promised(first_reply=10, resolution=5)}}, "is later than the resolution"),
        ({"hours": WorkingHours()}, "no span on any weekday"),
    ],
)
def test_a_level_that_makes_no_sense_is_refused(changed: dict[str, Any], message: str):
    with pytest.raises(InvalidValue, match=message):
        define_service_level(None, msgspec.structs.replace(HOME, **changed), ON)
