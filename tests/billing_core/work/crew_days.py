"""A crew, its working time, and days on which it is taken: for the tests of what rests on them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from billing_core.time.due_dates import WITHOUT_HOLIDAYS
from billing_core.work.appointments import CrewDay, Visit
from billing_core.work.crews import Crew, KnownCrew
from billing_core.work.routes import Position, Travel
from billing_core.work.working_hours import WEEKDAYS, Interval, WorkingHours, WorkingTime

PRAGUE = ZoneInfo("Europe/Prague")
THURSDAY = date(2026, 6, 11)
WEEK: dict[str, Any] = dict.fromkeys(WEEKDAYS[:5], ("08:00-16:00",))
# At 60 km/h on roads as straight as the line, a hundredth of a degree to the north takes 2 minutes.
CREW = Crew(
    code="crew-2",
    title="Crew 2",
    seller="vrana",
    members=("milan", "areg"),
    hours=WorkingHours(**WEEK),
    base=Position(Decimal("49.00"), Decimal("16.60")),
    travel=Travel(speed=60, road_factor=Decimal(1)),
)
KNOWN = KnownCrew(CREW)
WORKING = WorkingTime(CREW.hours, WITHOUT_HOLIDAYS, PRAGUE)


def north(hundredths: int) -> Position:
    """A place so many hundredths of a degree to the north of the base."""
    return Position(Decimal("49.00") + Decimal(hundredths) / 100, Decimal("16.60"))


def local(hour: int, minute: int = 0, on: date = THURSDAY) -> datetime:
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=PRAGUE)


def span(begins: tuple[int, int], ends: tuple[int, int]) -> Interval:
    return Interval(local(*begins).astimezone(UTC), local(*ends).astimezone(UTC))


def taken(**visits: tuple[tuple[int, int], tuple[int, int], int]) -> CrewDay:
    """Visits by number: begin, end, and how far to the north."""
    return CrewDay({number: Visit(span(begins, ends), north(far)) for number, (begins, ends, far) in visits.items()})


@st.composite
def any_day(draw: st.DrawFn) -> CrewDay:
    """A few visits that do not overlap."""
    marks = sorted(draw(st.sets(st.integers(6 * 12, 18 * 12), max_size=8)))
    visits = {}
    for number, (begins, ends) in enumerate(zip(marks[::2], marks[1::2], strict=False)):
        first, last = (local(0).astimezone(UTC) + timedelta(minutes=5 * mark) for mark in (begins, ends))
        visits[f"T-{number}-1"] = Visit(Interval(first, last), draw(st.none() | st.integers(-20, 20).map(north)))
    return CrewDay(visits)
