"""When an invoice is due: the rule of the billing plan, and the shift to a working day.

    20 days after issue                    issued 3 Jun 2026   ->  23 Jun
    day 15 of this month                   issued 3 Jun        ->  15 Jun;  issued 20 Jun  ->  15 Jul
    day 31 of the next month               issued 3 Jan        ->  28 Feb, for the month has no other last day
    10th working day after issue           issued 23 Dec       ->  11 Jan in the Czech Republic: Christmas and New Year
                                                                   are no working days
    14 days after issue, shifted to next   issued 20 Mar       ->  7 Apr: 3 April is Good Friday, 6 April Easter Monday

Working days come from a calendar that is an argument. The resulting day stands in the invoice, so a calendar that is
corrected later changes no due date.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Literal, Protocol

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.time.periods import LAST_BILLING_DAY, boundary

DueMonth = Literal["this", "next"]
DueShift = Literal["none", "next", "previous"]
MOST_DUE_DAYS = 365
MOST_WORKING_DAYS = 250
SATURDAY, SUNDAY = 5, 6
ONE_DAY = timedelta(days=1)

# --- values


class Calendar(Protocol):
    """Which days are worked, and which are holidays, as pure functions of the day."""

    def is_working_day(self, on: date) -> bool: ...

    def is_holiday(self, on: date) -> bool:
        """Whether a day is a public holiday; one may be a weekend too."""


class WorkingWeek(msgspec.Struct, frozen=True):
    """The calendar in which every day is worked but the weekend and the holidays named."""

    holidays: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({SATURDAY, SUNDAY})

    def is_working_day(self, on: date) -> bool:
        return on.weekday() not in self.weekend and not self.is_holiday(on)

    def is_holiday(self, on: date) -> bool:
        return on in self.holidays


WITHOUT_HOLIDAYS = WorkingWeek()


class DaysAfterIssue(msgspec.Struct, frozen=True, kw_only=True, tag_field="by", tag="days-after-issue"):
    """So many days after the day of issue; 0 is the same day."""

    days: int


class DayOfMonth(msgspec.Struct, frozen=True, kw_only=True, tag_field="by", tag="day-of-month"):
    """A fixed day of the month of issue, or of the month after it; 31 is the last day of every month."""

    day: int
    month: DueMonth = "this"


class WorkingDayAfterIssue(msgspec.Struct, frozen=True, kw_only=True, tag_field="by", tag="working-day"):
    """The first, second, n-th working day after the day of issue."""

    number: int


DueRule = DaysAfterIssue | DayOfMonth | WorkingDayAfterIssue

# --- decisions


def due_date(issued_on: date, rule: DueRule, shift: DueShift, calendar: Calendar) -> date:
    """The day on which an invoice is due; never before it is issued."""
    found = _unshifted(issued_on, rule, calendar)
    moved = shifted(found, shift, calendar)
    return moved if moved >= issued_on else shifted(found, "next", calendar)


def shifted(on: date, shift: DueShift, calendar: Calendar) -> date:
    """The day itself if it is worked or nothing is shifted, else the next or the previous working day."""
    if shift == "none":
        return on
    step = ONE_DAY if shift == "next" else -ONE_DAY
    while not calendar.is_working_day(on):
        on += step
    return on


def working_day_after(on: date, number: int, calendar: Calendar) -> date:
    """The n-th working day after a day, which does not count itself."""
    for _ in range(number):
        on = shifted(on + ONE_DAY, "next", calendar)
    return on


def _unshifted(issued_on: date, rule: DueRule, calendar: Calendar) -> date:
    match rule:
        case DaysAfterIssue(days=days):
            return issued_on + timedelta(days=days)
        case WorkingDayAfterIssue(number=number):
            return working_day_after(issued_on, number, calendar)
        case DayOfMonth(day=day, month=month):
            months = (boundary(issued_on.year, issued_on.month + ahead, day) for ahead in count(int(month == "next")))
            return next(on for on in months if on >= issued_on)


def needs_calendar(rule: DueRule, shift: DueShift) -> bool:
    """Whether the due date depends on which days are worked."""
    return shift != "none" or isinstance(rule, WorkingDayAfterIssue)


def require_due_rule(rule: DueRule) -> None:
    """A rule that gives a day within reason, or `InvalidValue`."""
    match rule:
        case DaysAfterIssue(days=days):
            if not 0 <= days <= MOST_DUE_DAYS:
                raise InvalidValue(f"must be 0 to {MOST_DUE_DAYS}", field="due days", value=days)
        case DayOfMonth(day=day):
            if not 1 <= day <= LAST_BILLING_DAY:
                raise InvalidValue(f"must be 1 to {LAST_BILLING_DAY}", field="due day of month", value=day)
        case WorkingDayAfterIssue(number=number):
            if not 1 <= number <= MOST_WORKING_DAYS:
                raise InvalidValue(f"must be 1 to {MOST_WORKING_DAYS}", field="due working day", value=number)
