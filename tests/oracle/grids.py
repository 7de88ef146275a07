"""The grid of a period rule: boundaries counted from one day, which clamp to short months and go back afterwards.

A grid of the account begins on the first billing day that is not before the activation. If the billing day changes, the
old grid holds up to the first new billing day from the change on, and the new one from there. A change that another one
takes back before that is none.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from tests.oracle.exact import ONE_DAY, Days
from tests.oracle.history import Written, day_of

NO_DAY = date.min


class Grid:
    """Boundaries every so many months or days, one of them on `begins_on`."""

    def __init__(self, every: str, begins_on: date, day: int) -> None:
        count, unit = every.split()
        unit = unit.removesuffix("s")
        self.days = int(count) * {"day": 1, "week": 7}.get(unit, 0)
        self.months = int(count) * {"month": 1, "year": 12}.get(unit, 0)
        self.begins_on = begins_on
        self.day = day
        self._last = NO_DAY, NO_DAY
        # Every grid of single months on one day has the same boundaries.
        self.key = (self.days, self.months, None if self.months == 1 else begins_on, day)

    def boundary(self, number: int) -> date:
        if self.days:
            return self.begins_on + timedelta(days=number * self.days)
        return day_of_month(self.begins_on.year, self.begins_on.month + number * self.months, self.day)

    def number(self, day: date) -> int:
        """The number of the period in which a day lies."""
        if self.days:
            return (day - self.begins_on).days // self.days
        months = 12 * (day.year - self.begins_on.year) + day.month - self.begins_on.month
        number = months // self.months
        return number if self.boundary(number) <= day else number - 1

    def period(self, day: date) -> Days:
        """The period in which a day lies."""
        if not self._last[0] <= day < self._last[1]:
            number = self.number(day)
            self._last = self.boundary(number), self.boundary(number + 1)
        return self._last


def day_of_month(year: int, month: int, day: int) -> date:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(day, monthrange(year, month)[1]))


def first_billing_day(on: date, day: int) -> date:
    while on != day_of_month(on.year, on.month, day):
        on += ONE_DAY
    return on


def billing_days(account: Written, known_on: date) -> list[tuple[date, int]]:
    """The billing days of an account as far as they are known, each with the day from which it holds."""
    found = {NO_DAY: billing_day(account["billing_day"])}
    for entry in sorted(account.get("billing_days", ()), key=lambda entry: str(entry.get("recorded", entry["on"]))):
        if day_of(entry.get("recorded", entry["on"])) <= known_on:
            found[day_of(entry["on"])] = billing_day(entry["day"])
    return sorted(found.items())


def billing_day(written: str) -> int:
    return 31 if written == "last" else int(written)


def grids(
    rule: Written, since: date, days: Sequence[tuple[date, int]], anew: Sequence[date] = ()
) -> list[tuple[date, Grid]]:
    """The grids of a rule for a service that was activated on a day, each with the day from which it holds; its own one
    begins anew on some days.
    """
    if rule["anchor"]:
        anchor = day_of(rule["anchor"])
        return [(NO_DAY, Grid(rule["every"], anchor, anchor.day))]
    if rule["align"] == "own":
        again = [(on, Grid(rule["every"], on, on.day)) for on in sorted(anew) if on > since]
        return [(NO_DAY, Grid(rule["every"], since, since.day)), *again]
    at_first = [day for from_on, day in days if from_on <= since][-1]
    found = [(NO_DAY, Grid(rule["every"], first_billing_day(since, at_first), at_first))]
    for changed_on, day in days:
        if changed_on <= since or day == found[-1][1].day:
            continue
        from_on = first_billing_day(changed_on, day)
        while len(found) > 1 and found[-1][0] >= from_on:
            found.pop()
        if day != found[-1][1].day:
            found.append((from_on, Grid(rule["every"], from_on, day)))
    if rule["first_stub"] != "full-then-prorate":
        return found
    own = Grid(rule["every"], since, since.day)
    ends_on = own.boundary(1)
    last = [number for number, (from_on, _) in enumerate(found) if from_on <= ends_on][-1]
    return [(NO_DAY, own), (ends_on, found[last][1]), *found[last + 1 :]]
