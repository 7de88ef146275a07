"""Service levels: how soon a ticket gets its first reply and is resolved, by its priority, in working time.

Decides which service levels make sense, and until when a ticket of one is due; not what happens when it is late.

    level home    Monday to Friday 08:00-16:00    normal: first reply 240 minutes, resolution 960 minutes
    a ticket of normal priority, opened Friday 14:00    ->  first reply until Monday 10:00, resolved until Tuesday 14:00
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple, get_args

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.work.working_hours import WorkingHours, WorkingTime, deadline, require_working_hours

CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,49}")
MOST_MINUTES = 60 * 24 * 366
Priority = Literal["low", "normal", "high", "urgent"]
PRIORITIES: tuple[Priority, ...] = get_args(Priority)

# --- values and events


class Promised(msgspec.Struct, frozen=True, kw_only=True):
    """Working minutes until the first reply, and until the ticket is resolved."""

    first_reply: int
    resolution: int


class ServiceLevel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is promised for each priority, counted in these hours; holidays and time zone are those of the seller.

    A priority that is not named has what is promised for the next lower one that is, else for the next higher one.
    """

    code: str
    title: str
    seller: str
    hours: WorkingHours
    promised: Mapping[Priority, Promised]

    def promised_for(self, priority: Priority) -> Promised:
        """What is promised for a priority."""
        place = PRIORITIES.index(priority)
        nearest = (*reversed(PRIORITIES[: place + 1]), *PRIORITIES[place + 1 :])
        return next(self.promised[each] for each in nearest if each in self.promised)


class DueTimes(NamedTuple):
    """Until when a ticket gets its first reply, and until when it is resolved."""

    first_reply_at: datetime
    resolution_at: datetime


@event("service-level-defined")
class ServiceLevelDefined(Event, frozen=True, kw_only=True):
    """The service level from now on, complete."""

    level: ServiceLevel


# --- state


def apply_service_level(level: ServiceLevel | None, fact: Event) -> ServiceLevel | None:
    """The service level after an event of its stream."""
    return fact.level if isinstance(fact, ServiceLevelDefined) else level


# --- decisions


def define_service_level(known: ServiceLevel | None, level: ServiceLevel, on: date) -> list[Event]:
    """A service level with hours, and something promised; nothing changes if it is defined like this."""
    require_code(level.code, "service level")
    require_working_hours(level.hours)
    if not level.promised:
        raise InvalidValue(f"promises nothing; name one of {', '.join(PRIORITIES)}", field="service level",
                           value=level.code)  # fmt: skip
    for priority, promised in level.promised.items():
        for field, minutes in (("first reply", promised.first_reply), ("resolution", promised.resolution)):
            if not 1 <= minutes <= MOST_MINUTES:
                raise InvalidValue(f"must be 1 to {MOST_MINUTES:,} working minutes", field=f"{priority}, {field}",
                                   value=minutes)  # fmt: skip
        if promised.first_reply > promised.resolution:
            raise InvalidValue("is later than the resolution", field=f"{priority}, first reply",
                               value=promised.first_reply)  # fmt: skip
    return [] if level == known else [ServiceLevelDefined(effective_on=on, level=level)]


def due_times(opened_at: datetime, level: ServiceLevel, priority: Priority, working: WorkingTime) -> DueTimes:
    """Until when a ticket is due; `working` are the hours of the level with the seller's holidays and zone."""
    promised = level.promised_for(priority)
    first_reply, resolution = (timedelta(minutes=each) for each in (promised.first_reply, promised.resolution))
    return DueTimes(deadline(opened_at, first_reply, working), deadline(opened_at, resolution, working))


def require_code(code: str, field: str) -> None:
    """The code of a service level, a crew or a kind of job."""
    if not CODE.fullmatch(code):
        raise InvalidValue("must be 1 to 50 of the letters a to z, digits, and . _ -", field=field, value=code)
