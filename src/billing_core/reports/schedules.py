"""Reports that are sent by e-mail: what, to whom, when; and what became of the last one.

Decides on which instants one is due, and keeps what was made and sent; not what a report answers. Its parameters are
kept as words, so that `last-month-begin` is that of the day on which it is due. It is asked with the rights of who
scheduled it.

    every month on day 31 at 06:30     31 January, 28 February, 31 March ... at 06:30 on the seller's clock
    every week on monday at 06:30      each Monday
    due on 1 June, seen on 4 June      sent once, for 1 June; the next one is the first after 4 June
    it cannot be made on 1 July        the file of 1 June goes out again, and the mail says so
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

import msgspec

from billing_core.kernel.attachments import Attachment
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.languages import require_language
from billing_core.parties.details import require_text

ReportFormat = Literal["csv", "csv-excel", "xlsx", "pdf"]
Every = Literal["day", "week", "month"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")
EMAIL = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\"]+")
MOST_RECIPIENTS = 20
ONE_DAY = timedelta(days=1)

# --- values and events


class ReportSchedule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which report is sent to whom, every day, every week on a weekday, or every month on a day, at a time of day.

    The time is on the clock of the seller. In a month with fewer days, the day is its last one. `given` are the
    parameters of the report as they are written, `last-month-begin` and the like included. `language` is that of the
    titles in the file, English without one.
    """

    code: str
    report: str
    recipients: tuple[str, ...]
    seller: str
    every: Every = "day"
    at: str = "06:00"
    weekday: Weekday | None = None
    day: int | None = None
    form: ReportFormat = "xlsx"
    given: dict[str, str] = {}
    sort: str = ""
    language: str = ""


@event("report-scheduled")
class ReportScheduled(Event, frozen=True, kw_only=True):
    """From now on the report is sent, next at `next_at`, with the rights of `maker`.

    An empty `dealer` is the house. One who `is_operator` has the rights of the operator's roles, another one works on
    the server and has all.
    """

    schedule: ReportSchedule
    time_zone: str
    maker: str
    is_operator: bool
    dealer: str
    next_at: datetime


@event("scheduled-report-due")
class ScheduledReportDue(Event, frozen=True, kw_only=True):
    """The instant of the report has come: it is to be made for the event's day. `next_at` is the one after it."""

    next_at: datetime


@event("scheduled-report-made")
class ScheduledReportMade(Event, frozen=True, kw_only=True):
    """The file of the event's day, as it is sent."""

    file: Attachment
    name: str


@event("scheduled-report-not-made")
class ScheduledReportNotMade(Event, frozen=True, kw_only=True):
    """The file of the event's day could not be made: the last one that could is sent, if there is one."""

    reason: str


@event("scheduled-report-sent")
class ScheduledReportSent(Event, frozen=True, kw_only=True):
    """The mail server took the mail of the event's day to a recipient."""

    recipient: str


@event("report-schedule-ended")
class ReportScheduleEnded(Event, frozen=True, kw_only=True):
    """The report is not sent any more."""

    reason: str


# --- state


class MadeFile(msgspec.Struct, frozen=True):
    """A file that was made, for which day, and its name."""

    on: date
    file: Attachment
    name: str


class KnownSchedule(msgspec.Struct, frozen=True):
    """A schedule and its rights; when it is due next, None if it is over.

    Of the day on which it was last due: whether the file `is_made`, or the `failure`, and who has the mail already.
    `last` is the last file that could be made.
    """

    schedule: ReportSchedule
    time_zone: str
    maker: str
    is_operator: bool
    dealer: str
    next_at: datetime | None
    due_on: date | None = None
    is_made: bool = False
    failure: str = ""
    sent: tuple[str, ...] = ()
    last: MadeFile | None = None

    @property
    def is_decided(self) -> bool:
        """Whether it is known if the file of the day on which it was last due could be made."""
        return self.is_made or bool(self.failure)


def apply_report_schedule(known: KnownSchedule | None, fact: Event) -> KnownSchedule | None:
    """The schedule after an event of its stream."""
    if isinstance(fact, ReportScheduled):
        last = known.last if known and known.schedule.report == fact.schedule.report else None
        return KnownSchedule(fact.schedule, fact.time_zone, fact.maker, fact.is_operator, fact.dealer, fact.next_at,
                             last=last)  # fmt: skip
    assert known is not None
    return msgspec.structs.replace(known, **_changes(known, fact))


def _changes(known: KnownSchedule, fact: Event) -> dict[str, Any]:
    """The fields of a schedule that an event of its stream changes."""
    on = fact.effective_on
    match fact:
        case ScheduledReportDue():
            return {"due_on": on, "next_at": fact.next_at, "is_made": False, "failure": "", "sent": ()}
        case ScheduledReportMade():
            return {"is_made": True, "last": MadeFile(on, fact.file, fact.name)}
        case ScheduledReportNotMade():
            return {"failure": fact.reason}
        case ScheduledReportSent():
            return {"sent": (*known.sent, fact.recipient)}
        case ReportScheduleEnded():
            return {"next_at": None}
    return {}


# --- decisions


class Maker(msgspec.Struct, frozen=True):
    """Who schedules: with the roles of an operator, perhaps of a dealer, or with all rights."""

    code: str
    is_operator: bool
    dealer: str = ""


