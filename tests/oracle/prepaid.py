"""A diary of a prepaid account: what its money pays for on each day, and which services wait for more.

On a day on which money comes in, a change takes effect or concerns charged periods, the price list names the day as
the first or last one of a price or discount, or something is due:

1. A service that waits is back from this day on if the balance, with everything that is due by then, stays at the floor
   or above it, and reached the threshold first. If only days are sold, it is back for as many as the money buys.
2. If fees for days to come are due that the balance does not cover, the services that were sold last wait first, from
   this day on, or from the day up to which the money buys days.

Days that were there are owed in any case, and so is whatever is charged while people stopped a service. Nothing is owed
for days on which it waited. Services billed afterwards take of the balance once they are due, or as the plan has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.costs import Costs
from tests.oracle.exact import DIGITS, ONE_DAY
from tests.oracle.history import NOTHING, History, Written, day_of, learnt_on
from tests.oracle.life import Life, dates_in
from tests.oracle.owing import NOTHING_OWED, Owing, owing_on
from tests.oracle.periods import Period
from tests.oracle.waiting import NO_WAITING, Waiting

TERM = timedelta(days=14)  # Invoices of a scenario are due so many days after their issue.


class Service(NamedTuple):
    """A service as it is on a day if it waits on some days."""

    waiting: Waiting
    life: Life
    costs: Costs
    owing: Owing

    def is_wanted(self, on: date) -> bool:
        """Whether people want it on a day."""
        state = self.life.history.on(on)
        return state is not None and state.status == "active"

    def waits_on(self, on: date) -> bool:
        return self.is_wanted(on) and self.waiting.is_on(on)

    def is_active(self, on: date) -> bool:
        return self.is_wanted(on) and not self.waiting.is_on(on)


class Fresh(NamedTuple):
    """Days of a fee that were not charged before, or at another price, and what they cost."""

    from_on: date
    amount: Fraction


Plan = Mapping[str, Service]


class Diary:
    """The account on a moving clock: what each service owes by now, and when it waits."""

    def __init__(self, scenario: Written, ahead_on: date) -> None:
        (self._account,) = scenario["accounts"]
        self._scenario = scenario
        self._ahead_on = ahead_on
        self._sold = sorted(self._account["subscriptions"], key=lambda sold: day_of(sold["timeline"][0]["on"]))
        self._known: dict[str, Service] = {}
        self._postpaid: list[tuple[date, Fraction]] = []
        self._paid = {day_of(entry["on"]) for entry in self._account["payments"]}
        self._learnt = {learnt_on(entry, sold) for sold in self._sold for entry in sold["timeline"]}
        self._today = min(self._paid | self._learnt)
        self._changes: set[date] = set()
        self._coming: set[date] = set()

    @property
    def owing(self) -> dict[str, Owing]:
        return {code: service.owing for code, service in self._known.items()}

    @property
    def waiting(self) -> dict[str, Waiting]:
        return {code: service.waiting for code, service in self._known.items()}

    def go_on(self, until: date) -> None:
        """Keep the diary up to and including a day."""
        while self._today <= until:
            is_concerned = self._today in self._learnt and self._learn(self._today)
            if is_concerned or self._today in self._paid | self._changes | self._coming:
                self._decide(self._today)
            self._today += ONE_DAY

    def _learn(self, on: date) -> bool:
        """Note the days of changes as known now; whether one that is learnt concerns today or charged periods."""
        tariffs = {tariff["code"]: tariff for tariff in self._scenario["tariffs"]}
        self._changes = {day for sold in self._sold for day in _days_of_changes(History(sold, on, {}), tariffs)}
        learnt = [(sold["code"], day_of(entry["on"])) for sold in self._sold for entry in sold["timeline"]
                  if learnt_on(entry, sold) == on]  # fmt: skip
        return any(true_on <= on or true_on < self._charged_until(code) for code, true_on in learnt)

    def _charged_until(self, code: str) -> date:
        """The end of the last period of which days were charged."""
        known = self._known.get(code)
        ends = (period.days[1] for period in known.owing.periods if period.charged) if known is not None else ()
        return max(ends, default=date.min)

    def _decide(self, on: date) -> None:
        plan = {code: service for code, service in self._as_known(on) if service.life.is_begun}
        self._take(plan, on)
        for code in [code for code, service in plan.items() if service.waits_on(on)]:
            plan |= self._back(plan, code, on)
        for code in reversed(plan):
            if not self._is_covered(plan, on) and self._is_to_be_paid(code, plan[code], on):
                plan |= self._without(plan, code, on)
        self._known = plan
        due = (period.due_on for service in plan.values() for period in service.costs.periods)
        begins = (day for service in plan.values() for day in service.waiting.begins_on())
        self._coming = {*due, *begins, *(day for day, _ in self._postpaid)}

    # --- what is planned

    def _as_known(self, on: date) -> Iterator[tuple[str, Service]]:
        for sold in self._sold:
            known = self._known.get(sold["code"])
            yield sold["code"], self._service(sold["code"], on, NO_WAITING if known is None else known.waiting)

    def _service(self, code: str, on: date, waiting: Waiting) -> Service:
        (sold,) = (sold for sold in self._sold if sold["code"] == code)
        life = Life(sold, self._scenario, on, self._ahead_on, {}, waiting)
        costs = Costs(life, [], DIGITS[self._scenario["currency"]])
        return Service(waiting, life, costs, owing_on(on, life, costs, self._owed_before(code)))

    def _owed_before(self, code: str) -> Owing:
        return self._known[code].owing if code in self._known else NOTHING_OWED

    def _back(self, plan: Plan, code: str, on: date) -> Plan:
        """The service if it need not wait any longer."""
        if "resume_at" in self._account and self._left(plan, on) < Fraction(self._account["resume_at"]):
            return {}
        waiting = plan[code].waiting.until(on, is_anew=self._account.get("resume_on") == "new-grid")
        tried = {code: self._service(code, on, waiting)}
        if self._left({**plan, **tried}, on) >= self._floor:
            return tried
        return self._with_days(plan, code, on, waiting)

    def _without(self, plan: Plan, code: str, on: date) -> Plan:
        """The service if it waits, from today on or after the days that the money buys."""
        waiting = plan[code].waiting
        return self._with_days(plan, code, on, waiting) or {code: self._service(code, on, waiting.since(on))}

    def _with_days(self, plan: Plan, code: str, on: date, waiting: Waiting) -> Plan:
        """The service with as many days from today on as the money buys; nothing if it buys none."""
        if self._account.get("covers") != "days":
            return {}
        whole = self._service(code, on, waiting)
        ends_on = max((period.days[1] for period in whole.owing.periods), default=on)
        bought, too_many, found = 0, (min(ends_on, whole.life.ended_on or ends_on) - on).days, {}
        while too_many - bought > 1:
            days = (bought + too_many) // 2
            tried = {code: self._service(code, on, waiting.since(on + timedelta(days=days)))}
            if self._is_covered({**plan, **tried}, on):
                bought, found = days, tried
            else:
                too_many = days
        return found

    # --- money

    @property
    def _floor(self) -> Fraction:
        return Fraction(self._account.get("suspend_below", -Fraction(self._account.get("credit_limit", 0))))

    def _left(self, plan: Plan, on: date) -> Fraction:
        """The money of a day after everything that is owed by then."""
        came = (Fraction(entry["amount"]) for entry in self._account["payments"] if day_of(entry["on"]) <= on)
        paid_before = (service.owing.amount for code, service in plan.items() if not self._is_postpaid(code))
        postpaid = (amount for due_on, amount in self._postpaid if due_on <= on)
        return sum(came, NOTHING) - sum(paid_before, NOTHING) - sum(postpaid, NOTHING)

    def _is_covered(self, plan: Plan, on: date) -> bool:
        """Whether nothing is owed for days to come that was not owed before, or there is enough for all."""
        fresh = (fresh.amount for code in plan for fresh in self._fresh(code, plan[code], on))
        return sum(fresh, NOTHING) <= 0 or self._left(plan, on) >= self._floor

    def _is_to_be_paid(self, code: str, service: Service, on: date) -> bool:
        """Whether fees are due for days to come of a service that people want on the first of them."""
        return any(
            fresh.amount > 0 and service.is_active(max(fresh.from_on, on)) for fresh in self._fresh(code, service, on)
        )

    def _fresh(self, code: str, service: Service, on: date) -> list[Fresh]:
        """What is due for days to come of a service that is paid before."""
        if self._is_postpaid(code):
            return []
        known = self._known.get(code)
        before = {_place(period): period for period in known.owing.periods} if known is not None else {}
        found = []
        for period in service.owing.periods:
            if not period.charged or max(period.charged) < on:
                continue
            charged = before.get(_place(period))
            days = [
                day
                for day in period.charged
                if known is None
                or charged is None
                or day not in charged.charged
                or known.costs.terms_of(charged, day) != service.costs.terms_of(period, day)
            ]
            for run in _runs(days, period, service.costs):
                if run[-1] >= on:
                    found.append(Fresh(run[0], service.costs.for_days(period, set(run))))
        return found

    def _is_postpaid(self, code: str) -> bool:
        (sold,) = (sold for sold in self._sold if sold["code"] == code)
        return sold["tariff"] in self._account.get("postpaid_tariffs", ())

    def _take(self, plan: Plan, on: date) -> None:
        """Note when what is billed afterwards takes of the balance."""
        settled = self._account.get("postpaid_settled", "when-due")
        for code, service in plan.items():
            amount = service.owing.amount - self._owed_before(code).amount
            if self._is_postpaid(code) and amount and settled != "when-named":
                self._postpaid.append((on if settled == "when-issued" else on + TERM, amount))


def _place(period: Period) -> tuple[object, ...]:
    return period.code, *period.span.rule.values(), period.span.grid.key, period.days


def _runs(days: list[date], period: Period, costs: Costs) -> Iterator[list[date]]:
    """Unbroken days on the same terms."""
    run: list[date] = []
    for day in days:
        if run and (day != run[-1] + ONE_DAY or _priced(costs, period, day) != _priced(costs, period, run[-1])):
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def _priced(costs: Costs, period: Period, day: date) -> tuple[object, ...]:
    price, taxed, _, stack = costs.terms_of(period, day)
    return price, taxed, stack


def _days_of_changes(history: History, tariffs: Mapping[str, Written]) -> Iterator[date]:
    """The days on which a change takes effect, an agreed price ends, or the price list says that something changes."""
    states = history.states
    ends = [*(change.on for change, _ in states), date.max][1:]
    for (change, state), ends_on in zip(states, ends, strict=True):
        yield change.on
        if state.status != "terminated":
            until = (day for _, day in state.agreed.values() if day is not None)
            days = *until, *dates_in(tariffs[state.tariff]), *dates_in(state.granted)
            yield from (day for day in days if change.on <= day < ends_on)
