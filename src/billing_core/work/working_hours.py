"""Working time: until when something must be done that may take so many working hours, and how long it took.

Hours are given for each day of the week, several spans a day, in the time zone of a seller; on a holiday those of
`holiday` hold, usually none. The calendar does not know the weekend: a crew that works on Saturday has hours for it.

    Monday to Friday 08:00-12:00 and 13:00-17:00, in Prague
    begun Thursday 2 April 2026 16:00, 4 working hours    ->  Tuesday 7 April 11:00
        Thursday 1 hour; 3 April is Good Friday, then the weekend, Monday 6 April is Easter Monday; Tuesday 3 hours
    from Thursday 2 April 11:30 to Tuesday 7 April 14:00  ->  9 hours and 30 minutes
        Thursday 30 minutes and 4 hours, Tuesday 4 hours and 1 hour

Working time is what passes, not what the clock shows: a night shift 00:00-06:00 has 5 hours when summer time begins and
7 when it ends. A span that is cut by the hour that is left out begins or ends at the jump; a time that the clock shows
twice is the first of the two.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.time.due_dates import ONE_DAY, Calendar

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WRITTEN = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
MINUTES_OF_DAY = 24 * 60
MOST_SPANS = 10
# Days in a row without any working time, after which a deadline is not looked for any more.
MOST_DAYS_OFF = 400

# --- values


class WorkingHours(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Spans as `08:00-12:00` by the day of the week, and those of a holiday on any day; a day without any is off."""

    monday: tuple[str, ...] = ()
    tuesday: tuple[str, ...] = ()
    wednesday: tuple[str, ...] = ()
    thursday: tuple[str, ...] = ()
    friday: tuple[str, ...] = ()
    saturday: tuple[str, ...] = ()
    sunday: tuple[str, ...] = ()
    holiday: tuple[str, ...] = ()

    def written_for(self, on: date, calendar: Calendar) -> tuple[str, ...]:
        """The spans of a day, as they are written."""
        written: tuple[str, ...] = getattr(self, "holiday" if calendar.is_holiday(on) else WEEKDAYS[on.weekday()])
        return written