def schedule_report(
    known: KnownSchedule | None, schedule: ReportSchedule, maker: Maker, zone: str, now: datetime
) -> list[Event]:
    """A new schedule, or other terms of one. One of another dealer is as if it were not there, and its code is taken.

    Who changes it is its maker from then on, so nobody lends rights to somebody else.
    """
    require_schedule(schedule)
    if known is not None:
        require_own(known, maker.dealer, taken=True)
        is_equal = (known.schedule, known.maker, known.time_zone) == (schedule, maker.code, zone)
        if is_equal and known.next_at is not None:
            return []
    next_at = next_instant(schedule, zone, now)
    return [
        ReportScheduled(effective_on=now.astimezone(ZoneInfo(zone)).date(), schedule=schedule, time_zone=zone,
                        maker=maker.code, is_operator=maker.is_operator, dealer=maker.dealer, next_at=next_at)
    ]  # fmt: skip


def come_due(known: KnownSchedule, at: datetime, now: datetime) -> list[Event]:
    """Its instant has come; nothing if it is due at another one by now, or over. What was missed is not made up for."""
    if known.next_at != at or at > now:
        return []
    on = at.astimezone(ZoneInfo(known.time_zone)).date()
    return [ScheduledReportDue(effective_on=on, next_at=next_instant(known.schedule, known.time_zone, now))]


def note_made(known: KnownSchedule, on: date, file: Attachment, name: str) -> list[Event]:
    """The file of a day was made; nothing if that is known, or another day has come."""
    is_awaited = known.due_on == on and not known.is_decided
    return [ScheduledReportMade(effective_on=on, file=file, name=name)] if is_awaited else []


def note_not_made(known: KnownSchedule, on: date, reason: str) -> list[Event]:
    """The file of a day could not be made; nothing if that is known, or another day has come."""
    require_text(reason, "reason")
    is_awaited = known.due_on == on and not known.is_decided
    return [ScheduledReportNotMade(effective_on=on, reason=reason)] if is_awaited else []


def note_sent(known: KnownSchedule, on: date, recipient: str) -> list[Event]:
    """The mail of a day was taken; nothing if that is known, or another day has come."""
    is_awaited = known.due_on == on and recipient not in known.sent
    return [ScheduledReportSent(effective_on=on, recipient=recipient)] if is_awaited else []


def end_report_schedule(known: KnownSchedule, dealer: str, reason: str, on: date) -> list[Event]:
    """Send it no more; one that is over stays as it is."""
    require_own(known, dealer)
    require_text(reason, "reason")
    return [] if known.next_at is None else [ReportScheduleEnded(effective_on=on, reason=reason)]


def require_own(known: KnownSchedule, dealer: str, *, taken: bool = False) -> None:
    """A schedule that an operator of a dealer may see; another one is as if it were not there."""
    if dealer and known.dealer != dealer:
        code = known.schedule.code
        if taken:
            raise RuleViolation("is taken; choose another code", field="schedule", value=code)
        raise NotFound("no such schedule", field="schedule", value=code)


# --- days


def next_instant(schedule: ReportSchedule, zone: str, after: datetime) -> datetime:
    """The first instant of a schedule after one, in UTC.

    A time that a day does not have, when the clock goes forward, is as many minutes after the change.
    """
    here = ZoneInfo(zone)
    day = after.astimezone(here).date() - ONE_DAY
    while True:
        day += ONE_DAY
        if _is_day(schedule, day):
            at = datetime.combine(day, time.fromisoformat(schedule.at), here).astimezone(UTC)
            if at > after:
                return at


def _is_day(schedule: ReportSchedule, day: date) -> bool:
    match schedule.every:
        case "week":
            return schedule.weekday is not None and day.weekday() == WEEKDAYS.index(schedule.weekday)
        case "month":
            return schedule.day is not None and day.day == min(schedule.day, monthrange(day.year, day.month)[1])
    return True


# --- what a schedule may be


def require_schedule(schedule: ReportSchedule) -> None:
    """A schedule that has a day, and recipients to whom a mail can be sent."""
    if not CODE.fullmatch(schedule.code):
        raise InvalidValue("must be 1 to 50 of the letters a to z, digits and -", field="code", value=schedule.code)
    require_text(schedule.report, "report")
    require_language(schedule.language, "language")
    if not 1 <= len(schedule.recipients) <= MOST_RECIPIENTS:
        raise InvalidValue(f"must be 1 to {MOST_RECIPIENTS}", field="recipients", value=len(schedule.recipients))
    for recipient in schedule.recipients:
        if not EMAIL.fullmatch(recipient) or not recipient.isprintable():
            raise InvalidValue("is no e-mail address", field="recipients", value=recipient)
    if len(set(schedule.recipients)) < len(schedule.recipients):
        raise InvalidValue("names an address twice", field="recipients", value=", ".join(schedule.recipients))
    if (schedule.every == "week") != (schedule.weekday is not None):
        raise InvalidValue("belongs to a report of every week, and to no other", field="weekday",
                           value=schedule.weekday or "")  # fmt: skip
    if (schedule.every == "month") != (schedule.day is not None):
        raise InvalidValue("belongs to a report of every month, and to no other", field="day", value=schedule.day or "")
    if schedule.day is not None and not 1 <= schedule.day <= 31:
        raise InvalidValue("must be 1 to 31", field="day", value=schedule.day)
    if not TIME.fullmatch(schedule.at):
        raise InvalidValue("must be hours and minutes, such as 06:30", field="at", value=schedule.at)
