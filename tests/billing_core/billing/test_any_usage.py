"""Usage under any tariffs and changes, learnt early or late: no unit is lost, and none is charged twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_core.catalogue.components import AnyComponent, Usage
from billing_core.catalogue.pricing import UnitPrice, Volume
from billing_core.catalogue.tariffs import Tariff
from billing_core.charging.charges import Charge
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.time.period_rules import PeriodRule
from tests.billing_core.any_timeline import Happening, Step, allowances, pricings, quantities, try_to_happen
from tests.billing_core.books import audit, posted_charges
from tests.billing_core.price_lists import fee, tariff, usage
from tests.billing_core.subscriber import Subscriber
from tests.billing_core.timelines import START, Run

LATEST_DAYS = 40
MOST_DAYS_OF_PERIOD = 100

# --- tariffs, and what happens

monthly_or_weekly: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{"unit": "month"}, {"unit": "month"}, {"unit": "month"}, {"unit": "week", "align": "own"},
     {"unit": "month", "interval": 3}]
)  # fmt: skip
per_unit = st.just(UnitPrice(price=Decimal(1)))


@st.composite
def usage_tariffs(draw: st.DrawFn, prices: st.SearchStrategy[Any], allowed: st.SearchStrategy[Any]) -> list[Tariff]:
    """Three tariffs, one of them without the usage; the others may differ in name, VAT rate, price and period."""
    price, allowance = draw(prices), draw(allowed)
    data = Usage(code="data", name="data", vat_rate=Decimal(0), pricing=price, allowance=allowance,
                 period=PeriodRule(charged_in="arrears", **draw(monthly_or_weekly)))  # fmt: skip
    found = []
    for code in "ABC":
        details: dict[str, Any] = {"name": draw(st.sampled_from(["data", "traffic"]))}
        details["vat_rate"] = Decimal(draw(st.sampled_from(["0", "0", "21"])))
        if draw(st.integers(0, 3)) == 3:
            details["period"] = PeriodRule(charged_in="arrears", **draw(monthly_or_weekly))
        if draw(st.integers(0, 2)) == 2:
            details |= {"pricing": draw(prices), "allowance": draw(allowed)}
        components: list[AnyComponent] = [msgspec.structs.replace(data, **details)] if code != "C" else []
        if code == "C" or draw(st.booleans()):
            components.append(fee("10.00", charged_in=draw(st.sampled_from(["advance", "arrears"]))))
        found.append(tariff(code, *components))
    return found


verbs: st.SearchStrategy[tuple[str, tuple[Any, ...]]] = st.one_of(
    st.tuples(st.just("change_tariff"), st.tuples(st.sampled_from("ABCC"))),
    st.tuples(st.just("use"), st.tuples(quantities)),
    st.tuples(st.just("use"), st.tuples(quantities)),
    st.tuples(st.just("withdraw"), st.tuples(st.integers(0, 9))),
    st.tuples(st.just("terminate"), st.just(())),
    st.tuples(st.just("cancel"), st.tuples(st.integers(0, 9))),
    st.tuples(st.just("cancel"), st.tuples(st.integers(0, 9))),
    st.tuples(st.just("correct_activation"), st.just(())),
)
happenings = st.builds(
    lambda told, days: Happening(told[0], days, told[1]),
    verbs,
    st.one_of(st.integers(-60, LATEST_DAYS), st.integers(-20, 3)),
)
runs = st.builds(Run, days=st.integers(0, 45))


@st.composite
def lives(draw: st.DrawFn) -> list[Step]:
    rounds = draw(st.lists(st.tuples(st.lists(happenings, max_size=4), runs), min_size=2, max_size=6))
    return [step for learnt, run in rounds for step in (*learnt, run)]


def subscribed(tariffs: Sequence[Tariff]) -> Subscriber:
    subscriber = Subscriber(*tariffs, opened=START.isoformat())
    subscriber.activate("A", START)
    return subscriber


def lived(steps: Sequence[Step], at_random: Subscriber, *others: Subscriber) -> date:
    """What happens is learnt by all, but only the first is billed meanwhile; the day on which everything is over."""
    today = START
    for step in steps:
        if isinstance(step, Run):
            today += timedelta(days=step.days)
            at_random.bill(today)
            assert at_random.bill(today) == [], "deciding twice gives nothing"
        elif try_to_happen(at_random, step, today):
            for other in others:
                assert try_to_happen(other, step, today)
    return today + timedelta(days=LATEST_DAYS + MOST_DAYS_OF_PERIOD)


def used(
    events: Iterable[Event], place: Callable[[Charge], object] = lambda charge: charge.whole_period
) -> dict[tuple[object, ...], Decimal]:
    """What usage is charged at, by place and VAT rate; a place is the period unless another one is said."""
    sums: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
    for charge in posted_charges(events):
        if charge.kind == "usage":
            sums[place(charge), charge.vat_rate] += charge.amount.amount
    return {key: amount for key, amount in sums.items() if amount}


def first_day(charge: Charge) -> object:
    return charge.from_on


# --- properties


@given(tariffs=usage_tariffs(pricings, allowances), steps=lives())
@settings(max_examples=200)
def test_usage_costs_the_same_however_it_is_billed(tariffs: list[Tariff], steps: list[Step]):
    at_random, in_one_go, by_period = (subscribed(tariffs) for _ in range(3))
    over_on = lived(steps, at_random, in_one_go, by_period)
    at_random.bill(over_on)
    in_one_go.bill(over_on)
    by_period.bill_each_period(over_on + timedelta(days=1))

    # Usage that is charged on one grid stays in its period if another grid puts the same first day into another one.
    assert used(at_random.events, first_day) == used(in_one_go.events, first_day) == used(by_period.events, first_day)
    for subscriber in (at_random, in_one_go, by_period):
        audit(subscriber)


@given(tariffs=usage_tariffs(per_unit, st.none()), steps=lives())
@settings(max_examples=200)
def test_every_unit_that_was_recorded_is_charged_once(tariffs: list[Tariff], steps: list[Step]):
    """Each unit costs 1.00 on every tariff that has the component, whatever happened to the service since."""
    subscriber = subscribed(tariffs)
    subscriber.bill(lived(steps, subscriber))

    recorded = sum(entry.quantity for entry in subscriber.history.usage.get("S1", ()))
    assert sum(used(subscriber.events).values()) == recorded


@given(
    tariffs=usage_tariffs(pricings.filter(lambda price: not isinstance(price, Volume)), allowances),
    moved=st.integers(0, 70),
    changes=st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 90)), max_size=3),
    uses=st.lists(st.tuples(quantities, st.integers(0, 90)), max_size=8),
    is_late=st.booleans(),
)
@settings(max_examples=200)
def test_two_accounts_charge_together_what_one_would(
    tariffs: list[Tariff], moved: int, changes: list[tuple[str, int]], uses: list[tuple[Decimal, int]], is_late: bool
):
    """Tiers, free units and allowances go on where the subscription goes, on the same grid of periods."""
    stays, former, there = (Subscriber(*tariffs, opened=START.isoformat(), number=number) for number in "SAB")
    moved_on, over_on = START + timedelta(days=moved), START + timedelta(days=400)
    for each in (stays, former):
        each.activate("A", START)
    happens = [("change_tariff", day, code) for code, day in changes] + [("use", day, each) for each, day in uses]
    for verb, day, term in sorted(happens, key=lambda entry: (entry[1], entry[0])):
        happening = Happening(verb, day, (term,))
        if try_to_happen(stays, happening, START):
            at_former = is_late or day < moved
            assert at_former is False or try_to_happen(former, happening, START)
    if is_late:
        former.bill(START + timedelta(days=95))
    former.move_to(there, moved_on)
    for verb, day, term in [] if is_late else sorted(happens, key=lambda entry: (entry[1], entry[0])):
        if day >= moved:
            try_to_happen(there, Happening(verb, day, (term,)), START)
    for each in (stays, former, there):
        each.bill(over_on)

    assert used([*former.events, *there.events]) == used(stays.events)
    for each in (former, there):
        audit(each)


@given(tariffs=usage_tariffs(pricings, allowances), steps=lives(), quantity=quantities, day=st.integers(0, 90))
@settings(max_examples=200)
def test_usage_that_is_withdrawn_was_never_recorded(
    tariffs: list[Tariff], steps: list[Step], quantity: Decimal, day: int
):
    subscriber, without = (subscribed(tariffs) for _ in range(2))
    on = START + timedelta(days=day)
    try:
        subscriber.use(str(quantity), on)
    except (RuleViolation, InvalidValue):
        return
    steps = [step for step in steps if not isinstance(step, Happening) or step.verb != "withdraw"]
    over_on = lived(steps, subscriber, without)
    subscriber.withdraw(str(quantity), on)
    for each in (subscriber, without):
        each.bill(over_on)

    # Usage that is charged on one grid stays in its period if another grid puts the same first day into another one.
    assert used(subscriber.events, first_day) == used(without.events, first_day)
    audit(subscriber)


# --- what was found


def test_usage_that_another_grid_put_into_another_period_is_credited_once():
    """A credit that had the period of the new grid was overlooked later, and the same usage would be credited again.

    30.00 are charged in the quarter from 1 January. The activation turns out to be 22 January, so quarters begin on 1
    February: the 30.00 are credited, and charged in the quarter from 1 February. At last the use is withdrawn.
    """
    lists = [tariff(code, usage("300", interval=3)) for code in "AB"]
    subscriber = Subscriber(*lists, opened="2023-12-15")
    subscriber.activate_on("A", "2023-12-15")
    subscriber.use("0.1", "2024-02-02")
    subscriber.bill("2024-01-22")
    subscriber.change_tariff("B", "2024-01-22")
    subscriber.use("0", "2024-01-22")
    subscriber.terminate("2024-02-02")
    subscriber.bill("2024-02-02")
    subscriber.correct_activation("2024-01-22")
    subscriber.bill("2024-02-02")
    subscriber.withdraw("0.1", "2024-02-02")

    subscriber.bill("2024-09-01")

    assert used(subscriber.events) == {}
    audit(subscriber)
