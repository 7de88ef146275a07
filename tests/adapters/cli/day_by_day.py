"""An independent count of what a scenario comes to: day by day, in exact fractions, from the text of the rules alone.

It shares nothing with the program: it reads the scenario as it is written and knows only what is learnt up to a day. It
counts scenarios of one account with one subscription.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from typing import Any, NamedTuple

from tests.adapters.cli.simulating import half_up

Written = Mapping[str, Any]
Days = tuple[date, date]  # Half-open.
ONE_DAY = timedelta(days=1)
FAR_AHEAD = timedelta(days=800)
CHARGED_WHILE_SUSPENDED = {"operator": 0, "non-payment": 100, "abuse": 100}
RULE = {
    "every": "1 month", "align": "account", "in": "advance", "proration": "whole", "first_stub": "prorate",
    "last_stub": "prorate",
}  # fmt: skip


class Owed(NamedTuple):
    """What is owed of a component, each of its periods rounded once, and by how much the roundings may differ."""

    amount: Fraction
    tolerance: Fraction


def owed(scenario: Written, on: date) -> dict[str, Owed]:
    """What is owed of each component for everything due up to and including a day, as far as is known on it."""
    found: dict[str, Owed] = defaultdict(lambda: Owed(Fraction(0), Fraction(0)))
    life = Life(scenario, on)
    if life.activated_on is None:
        return found
    for code in dict.fromkeys(code for tariff in life.tariffs.values() for code in tariff):
        kinds = {tariff[code]["kind"] for tariff in life.tariffs.values() if code in tariff}
        for stretches in (_fee if kinds == {"recurring"} else _usage if kinds == {"usage"} else _one_off)(code, life):
            several = len(stretches) if len(stretches) > 1 else 0
            amount, tolerance = found[code]
            amount += Fraction(half_up(sum(stretches, Fraction(0))))
            found[code] = Owed(amount, tolerance + Fraction(several, 100))
    return found


# --- what is known


class Standing(NamedTuple):
    """How the subscription is on a day; `part` of its fees is charged."""

    status: str
    tariff: str
    quantity: Fraction
    prices: Mapping[str, Fraction]
    part: Fraction


class Life:
    """What is known of the subscription on a day."""

    def __init__(self, scenario: Written, on: date) -> None:
        self.known_on = on
        self.account = scenario["accounts"][0]
        self.subscription = self.account["subscriptions"][0]
        self.tariffs = {
            tariff["code"]: {component["code"]: component for component in tariff["components"]}
            for tariff in scenario["tariffs"]
        }
        learnt_on = _learnt_on(self.subscription["timeline"][0])
        known = [entry for entry in self.subscription["timeline"] if max(_learnt_on(entry), learnt_on) <= on]
        # What is true from the same day counts in the order in which it was learnt.
        known.sort(key=lambda entry: (entry["on"], max(_learnt_on(entry), learnt_on)))
        days = {entry["do"]: date.fromisoformat(entry["on"]) for entry in known}
        self.activated_on, self.terminated_on = days.get("activate"), days.get("terminate")
        self._changes = [date.fromisoformat(entry["on"]) for entry in known]
        self._standings = list(self._told(known))

    def on(self, day: date) -> Standing:
        return self._standings[bisect_right(self._changes, day)]

    def _told(self, known: Sequence[Written]) -> Iterator[Standing]:
        standing = Standing("pending", self.subscription["tariff"], Fraction(self.subscription["quantity"]), {},
                            Fraction(0))  # fmt: skip
        yield standing
        for entry in known:
            standing = _changed(standing, entry)
            yield standing


def _learnt_on(entry: Written) -> date:
    return date.fromisoformat(entry.get("recorded", entry["on"]))


def _changed(standing: Standing, entry: Written) -> Standing:
    match entry["do"]:
        case "change-tariff":
            changed: dict[str, Any] = {"tariff": entry["tariff"], "prices": {}}
        case "change-quantity":
            changed = {"quantity": Fraction(entry["quantity"])}
        case "change-price":
            changed = {"prices": {**standing.prices, entry["component"]: Fraction(entry["price"])}}
        case "hold":
            changed = {"status": "held", "part": Fraction(entry["charge_percent"]) / 100}
        case "suspend":
            percent = entry.get("charge_percent", CHARGED_WHILE_SUSPENDED[entry["reason"]])
            changed = {"status": "suspended", "part": Fraction(percent) / 100}
        case "terminate":
            changed = {"status": "terminated", "part": Fraction(0)}
        case _:
            changed = {"status": "active", "part": Fraction(1)}
    return standing._replace(**changed)


# --- periods


class Grid:
    """Periods counted from one boundary: that of the activation, or the first billing day that is not before it."""

    def __init__(self, rule: Written, life: Life) -> None:
        count, unit = rule["every"].split()
        unit = unit.removesuffix("s")
        self.days = int(count) * {"day": 1, "week": 7}.get(unit, 0)
        self.months = int(count) * {"month": 1, "year": 12}.get(unit, 0)
        assert life.activated_on is not None
        self._from_on, self._day = life.activated_on, life.activated_on.day
        self._last = date.min, date.min
        if rule["align"] == "account":
            billing_day = life.account["billing_day"]
            self._day = 31 if billing_day == "last" else billing_day
            while self._from_on != _day_of_month(self._from_on.year, self._from_on.month, self._day):
                self._from_on += ONE_DAY

    def of(self, day: date) -> Days:
        """The period in which a day lies."""
        if self._last[0] <= day < self._last[1]:
            return self._last
        number = (day - self._from_on).days // (self.days or 30 * self.months) + 1
        while self._boundary(number) > day:
            number -= 1
        self._last = self._boundary(number), self._boundary(number + 1)
        return self._last

    def _boundary(self, number: int) -> date:
        if self.days:
            return self._from_on + timedelta(days=number * self.days)
        return _day_of_month(self._from_on.year, self._from_on.month + number * self.months, self._day)


def _day_of_month(year: int, month: int, day: int) -> date:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(day, monthrange(year, month)[1]))


def _measure(mode: str, days: Days) -> Fraction:
    """Whole: days. Sliced: parts of their calendar months. Fixed-30: 30E/360."""
    from_on, to_on = days
    if mode == "fixed-30":
        months = 12 * (to_on.year - from_on.year) + to_on.month - from_on.month
        return Fraction(30 * months + min(to_on.day, 30) - min(from_on.day, 30))
    if mode == "whole":
        return Fraction((to_on - from_on).days)
    each = (from_on + timedelta(days=number) for number in range((to_on - from_on).days))
    return sum((Fraction(1, monthrange(day.year, day.month)[1]) for day in each), Fraction(0))


# --- what is charged


class Part(NamedTuple):
    """A period of the grid, and what activation and termination leave of it."""

    period: Days
    there: Days


def _fee(code: str, life: Life) -> Iterator[list[Fraction]]:
    """What each due period costs, by stretches of days at one price; one rule after the other."""
    by_rule: dict[tuple[str, ...], list[date]] = defaultdict(list)
    assert life.activated_on is not None
    day = life.activated_on
    while day < (life.terminated_on or life.known_on + FAR_AHEAD):
        component = life.tariffs[life.on(day).tariff].get(code)
        if component is not None:
            by_rule[tuple(component.get(key, usual) for key, usual in RULE.items())].append(day)
        day += ONE_DAY
    for terms, days in by_rule.items():
        yield from _periods(code, dict(zip(RULE, terms, strict=True)), days, life)


def _periods(code: str, rule: Mapping[str, str], days: list[date], life: Life) -> Iterator[list[Fraction]]:
    grid = Grid(rule, life)
    ends_on = days[-1] + ONE_DAY
    waiting: list[Part] = []
    for period, inside in groupby(days, key=grid.of):
        members = list(inside)
        is_first = days[0] == life.activated_on and period[0] < days[0] < period[1]
        is_last = ends_on == life.terminated_on and ends_on < period[1]
        is_cut = is_last and rule["last_stub"] != "full"
        parts = [*waiting, Part(period, (max(period[0], days[0] if is_first else period[0]),
                                         ends_on if is_cut else period[1]))]  # fmt: skip
        waits = is_first and rule["first_stub"] == "join"
        if waits and ends_on > period[1]:
            waiting = parts
            continue
        charged = _charged(code, [day for day in days if parts[0].period[0] <= day < period[1]], life)
        if charged and is_last and rule["last_stub"] == "full" and charged[-1][0][1] == ends_on:
            charged[-1] = (charged[-1][0][0], period[1]), charged[-1][1]
        if rule["in"] == "arrears" or waits:
            due_on = min(period[1], ends_on)
        else:
            due_on = max(charged[0][0][0] if charged else members[0], period[0])
        waiting = []
        is_free = (is_first and rule["first_stub"] == "free") or (is_last and rule["last_stub"] == "none")
        if due_on <= life.known_on and charged and not is_free:
            is_full = is_first and rule["first_stub"] == "full"
            yield list(_costs(charged, parts, rule["proration"], months=grid.months, is_full=is_full))


Charged = tuple[Days, Fraction]


def _charged(code: str, days: Sequence[date], life: Life) -> list[Charged]:
    """Stretches of days at one price for a whole period, without those that are not charged."""

    def rate(day: date) -> Fraction | None:
        standing = life.on(day)
        if id(standing) not in rates:
            price = standing.prices.get(code, Fraction(life.tariffs[standing.tariff][code]["price"]))
            rates[id(standing)] = price * standing.quantity * standing.part if standing.part else None
        return rates[id(standing)]

    rates: dict[int, Fraction | None] = {}
    found: list[Charged] = []
    # Days that follow on have one distance from their number.
    numbered = enumerate(days)
    for (price, _), run in groupby(numbered, key=lambda place: (rate(place[1]), place[1].toordinal() - place[0])):
        members = [day for _, day in run]
        if price is not None:
            found.append(((members[0], members[-1] + ONE_DAY), price))
    return found


def _costs(
    charged: Sequence[Charged], parts: Sequence[Part], mode: str, *, months: int, is_full: bool
) -> Iterator[Fraction]:
    if mode == "none":
        yield charged[0][1]
        return
    for period, there in parts:
        measured = mode if months and not is_full else "whole"
        if is_full:
            whole = _measure("whole", there)
        elif there == period or measured == "whole":
            whole = _measure(measured, period)
        else:  # A stub is measured by nominal months, but is never more than the whole.
            whole = max(Fraction(months * (30 if mode == "fixed-30" else 1)), _measure(mode, there))
        for (from_on, to_on), price in charged:
            days = max(from_on, period[0]), min(to_on, period[1])
            if days[0] < days[1]:
                yield price * (1 if days == period else _measure(measured, days) / whole)


def _one_off(code: str, life: Life) -> Iterator[list[Fraction]]:
    """Once, on the first charged day on which the tariff has it."""
    day = life.activated_on
    while day is not None and day <= life.known_on and life.on(day).status != "terminated":
        standing = life.on(day)
        if standing.part and code in life.tariffs[standing.tariff]:
            yield [Fraction(life.tariffs[standing.tariff][code]["price"])]
            return
        day += ONE_DAY


def _usage(code: str, life: Life) -> Iterator[list[Fraction]]:
    """What was used in each period that is over; all tariffs have the same price."""
    component = life.tariffs[life.subscription["tariff"]][code]
    grid = Grid({**RULE, **component}, life)
    used: dict[Days, list[Fraction]] = defaultdict(list)
    for entry in life.subscription["usage"]:
        if _learnt_on(entry) <= life.known_on:
            used[grid.of(date.fromisoformat(entry["on"]))].append(Fraction(entry["quantity"]))
    for period, quantities in used.items():
        if min(period[1], life.terminated_on or period[1]) <= life.known_on:
            yield [_price_of(component, quantities)]


def _price_of(component: Written, quantities: Sequence[Fraction]) -> Fraction:
    used = sum(quantities, Fraction(0))
    match component["model"]:
        case "unit":
            return used * Fraction(component["price"])
        case "package":
            beyond = max(used - Fraction(component["free"]), Fraction(0))
            return -(-beyond // Fraction(component["size"])) * Fraction(component["price"])
        case "percentage":
            return used * Fraction(component["rate"]) / 100 + len(quantities) * Fraction(component["per_event"])
    cost, below = Fraction(0), Fraction(0)
    for tier in component["tiers"]:
        up_to = Fraction(tier.get("up_to", used))
        if component["model"] == "volume" and (used <= up_to):
            return used * Fraction(tier["unit"]) + Fraction(tier["flat"]) if used else cost
        if component["model"] == "graduated" and used > below:
            cost += (min(used, up_to) - below) * Fraction(tier["unit"]) + Fraction(tier["flat"])
        below = up_to
    return cost