class Interval(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Time from one instant until another one, which is not part of it any more."""

    begins_at: datetime
    ends_at: datetime

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.begins_at

    def overlap(self, other: Interval) -> timedelta:
        """How much time two intervals have in common."""
        return max(min(self.ends_at, other.ends_at) - max(self.begins_at, other.begins_at), timedelta())

    def contains(self, other: Interval) -> bool:
        """Whether all of another interval lies in this one."""
        return self.begins_at <= other.begins_at and other.ends_at <= self.ends_at


ROUND_THE_CLOCK = WorkingHours(**dict.fromkeys((*WEEKDAYS, "holiday"), ("00:00-24:00",)))


class WorkingTime(msgspec.Struct, frozen=True):
    """Working hours with the holidays and the time zone by which they are read."""

    hours: WorkingHours
    calendar: Calendar
    zone: tzinfo

    def of_day(self, on: date) -> list[Interval]:
        """The spans of a day as intervals in UTC, without those that the clock leaves out."""
        found = (
            Interval(instant_of(on, begins, self.zone), instant_of(on, ends, self.zone))
            for begins, ends in map(minutes_of, self.hours.written_for(on, self.calendar))
        )
        return [each for each in found if each.begins_at < each.ends_at]

    def from_day(self, on: date) -> Iterator[Interval]:
        """The spans of a day and of all that follow; they end after a long time without any."""
        days_off = 0
        while days_off <= MOST_DAYS_OFF:
            found = self.of_day(on)
            yield from found
            days_off, on = (0 if found else days_off + 1), on + ONE_DAY

    def day_of(self, at: datetime) -> date:
        """The date of an instant."""
        return at.astimezone(self.zone).date()


# --- decisions


def deadline(begun_at: datetime, asked: timedelta, working: WorkingTime) -> datetime:
    """The instant at which so much working time has passed; without any asked for it is the beginning itself."""
    left = asked
    if left <= timedelta():
        return begun_at
    for span in working.from_day(working.day_of(begun_at)):
        begins_at = max(span.begins_at, begun_at)
        if begins_at + left <= span.ends_at:
            return (begins_at + left).astimezone(UTC)
        left -= max(span.ends_at - begins_at, timedelta())
    raise InvalidValue(f"have no working time within {MOST_DAYS_OFF} days", field="working hours", value=working.hours)


def time_worked(begun_at: datetime, ended_at: datetime, working: WorkingTime) -> timedelta:
    """The working time between two instants; none if the second one is not later."""
    whole, passed = Interval(begun_at, ended_at), timedelta()
    on, last_on = working.day_of(begun_at), working.day_of(ended_at)
    while on <= last_on:
        passed += sum((span.overlap(whole) for span in working.of_day(on)), timedelta())
        on += ONE_DAY
    return passed


def require_working_hours(hours: WorkingHours) -> None:
    """Spans as 08:00-12:00, in order and apart from each other, on some weekday at least."""
    require_spans(hours)
    if not any(getattr(hours, day) for day in WEEKDAYS):
        raise InvalidValue("have no span on any weekday; write one as 08:00-16:00", field="working hours", value="")


def require_spans(hours: WorkingHours) -> None:
    """Spans as 08:00-12:00, in order and apart from each other."""
    for day in (*WEEKDAYS, "holiday"):
        before = 0
        written: tuple[str, ...] = getattr(hours, day)
        if len(written) > MOST_SPANS:
            raise InvalidValue(f"are more than {MOST_SPANS} spans", field=day, value=len(written))
        for each in written:
            begins, ends = minutes_of(each)
            if begins >= ends:
                raise InvalidValue("ends before it begins; a night has a span on each of its days", field=day,
                                   value=each)  # fmt: skip
            if begins < before:
                raise InvalidValue("begins before the span above it ends", field=day, value=each)
            before = ends


# --- the clock


@lru_cache(maxsize=1_024)  # A pure value; a house writes a few of them.
def minutes_of(written: str) -> tuple[int, int]:
    """The first minute of a span and the one after its last, counted from midnight: `08:00-12:00` is 480 and 720."""
    found = WRITTEN.fullmatch(written)
    hours_and_minutes = [int(part) for part in found.groups()] if found else [99] * 4
    begins, ends = (60 * hours_and_minutes[at] + hours_and_minutes[at + 1] for at in (0, 2))
    if max(begins, ends) > MINUTES_OF_DAY:
        raise InvalidValue("is no span of a day; write it as 08:00-12:00, midnight at its end as 24:00",
                           field="working hours", value=written)  # fmt: skip
    return begins, ends


def instant_of(on: date, minute: int, zone: tzinfo) -> datetime:
    """The instant, in UTC, at which a clock of the zone shows a minute of a day, or would if it were not left out.

    2026-03-29 Prague    01:30 -> 00:30 UTC    02:30 -> 01:00 UTC, the jump from 02:00 to 03:00
    2026-10-25 Prague    02:30 -> 00:30 UTC, the first of two; the other one is 01:30 UTC
    """
    midnight = datetime.combine(on + timedelta(days=minute // MINUTES_OF_DAY), time())
    shown = midnight + timedelta(minutes=minute % MINUTES_OF_DAY)
    by_offset_before = shown.replace(tzinfo=zone).astimezone(UTC)
    by_offset_after = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if by_offset_after >= by_offset_before:
        return by_offset_before
    left_out = range((by_offset_before - by_offset_after) // timedelta(minutes=1))

    def clock_after(minutes: int) -> datetime:
        return (by_offset_after + timedelta(minutes=minutes)).astimezone(zone).replace(tzinfo=None)

    return by_offset_after + timedelta(minutes=bisect_left(left_out, shown, key=clock_after))
