"""An independent count of what a scenario must charge: from the text of the rules, day by day, in exact fractions.

It reads the scenario as it is written and knows only what is learnt up to a day. Of what the program answers it reads
nothing but the charges that a waiver is for. It counts scenarios of one account; if that is prepaid, a diary of its
money says on which days its services wait (`prepaid`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from tests.oracle.costs import Costs
from tests.oracle.exact import DIGITS, Days
from tests.oracle.history import History, Waiver, Written, day_of, learnt_on
from tests.oracle.life import Life, Taxed, rule_of
from tests.oracle.owing import NOTHING_OWED, Owing, owing_on
from tests.oracle.prepaid import Diary

LENGTH = {"day": 1, "week": 7, "month": 31, "year": 366}


class Owed(NamedTuple):
    """What sums are owed of."""

    subscription: str
    component: str
    of: str
    taxed: Taxed


class Charged(Protocol):
    """What the count reads of a charge on record."""

    @property
    def key(self) -> str: ...
    @property
    def subscription(self) -> str: ...
    @property
    def component(self) -> str: ...
    @property
    def of(self) -> str: ...
    @property
    def days(self) -> Days: ...
    @property
    def corrects(self) -> str | None: ...


class Count:
    """A scenario on a moving clock: what is owed after each of its runs."""

    def __init__(self, scenario: Written) -> None:
        self._scenario = scenario
        self._digits = DIGITS[scenario["currency"]]
        self._account = scenario["accounts"][0]
        self._ahead_on = _ahead_of(scenario)
        self._known_on = date.min
        self._waived: dict[str, dict[int, list[Waiver]]] = defaultdict(dict)
        self._owing: dict[str, Owing] = {}
        self._diary = Diary(scenario, self._ahead_on) if self._account.get("plan") == "prepaid" else None

    def run(self, on: date, on_record: Sequence[Charged]) -> dict[Owed, Fraction]:
        """What is owed for everything due up to and including a day; `on_record` is what was charged before it."""
        self._known_on, known_before = on, self._known_on
        if self._diary is not None:
            self._diary.go_on(on)
            self._owing = self._diary.owing
        else:
            self._look(on, known_before, on_record)
        owed: dict[Owed, Fraction] = defaultdict(Fraction)
        for code, owing in self._owing.items():
            for item, amount in owing.sums.items():
                owed[Owed(code, *item)] += amount
        return owed

    def _look(self, on: date, known_before: date, on_record: Sequence[Charged]) -> None:
        """What each subscription owes by what is known on a day."""
        for subscription in self._account["subscriptions"]:
            self._waive(subscription, on, known_before, on_record)
        lives = [
            Life(subscription, self._scenario, on, self._ahead_on, self._waived[subscription["code"]])
            for subscription in self._account["subscriptions"]
        ]
        for life in lives:
            if life.is_begun:
                others = [other for other in lives if other is not life and other.is_begun]
                costs = _costs_of(life, others, self._digits)
                self._owing[life.code] = owing_on(on, life, costs, self._owing.get(life.code, NOTHING_OWED))
            else:  # It has not begun yet, or ended on the day on which it began, as is learnt later.
                self._owing[life.code] = NOTHING_OWED

    def status(self, on: date) -> dict[str, str]:
        """The status of each subscription on a day, as far as is known at the last run."""
        found = {}
        for subscription in self._account["subscriptions"]:
            code = subscription["code"]
            history = History(subscription, self._known_on, self._waived[code])
            if history.is_begun:
                found[code] = history.status(on)
                if self._diary is not None and (state := history.on(on)) is not None:
                    found[code] = self._diary.waiting[code].seen(state, on).status
        return found

    def _waive(self, subscription: Written, on: date, known_before: date, on_record: Sequence[Charged]) -> None:
        """The days of each charge that is waived by what is learnt since the last run."""
        for number, entry in enumerate(subscription["timeline"]):
            if entry["do"] == "waive-charge" and known_before < learnt_on(entry, subscription) <= on:
                code, of = entry["component"], entry.get("of", "")
                charge = _standing_on(day_of(entry["on"]), (subscription["code"], code, of), on_record)
                days = days_left(charge, on_record)
                self._waived[subscription["code"]][number] = [Waiver(code, of, run) for run in days]


def _costs_of(life: Life, others: Sequence[Life], digits: int) -> Costs:
    if not life.history.waivers:
        return Costs(life, others, digits)
    return Costs(life, others, digits, Costs(life.unwaived(), others, digits))


def _ahead_of(scenario: Written) -> date:
    """A day so far ahead that every period which is due by the last run is over."""
    components = [
        component
        for tariff in scenario["tariffs"]
        for listed in (tariff, *tariff.get("revisions", ()))
        for component in listed["components"]
    ]
    lengths = [_length(rule_of(component)["every"]) for component in components]
    return max(day_of(run) for run in scenario["runs"]) + timedelta(days=2 * max(lengths) + 62)


def _length(every: str) -> int:
    count, unit = every.split()
    return int(count) * LENGTH[unit.removesuffix("s")]


# --- charges on record that are waived


def _standing_on(day: date, place: tuple[str, str, str], on_record: Sequence[Charged]) -> Charged:
    return next(
        charge
        for charge in reversed(on_record)
        if (charge.subscription, charge.component, charge.of) == place
        and charge.corrects is None
        and any(from_on <= day < to_on for from_on, to_on in days_left(charge, on_record))
    )


def days_left(charge: Charged, on_record: Sequence[Charged]) -> list[Days]:
    """The days of a charge that were not credited."""
    left = [charge.days]
    for credit in on_record:
        if credit.corrects == charge.key:
            left = [part for days in left for part in _minus(days, credit.days)]
    return left


def _minus(days: Days, others: Days) -> list[Days]:
    before, after = (days[0], min(days[1], others[0])), (max(days[0], others[1]), days[1])
    parts: list[Any] = [part for part in (before, after) if part[0] < part[1]]
    return parts if others[0] < others[1] else [days]


def sums_of(lines: Sequence[Any]) -> Mapping[Owed, Fraction]:
    """What charges sum up to."""
    found: dict[Owed, Fraction] = defaultdict(Fraction)
    for line in lines:
        found[Owed(line.subscription, line.component, line.of, (line.vat_rate, line.includes_vat))] += line.amount
    return found
