"""Traffic as reports show it: which hour is the busy one, and how much more than in the month before.

Decides nothing that is charged. A record counts whole in the hour in which it started.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

import msgspec

from billing_core.kernel.spans import ONE_DAY

Measure = Literal["records", "seconds", "quantity", "bytes", "bytes_in", "bytes_out"]
ONE_HOUR = timedelta(hours=1)
TENTH = Decimal("0.1")

# --- the busy hour


class HourAmount(NamedTuple):
    """How much there was in the hour that begins at an instant."""

    at: datetime
    amount: Decimal


class BusyHour(msgspec.Struct, frozen=True):
    """An hour of the day over some days: `average` of all of them, and the `most` of one day with that day.

    `hour` is 0 to 23. `times` is how often the days had it: one that the clock passes over is missing in a day, and one
    that the clock goes through twice counts twice.
    """

    hour: int
    times: int
    average: Decimal
    most: Decimal
    most_on: date | None


def busy_hours(amounts: Iterable[HourAmount], from_on: date, to_on: date, zone: tzinfo) -> list[BusyHour]:
    """The hours of the day, the busiest first: by their average over the days from one up to another (ITU-T E.500).

    Worked example, two days, calls in minutes: 20 and 40 from 18:00 on, 50 and 0 from 9:00 on

        18:00   average 30, most 40 on the second day     <- the busy hour, though 9:00 once had more
         9:00   average 25, most 50 on the first day
    """
    of_hour: dict[int, list[tuple[Decimal, date]]] = defaultdict(list)
    for at, amount in amounts:
        local = at.astimezone(zone)
        of_hour[local.hour].append((amount, local.date()))
    found = []
    for hour, times in hours_of_days(from_on, to_on, zone).items():
        of_days = of_hour.get(hour, [])
        most, most_on = max(of_days, key=lambda each: (each[0], -each[1].toordinal()), default=(Decimal(0), None))
        average = (sum((amount for amount, _ in of_days), Decimal(0)) / times).quantize(TENTH, ROUND_HALF_UP)
        found.append(BusyHour(hour, times, average, most, most_on))
    return sorted(found, key=lambda each: (-each.average, -each.most, each.hour))


def hours_of_days(from_on: date, to_on: date, zone: tzinfo) -> dict[int, int]:
    """How often some days had each hour, by the clock of a zone.

    Worked example: Prague on 25 October 2026 had 2:00 twice, and on 29 March 2026 it did not have it.
    """
    at, end = (datetime.combine(on, time(), zone).astimezone(UTC) for on in (from_on, to_on))
    times: Counter[int] = Counter()
    while at < end:
        times[at.astimezone(zone).hour] += 1
        at += ONE_HOUR
    return dict(times)


# --- growth


class MonthAmount(NamedTuple):
    """How much there was of a value in a month, named by its first day."""

    on: date
    of: str
    amount: Decimal


class Growth(msgspec.Struct, frozen=True):
    """How much there was of a value in a month and in the month `before`; `percent` is None if there was nothing."""

    on: date
    of: str
    amount: Decimal
    before: Decimal
    percent: Decimal | None


def growth(amounts: Sequence[MonthAmount], first_on: date) -> list[Growth]:
    """Each month from the first one on against the month before, by value; what stopped has a row with 0.

    Worked example: 200 in March, 230 in April, nothing in May: April +15.0 %, May -100.0 %.
    """
    known = {(each.of, each.on): each.amount for each in amounts}
    wanted = {each for of, on in known for each in ((on, of), (next_month(on), of))}
    last_on = max((each.on for each in amounts), default=first_on)
    return [
        _growth(on, of, known.get((of, on), Decimal(0)), known.get((of, month_before(on)), Decimal(0)))
        for on, of in sorted(wanted)
        if first_on <= on <= last_on
    ]


def _growth(on: date, of: str, amount: Decimal, before: Decimal) -> Growth:
    percent = ((amount - before) * 100 / before).quantize(TENTH, ROUND_HALF_UP) if before else None
    return Growth(on, of, amount, before, percent)


def next_month(on: date) -> date:
    """The first day of the month after that of a day."""
    return (on.replace(day=28) + 4 * ONE_DAY).replace(day=1)


def month_before(on: date) -> date:
    """The first day of the month before that of a day."""
    return (on.replace(day=1) - ONE_DAY).replace(day=1)
