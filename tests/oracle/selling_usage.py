"""Scenarios of usage, and of minimums on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import strategies as st

from tests.oracle.history import History, learnt_on
from tests.oracle.life import days_of, listed_on
from tests.oracle.scenarios import prices, rules, tariff, vat_rates
from tests.oracle.selling_fees import (
    PAUSES,
    WINDOW,
    adjustments,
    as_written,
    services,
    with_vat,
)
from tests.oracle.timelines import (
    Draft,
    tariff_changes,
)

used = st.sampled_from(["12", "0.5", "10", "3.25", "100", "0.000001"])
unit_prices = st.sampled_from(["0.125", "1", "0.333333", "0"])


@st.composite
def tiers(draw: st.DrawFn) -> list[Draft]:
    bounds = sorted(draw(st.lists(st.sampled_from([1, 5, 10, 11]), max_size=2, unique=True)))
    return [
        {
            **({"up_to": str(bound)} if bound else {}),
            "unit": draw(unit_prices),
            "flat": draw(st.sampled_from(["0", "2", "0.005"])),
        }
        for bound in (*bounds, None)
    ]


models = st.one_of(
    st.builds(lambda price: {"model": "unit", "price": price}, unit_prices),
    st.builds(
        lambda model, tiers, zero: {"model": model, "tiers": tiers, "flat_at_zero": zero},
        st.sampled_from(["graduated", "volume"]), tiers(), st.sampled_from(["false", "true"]),
    ),
    st.builds(
        lambda price, free: {"model": "package", "size": "5", "price": price, "free": free},
        unit_prices, st.sampled_from(["0", "1.5"]),
    ),
    st.builds(
        lambda events, volume: {
            "model": "percentage", "rate": "1.3", "per_event": "0.20", "free_events": events, "free_volume": volume,
        },
        st.sampled_from(["0", "2"]), st.sampled_from(["0", "11"]),
    ),
)  # fmt: skip


allowances = st.sampled_from([
    {}, {}, {"allowance": {"quantity": "10"}}, {"allowance": {"quantity": "4", "carried_periods": "2"}},
    {"allowance": {"quantity": "4.5", "carried_periods": "3", "most_carried": "7"}},
])  # fmt: skip
pricings = st.builds(lambda model, allowance: {**model, **allowance}, models, allowances)


@st.composite
def metered(draw: st.DrawFn, code: str = "data") -> Draft:
    """Usage on any grid, without its price."""
    return {"code": code, "kind": "usage", "vat": draw(vat_rates), **draw(rules(charged_in=["arrears"]))}


@st.composite
def with_usage(draw: st.DrawFn, scenario: Draft, component: str = "data", most: int = 6) -> Draft:
    """The same scenario with quantities that were used, learnt early or late, and some of them withdrawn.

    If a change leaves usage without a price, it is charged at the last one.
    """
    account = scenario["accounts"][0]
    subscription = account["subscriptions"][0]
    timeline = [
        {**entry, **LAST_PRICE} if entry["do"] in MAY_END_A_PRICE else entry for entry in subscription["timeline"]
    ]
    sold = {**subscription, "timeline": timeline}
    last_on = date.fromisoformat(scenario["runs"][-1])
    usage = []
    for quantity in draw(st.lists(used, min_size=1, max_size=most)):
        learnt = draw(st.dates(min(last_on, learnt_on(timeline[0], sold)), last_on))
        on = learnt - timedelta(days=draw(st.one_of(st.integers(0, 3), st.integers(0, 120))))
        entry = {"on": on, "recorded": learnt, "component": component, "quantity": quantity}
        if draw(st.integers(0, 5)) == 5:
            entry["withdrawn"] = learnt + timedelta(days=draw(st.integers(1, 40)))
        if is_priced(component, on, learnt, sold, scenario["tariffs"]):
            usage.append(as_written(entry))
    ends_on = max([scenario["runs"][-1], *(entry["withdrawn"] for entry in usage if "withdrawn" in entry)])
    account = {**account, "subscriptions": [{**sold, "usage": usage}, *account["subscriptions"][1:]]}
    return {**scenario, "accounts": [account], "runs": [*scenario["runs"][:-1], ends_on, ends_on]}


LAST_PRICE = {"unpriced_usage": "last-price"}
MAY_END_A_PRICE = ("terminate", "change-tariff", "cancel")


def is_priced(component: str, on: date, learnt: date, subscription: Draft, tariffs: Sequence[Draft]) -> bool:
    """Whether a component is in force on a day as it is known on another, and whenever more is learnt on some day."""
    later = {known for entry in subscription["timeline"] if (known := learnt_on(entry, subscription)) > learnt}
    return on in days_in_force(component, learnt, subscription, tariffs) and all(
        days_in_force(component, known, subscription, tariffs) for known in later
    )


def days_in_force(component: str, known: date, subscription: Draft, tariffs: Sequence[Draft]) -> set[date]:
    """The days on which a component is in force, as it is known on a day."""
    history = History(subscription, known, {})
    by_code = {tariff["code"]: tariff for tariff in tariffs}
    return {
        day
        for day in days_of(history.since, max(known, history.since) + timedelta(days=1))
        if (state := history.on(day)) is not None
        and any(one["code"] == component for one in listed_on(by_code[state.tariff], day))
    }


@st.composite
def used_up(draw: st.DrawFn) -> Draft:
    """Usage at one price, of a service that is paused and ends, with discounts on it."""
    data = draw(metered()) | draw(pricings)
    on = [draw(adjustments(f"d{number}", ["data"], ["all"])) for number in range(draw(st.integers(0, 2)))]
    on = [one if one["on"] == ["data"] or "percent" in one else {**one, "on": ["data"]} for one in on]
    return draw(with_usage(draw(services([tariff("A", data, *on)], *PAUSES, most=4))))


@st.composite
def used_at_several_prices(draw: st.DrawFn) -> Draft:
    """Usage of a service that changes between tariffs, one of which has no usage; it is renamed, taxed, repriced."""
    data, first, second = draw(metered()), draw(pricings), draw(pricings)
    fee = {"code": "fee", "kind": "recurring", "price": "1"}
    revised = draw(st.sampled_from([{"name": "Traffic"}, {"vat": "12"}, {"name": "Traffic", "vat": "0"}]))
    revisions = draw(st.sampled_from([[], [{"from": draw(WINDOW), "components": [fee, data | first | revised]}]]))
    tariffs = [
        tariff("A", fee, data | first, revisions=revisions),
        tariff("B", fee, data | draw(st.sampled_from([first, second])), prices_include_vat=draw(with_vat)),
        tariff("C", fee),
    ]
    return draw(with_usage(draw(services(tariffs, tariff_changes("A", "B", "B", "C"), most=4)), most=8))


# --- minimums


@st.composite
def committed(draw: st.DrawFn) -> Draft:
    """A minimum on usage and a fee, which a change of tariff makes another, taxes otherwise, or takes along."""
    grid = {
        "align": draw(st.sampled_from(["account", "own"])),
        "first_stub": draw(st.sampled_from(["prorate", "free", "join"])),
    }
    last = {"last_stub": draw(st.sampled_from(["prorate", "full", "none"]))}
    length = draw(st.sampled_from(["1 month", "1 month", "3 months"]))
    fee = {"code": "fee", "kind": "recurring", "price": draw(prices), "vat": draw(vat_rates), **grid, **last}
    fee |= {"proration": draw(prorations), "in": draw(st.sampled_from(["advance", "arrears"]))}
    data = {"code": "data", "kind": "usage", "vat": draw(vat_rates), **grid}
    first, second = draw(pricings), draw(pricings)
    minimum = {"code": "min", "kind": "minimum", "on": draw(st.sampled_from([["data"], ["fee"], ["data", "fee"]]))}
    minimum |= {"price": draw(st.sampled_from(["50", "30", "0.01"])), "every": length, "proration": draw(prorations)}
    minimum |= {**grid, **last, "vat": draw(vat_rates)}
    discount = {
        "code": "d",
        "kind": "discount",
        "on": draw(st.sampled_from([["fee"], ["data"], ["min"], ["all"]])),
        "percent": "10",
    }
    on = draw(st.sampled_from([[], [discount]]))
    changed = draw(st.sampled_from([minimum, {**minimum, "vat": "12"}, {**minimum, "price": "40"}, None]))
    tariffs = [
        tariff("A", fee, data | first, minimum, *on, prices_include_vat=draw(with_vat)),
        tariff(
            "B",
            fee,
            data | draw(st.sampled_from([first, second])),
            *([changed] if changed else []),
            prices_include_vat=draw(with_vat),
        ),
    ]
    changes = *PAUSES, tariff_changes("B")
    return draw(with_usage(draw(services(tariffs, *changes, most=4))))


prorations = st.sampled_from(["whole", "whole", "sliced", "fixed-30", "none"])
