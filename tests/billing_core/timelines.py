"""Histories that hypothesis makes up: price lists, changes recorded early or late, and runs in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from hypothesis import strategies as st

from billing_core.catalogue.tariffs import Tariff
from billing_core.kernel.errors import RuleViolation
from billing_core.services.events import ChangeKind
from tests.billing_core.price_lists import monthly, monthly_from, once, tariff
from tests.billing_core.subscriber import Subscriber

START = date(2023, 12, 15)  # The leap February comes early.
LATEST_DAYS = 25  # How far ahead a change may be recorded.
CODES = ("A", "B", "C")

# Prices that round badly, prices of nothing, and ordinary ones.
prices = st.one_of(
    st.sampled_from(["300.00", "500.00", "19.99", "10.00", "33.333333", "0.30", "0.05", "0.01", "0.004", "0.00"]),
    st.decimals(min_value=1, max_value=1000, places=2).map(str),
    st.decimals(min_value=0, max_value=10, places=6).map(str),
)
vat_rates = st.sampled_from(["0", "10", "21", "33.3"])
billing_days = st.integers(1, 31)


@st.composite
def price_lists(draw: st.DrawFn) -> list[Tariff]:
    """Three tariffs of one product: with one or two monthly fees, maybe a one-off fee, maybe with VAT inside."""
    found = []
    for code in CODES:
        vat = draw(vat_rates)
        components = [monthly(draw(prices), vat)]
        if draw(st.booleans()):
            later = draw(st.dates(START, START + timedelta(days=200))).isoformat()
            components = [monthly_from({"2020-01-01": draw(prices), later: draw(prices)}, vat)]
        if draw(st.booleans()):
            components.append(monthly(draw(prices), draw(vat_rates), code="tv"))
        if draw(st.booleans()):
            components.append(once(draw(prices), vat))
        found.append(tariff(code, *components, with_vat=draw(st.booleans())))
    return found


class Recording(NamedTuple):
    """A change that is recorded now and effective some days from now, or some days ago."""

    kind: ChangeKind
    subscription: str
    days_from_now: int
    tariff: str = ""
    agreed_prices: Mapping[str, str] = MappingProxyType({})
    reason: str = "operator"


class Correction(NamedTuple):
    """It is learnt now that something was recorded wrongly: over some days from a day near now on, or the activation.

    Without anything that was wrong over those days the first of them is the right day of activation.
    """

    subscription: str
    days_from_now: int
    days: int | None
    tariff: str = ""
    prices: Mapping[str, str] = MappingProxyType({})
    vat_rates: Mapping[str, str] = MappingProxyType({})


class Run(NamedTuple):
    """Days pass, then everything due is billed."""

    days: int


Step = Recording | Correction | Run

agreed_prices: st.SearchStrategy[dict[str, str]] = st.one_of(
    st.just({}), st.just({}), st.fixed_dictionaries({"monthly": prices})
)

recordings = st.builds(
    Recording,
    kind=st.sampled_from(["change-tariff", "change-tariff", "suspend", "suspend", "resume", "resume", "terminate"]),
    subscription=st.sampled_from(["S1", "S1", "S2"]),
    days_from_now=st.integers(-50, LATEST_DAYS),
    tariff=st.sampled_from(CODES),
    agreed_prices=agreed_prices,
    reason=st.sampled_from(["operator", "operator", "non-payment", "abuse"]),
)
activations = st.builds(
    Recording,
    kind=st.just("activate"),
    subscription=st.just("S2"),
    days_from_now=st.integers(-20, LATEST_DAYS),
    tariff=st.sampled_from(CODES),
    agreed_prices=agreed_prices,
)
corrected: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"tariff": st.sampled_from(CODES), "prices": agreed_prices}),
    st.fixed_dictionaries({"prices": st.fixed_dictionaries({"monthly": prices})}),
    st.fixed_dictionaries({"vat_rates": st.fixed_dictionaries({"monthly": vat_rates})}),
)
corrections = st.builds(
    lambda told, **when: Correction(**when, **told),
    told=corrected,
    subscription=st.sampled_from(["S1", "S1", "S2"]),
    days_from_now=st.integers(-80, LATEST_DAYS),
    days=st.one_of(st.none(), st.integers(1, 70)),
)
runs = st.builds(Run, days=st.integers(0, 35))
changes = st.lists(st.one_of(recordings, recordings, recordings, activations, corrections), max_size=3)


def histories(most_runs: int = 7) -> st.SearchStrategy[list[Step]]:
    """A subscription is activated, then runs take place, with changes and corrections recorded before each of them."""
    rounds = st.lists(st.tuples(changes, runs), min_size=3, max_size=most_runs)
    return rounds.map(_history)


def _history(rounds: Sequence[tuple[list[Recording | Correction], Run]]) -> list[Step]:
    steps: list[Step] = [Recording("activate", "S1", 0, "A")]
    for recorded, run in rounds:
        steps += [*recorded, run]
    return steps


def try_to_record(subscriber: Subscriber, step: Recording | Correction, today: date) -> bool:
    """Record the change, unless the rules do not allow it there; says whether they did."""
    on = max(today + timedelta(days=step.days_from_now), START)
    if isinstance(step, Correction):
        return _try_to_correct(subscriber, step, on)
    code = step.subscription
    if (code in subscriber.account.subscriptions) == (step.kind == "activate"):
        return False
    try:
        match step.kind:
            case "activate":
                subscriber.activate(step.tariff, on, code, **step.agreed_prices)
            case "change-tariff":
                subscriber.change_tariff(step.tariff, on, code, **step.agreed_prices)
            case "suspend":
                subscriber.suspend(step.reason, on, code)
            case "resume":
                subscriber.resume(on, code)
            case "terminate":
                subscriber.terminate(on, code)
    except RuleViolation:
        return False
    return True


def _try_to_correct(subscriber: Subscriber, step: Correction, on: date) -> bool:
    if step.subscription not in subscriber.account.subscriptions:
        return False
    try:
        if not (step.tariff or step.prices or step.vat_rates):
            return bool(subscriber.correct_activation(on, step.subscription))
        to_on = None if step.days is None else on + timedelta(days=step.days)
        wrong = step.tariff, step.prices, step.vat_rates
        return bool(subscriber.correct_terms(on, to_on, step.subscription, *wrong))
    except RuleViolation:
        return False


def last_day(steps: Sequence[Step]) -> date:
    """The day on which the last run of a history takes place."""
    return START + timedelta(days=sum(step.days for step in steps if isinstance(step, Run)))


def amounts(largest: int = 100_000) -> st.SearchStrategy[Decimal]:
    """Amounts of money in cents, from a cent up."""
    return st.integers(1, largest).map(lambda cents: Decimal(cents) / 100)
