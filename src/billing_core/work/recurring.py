"""Recurring tasks: templates of tickets that are opened by themselves on their days.

The days are a recurrence rule of RFC 5545, read by the library of the field, counted from the first day.

    FREQ=MONTHLY;BYDAY=1MO from 1 June 2026             1 June, 6 July, 3 August ...
    FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH from 2 June      2, 4, 16, 18, 30 June ...
    FREQ=YEARLY;COUNT=2 from 29 February 2028           29 February 2028 and 2032, then the task is over

A day that passed while nothing ran is made up for: each day opens its ticket, in order.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import msgspec
from dateutil.rrule import rrule, rrulestr

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.parties.details import require_printable, require_text
from billing_core.work.service_levels import PRIORITIES, Priority, require_code

PARTS = re.compile(r"[A-Z]+=[-+A-Z0-9,]+(;[A-Z]+=[-+A-Z0-9,]+)*")
# The parts of a rule by its frequency; RFC 5545 knows more, of hours and seconds, and of numbered weeks.
USUAL = frozenset({"FREQ", "INTERVAL", "COUNT", "BYDAY", "BYMONTH", "WKST"})
BY_DATE = USUAL | {"BYMONTHDAY", "BYSETPOS"}
NAMES = {"DAILY": USUAL, "WEEKLY": USUAL, "MONTHLY": BY_DATE, "YEARLY": BY_DATE | {"BYYEARDAY"}}
MOST = {"INTERVAL": 366, "COUNT": 10_000}
MOST_LETTERS = 200

# --- values and events


class RecurringTask(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which ticket is opened on the days of a rule from a first day on, before the day `to` if it is named."""

    code: str
    kind: str
    subject: str
    rule: str
    from_on: date
    to_on: date | None = None
    priority: Priority = "normal"
    node: str = ""


@event("recurring-task-defined")
class RecurringTaskDefined(Event, frozen=True, kw_only=True):
    """The task from now on, complete, and the next day on which it is due; None if it is over."""

    task: RecurringTask
    next_on: date | None


@event("recurring-task-due")
class RecurringTaskDue(Event, frozen=True, kw_only=True):
    """The day of the task has come: its ticket is to be opened. `next_on` is the day after this one, if any."""

    task: RecurringTask
    next_on: date | None


@event("recurring-task-ended")
class RecurringTaskEnded(Event, frozen=True, kw_only=True):
    """No ticket is opened any more."""

    reason: str


# --- state


class KnownTask(msgspec.Struct, frozen=True):
    """A task with the next day on which it is due; None if it is over."""

    task: RecurringTask
    next_on: date | None


def apply_recurring_task(known: KnownTask | None, fact: Event) -> KnownTask | None:
    """The task after an event of its stream."""
    match fact:
        case RecurringTaskDefined() | RecurringTaskDue():
            return KnownTask(fact.task, fact.next_on)
        case RecurringTaskEnded():
            assert known is not None
            return KnownTask(known.task, None)
    return known


# --- decisions


def define_recurring_task(known: KnownTask | None, task: RecurringTask, on: date) -> list[Event]:
    """A task with a rule that has days; the first of them is not before today. An equal one changes nothing."""
    require_code(task.code, "task")
    require_code(task.kind, "kind")
    require_text(task.subject, "subject")
    require_printable(task.node, "node")
    if task.priority not in PRIORITIES:
        raise InvalidValue(f"is none of {', '.join(PRIORITIES)}", field="priority", value=task.priority)
    require_rule(task.rule, task.from_on)
    next_on = next_day(task, on - timedelta(days=1))
    if next_on is None:
        raise InvalidValue(f"has no day from {max(on, task.from_on)} on", field="rule", value=task.rule)
    if known is not None and known.task == task and known.next_on is not None:
        return []
    return [RecurringTaskDefined(effective_on=on, task=task, next_on=next_on)]


def come_due(known: KnownTask, day: date, today: date) -> list[Event]:
    """The day of the task has come; nothing happens if it is another day by now, or the task is over."""
    if known.next_on != day or day > today:
        return []
    return [RecurringTaskDue(effective_on=day, task=known.task, next_on=next_day(known.task, day))]


def end_recurring_task(known: KnownTask, reason: str, on: date) -> list[Event]:
    """End the task; one that is over stays as it is."""
    require_text(reason, "reason")
    return [] if known.next_on is None else [RecurringTaskEnded(effective_on=on, reason=reason)]


def next_day(task: RecurringTask, after: date) -> date | None:
    """The first day of the task after a day; None if there is none any more."""
    found = _days_of(task.rule, task.from_on).after(datetime.combine(after, time()))
    if found is None or (task.to_on is not None and found.date() >= task.to_on):
        return None
    return date(found.year, found.month, found.day)


def require_rule(rule: str, from_on: date) -> None:
    """A rule of days, weeks, months or years that has a day at all."""
    parts = dict(part.split("=") for part in rule.split(";")) if PARTS.fullmatch(rule) else {}
    is_written = bool(parts) and len(parts) == len(rule.split(";")) and len(rule) <= MOST_LETTERS
    if not is_written or not NAMES.get(parts.get("FREQ", ""), frozenset()) >= parts.keys():
        raise InvalidValue("is no rule of days; write it as FREQ=MONTHLY;BYDAY=1MO or FREQ=WEEKLY;INTERVAL=2",
                           field="rule", value=rule)  # fmt: skip
    for name, most in MOST.items():
        written = parts.get(name, "1")
        if not written.isdecimal() or not 1 <= int(written) <= most:
            raise InvalidValue(f"must be 1 to {most}", field=f"rule, {name}", value=written)
    try:
        found = _days_of(rule, from_on)
    except (ValueError, TypeError) as error:
        raise InvalidValue(f"is no rule of RFC 5545: {error}", field="rule", value=rule) from None
    if found.after(datetime.combine(from_on, time()), inc=True) is None:
        raise RuleViolation(f"has no day from {from_on} on", field="rule", value=rule)


@lru_cache(maxsize=1_024)  # A pure value for each task.
def _days_of(rule: str, from_on: date) -> rrule:
    found = rrulestr(rule, dtstart=datetime.combine(from_on, time()))
    assert isinstance(found, rrule)  # A set comes of several rules alone.
    return found
