"""Yearly holds: a service, as that of a summer house, is on hold in the same season of every year.

A season is two days of the year, both inclusive; it may pass the end of the year. 29 February is the 28th in a common
year. The first hold is that of the first season that begins on the day of planning or later.

    from 10-01 to 03-31, planned on 15 October 2026
    1 October 2027    on hold until 1 April 2028, and again from 1 October 2028

On the first day of a season the hold is made on the terms of the tariff, without notice, since it is known since it was
planned. If they do not permit it, as with a debt, the season is skipped, and the plan goes on.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.spans import ONE_DAY

DAY_OF_YEAR = re.compile(r"(\d\d)-(\d\d)")
# The kind of deadline on the first day of a season.
YEARLY_HOLD = "yearly-hold"
LEAP_YEAR = 2000

# --- events


@event("yearly-hold-planned")
class YearlyHoldPlanned(Event, frozen=True, kw_only=True):
    """The subscription is on hold every year from one day to another, such as 10-01 to 03-31; first on `next_on`."""

    subscription: str
    from_day: str
    to_day: str
    next_on: date


@event("yearly-hold-made")
class YearlyHoldMade(Event, frozen=True, kw_only=True):
    """The hold of a season was made, up to the day on which the service goes on; the next one begins on `next_on`."""

    subscription: str
    until_on: date
    next_on: date


@event("yearly-hold-skipped")
class YearlyHoldSkipped(Event, frozen=True, kw_only=True):
    """The terms did not permit the hold of a season; the next one begins on `next_on`."""

    subscription: str
    reason: str
    next_on: date


@event("yearly-hold-ended")
class YearlyHoldEnded(Event, frozen=True, kw_only=True):
    """No season of the subscription is on hold by itself any more."""

    subscription: str


# --- state


class YearlyHold(msgspec.Struct, frozen=True, array_like=True):
    """The season of a subscription, and the first day of the next hold."""

    from_day: str
    to_day: str
    next_on: date


class YearlyHolds(msgspec.Struct, array_like=True):
    """The seasons of an account by subscription."""

    of: dict[str, YearlyHold] = {}


def _planned(holds: YearlyHolds, fact: YearlyHoldPlanned) -> None:
    holds.of = {**holds.of, fact.subscription: YearlyHold(fact.from_day, fact.to_day, fact.next_on)}


def _moved_on(holds: YearlyHolds, fact: YearlyHoldMade | YearlyHoldSkipped) -> None:
    known = holds.of[fact.subscription]
    holds.of = {**holds.of, fact.subscription: msgspec.structs.replace(known, next_on=fact.next_on)}


def _ended(holds: YearlyHolds, fact: YearlyHoldEnded) -> None:
    holds.of = {code: known for code, known in holds.of.items() if code != fact.subscription}


FOLDS: Mapping[type[Event], Callable[[YearlyHolds, Any], None]] = {
    YearlyHoldPlanned: _planned,
    YearlyHoldMade: _moved_on,
    YearlyHoldSkipped: _moved_on,
    YearlyHoldEnded: _ended,
}

# --- decisions


def day_in(year: int, day_of_year: str) -> date:
    """A day of a year: 02-29 is 28 February 2026."""
    month, day = _parts(day_of_year)
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def until_of(first_on: date, to_day: str) -> date:
    """The day on which the service goes on after a season: to 03-31 from 1 October 2026 is 1 April 2027."""
    last_on = day_in(first_on.year, to_day)
    return (last_on if first_on <= last_on else day_in(first_on.year + 1, to_day)) + ONE_DAY


def next_season(from_day: str, on: date) -> date:
    """The first day of the first season that begins on a day or later."""
    first_on = day_in(on.year, from_day)
    return first_on if on <= first_on else day_in(on.year + 1, from_day)


def plan(holds: YearlyHolds, fact: YearlyHoldPlanned) -> list[Event]:
    """A season that leaves days of the year without hold; it replaces another one, the same again changes nothing."""
    if next_season(fact.from_day, until_of(fact.next_on, fact.to_day)) <= until_of(fact.next_on, fact.to_day):
        raise InvalidValue("leaves no day of the year on which the service runs", field="to day", value=fact.to_day)
    known = holds.of.get(fact.subscription)
    is_same = known is not None and (known.from_day, known.to_day) == (fact.from_day, fact.to_day)
    return [] if is_same else [fact]


def end(holds: YearlyHolds, fact: YearlyHoldEnded) -> list[Event]:
    """A season that is planned."""
    if fact.subscription not in holds.of:
        raise RuleViolation("has no yearly hold", field="subscription", value=fact.subscription)
    return [fact]


def _parts(day_of_year: str) -> tuple[int, int]:
    found = DAY_OF_YEAR.fullmatch(day_of_year)
    month, day = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(LEAP_YEAR, month)[1]:
        raise InvalidValue("must be a month and a day, such as 10-01", field="day of the year", value=day_of_year)
    return month, day
