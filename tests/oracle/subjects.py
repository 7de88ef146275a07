"""Scenarios of one subject each: small ones, so that a failure shrinks to something that can be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from tests.oracle.count import days_left
from tests.oracle.history import History, learnt_on
from tests.oracle.life import days_of, listed_on
from tests.oracle.playing import Line, played
from tests.oracle.scenarios import beginnings, fees, prices, rules, scenarios, tariff, vat_rates
from tests.oracle.timelines import (
    Draft,
    cancellations,
    happenings,
    holds,
    options,
    price_changes,
    quantities,
    resumptions,
    suspensions,
    tariff_changes,
)

WINDOW = st.dates(date(2024, 1, 1), date(2024, 8, 31)).map(date.isoformat)
PAUSES = (holds, suspensions, resumptions, resumptions)


@st.composite
def services(
    draw: st.DrawFn, /, tariffs: list[Draft], *changes: st.SearchStrategy[Draft], most: int = 6, **terms: Any
) -> Draft:
    """The scenario of a service on the first of some tariffs, to which some of these changes happen."""
    subscription = {"code": "S", "tariff": tariffs[0]["code"], **terms.pop("subscription", {})}
    timeline = draw(happenings(subscription, tariffs, draw(beginnings), *changes, cancellations, most=most))
    return draw(scenarios(tariffs, timeline, **terms))


# --- fees


@st.composite
def paused(draw: st.DrawFn) -> Draft:
    """A fee by any rule, held, suspended and resumed."""
    return draw(services([tariff("A", draw(fees()))], *PAUSES))


@st.composite
def changed(draw: st.DrawFn) -> Draft:
    """Two price lists that have a fee in common or not, an option, other quantities and agreed prices."""
    fee, tv = draw(fees()), draw(fees("tv", option="true"))
    second = draw(st.sampled_from(["alike", "dearer", "another", "none"]))
    others = {"alike": [fee], "dearer": [{**fee, "price": draw(prices)}], "another": [draw(fees())], "none": []}[second]
    others += [tv] if not others or draw(st.booleans()) else []
    tariffs = [
        tariff("A", fee, tv, prices_include_vat=draw(with_vat)),
        tariff("B", *others, prices_include_vat=draw(with_vat)),
    ]
    changes = tariff_changes("A", "B", "B"), quantities, price_changes("fee", prices), options("tv")
    return draw(services(tariffs, *changes, subscription=draw(sold)))


with_vat = st.sampled_from(["false", "true"])
sold = st.sampled_from([{}, {}, {"quantity": "2.25"}, {"options": ["tv"]}])


@st.composite
def on_other_billing_days(draw: st.DrawFn) -> Draft:
    """A fee on a grid of the account, whose billing day changes, learnt early or late."""
    fee = draw(fees(align="account"))
    fee.pop("anchor", None)
    days = [
        {"on": draw(WINDOW), "recorded": draw(WINDOW), "day": draw(st.sampled_from(["1", "10", "15", "30", "last"]))}
        for _ in range(draw(st.integers(1, 3)))
    ]
    return draw(services([tariff("A", fee)], *PAUSES, quantities, most=3, billing_days=days))


@st.composite
def repriced(draw: st.DrawFn) -> Draft:
    """A price list with dated prices and prices of a class, revised in its names, prices and VAT rates."""
    fee, tv = draw(fees()), draw(fees("tv"))
    first_on, then_on = sorted(draw(st.lists(WINDOW, min_size=2, max_size=2, unique=True)))
    fee.pop("price")
    dated = [
        {"amount": draw(prices), "to": first_on},
        {"amount": draw(prices), "from": first_on},
        {"amount": draw(prices), "class": "old", "from": first_on},
    ]
    fee["prices"] = dated
    revised = draw(
        st.sampled_from([
            [{**fee, "name": "Another"}, tv], [{**fee, "vat": "12"}, {**tv, "vat": "0"}],
            [{**fee, "prices": [{"amount": "19.99"}]}],
            [tv, fee], [{**tv, "price": "5.01", "name": "Renamed"}, fee],
        ])
    )  # fmt: skip
    revisions = [{"from": then_on, "components": revised}]
    tariffs = [tariff("A", fee, tv, revisions=revisions, prices_include_vat=draw(with_vat)), tariff("B", tv, fee)]
    changes = *PAUSES, quantities, tariff_changes("A", "B", "B"), price_changes("tv", prices)
    subscription = {"customer_class": draw(st.sampled_from(["", "old"]))}
    return draw(services(tariffs, *changes, subscription=subscription))


@st.composite
def phased(draw: st.DrawFn) -> Draft:
    """A fee with phases, which another price list has alike, otherwise or not."""
    fee = draw(fees())
    first, second = draw(phases), draw(phases)
    other = draw(st.sampled_from([{**fee, **first}, {**fee, **second}, fee, {**draw(fees()), **second}]))
    tariffs = [tariff("A", {**fee, **first}), tariff("B", other)]
    changes = tariff_changes("A", "B", "B"), price_changes("fee", prices), quantities, holds, resumptions
    return draw(services(tariffs, *changes))


phases = st.builds(
    lambda free, phases: {"free_periods": str(free), "phases": phases},
    st.integers(0, 2),
    st.lists(
        st.builds(lambda many, price: {"periods": str(many), "price": price}, st.integers(1, 3), prices), max_size=2
    ),
)

# --- discounts and surcharges


@st.composite
def adjustments(
    draw: st.DrawFn, code: str, *on: list[str], kinds: tuple[str, ...] = ("discount", "discount", "surcharge")
) -> Draft:
    """A percentage or an amount, maybe only on some days or for some periods."""
    adjustment = {"code": code, "kind": draw(st.sampled_from(kinds)), "on": draw(st.sampled_from(on))}
    worth = draw(
        st.one_of(
            st.builds(lambda percent: {"percent": percent}, st.sampled_from(["10", "33.3", "50", "100", "7"])),
            st.builds(lambda amount: {"price": amount}, st.sampled_from(["5", "0.01", "2.50", "1000", "3.333333"])),
        )
    )
    when = draw(st.sampled_from(["always", "always", "from", "to", "first"]))
    dates = {
        "always": {}, "from": {"from": draw(WINDOW)}, "to": {"to": draw(WINDOW)},
        "first": {"billed_periods": draw(st.sampled_from(["1", "2", "3"]))},
    }[when]  # fmt: skip
    return {**adjustment, **worth, **dates}


@st.composite
def discounted(draw: st.DrawFn) -> Draft:
    """Discounts and surcharges on two fees, of the tariff and granted, one after the other."""
    terms = {key: draw(st.sampled_from(values)) for key, values in FEE_TERMS.items()}
    fee, tv = (
        {"code": code, "kind": "recurring", "price": draw(prices), "vat": draw(vat_rates), **terms}
        for code in ("fee", "tv")
    )
    tv |= {"option": "true"}
    on = ["fee"], ["fee"], ["tv"], ["fee", "tv"], ["all"]
    listed = [draw(adjustments(f"d{number}", *on)) for number in range(draw(st.integers(0, 3)))]
    other = draw(st.permutations(listed)) if draw(st.booleans()) else [{**one, "name": "Other"} for one in listed[:2]]
    granted = adjustments("won", *on, kinds=("discount",))
    tariffs = [
        tariff("A", fee, tv, *listed),
        tariff("B", draw(st.sampled_from([fee, {**fee, "price": draw(prices)}])), tv, *other),
    ]
    changes = (
        st.builds(lambda discount: {"do": "grant-discount", "discount": discount}, granted),
        st.just({"do": "end-discount", "discount": "won"}),
        tariff_changes("A", "B", "B"), quantities, options("tv"), *PAUSES,
    )  # fmt: skip
    return draw(services(tariffs, *changes, most=7, subscription=draw(sold)))


FEE_TERMS = {
    "every": ["1 month", "1 month", "2 weeks", "3 months"],
    "align": ["account", "account", "own"],
    "in": ["advance", "advance", "arrears"],
    "first_stub": ["prorate", "prorate", "full", "free", "join"],
    "last_stub": ["prorate", "full", "none"],
    "proration": ["whole", "whole", "sliced", "fixed-30", "none"],
}

# --- usage

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

# --- one-off fees, several services, waivers


@st.composite
def once_charged(draw: st.DrawFn) -> Draft:
    """One-off fees of every kind, whole and in instalments, which another price list has alike, otherwise or not."""
    fee = draw(fees())
    once = [
        {"code": "install", "kind": "one-off", "price": "60.01", "vat": draw(vat_rates),
         "instalments": draw(st.sampled_from(["1", "3", "4"]))},
        {"code": "pause", "kind": "one-off", "price": "3", "at": "hold"},
        {"code": "cut", "kind": "one-off", "price": "7.005", "at": "suspension", "vat": "21"},
        {"code": "again", "kind": "one-off", "price": "8", "at": "resume"},
        {"code": "end", "kind": "one-off", "price": "100", "at": "termination",
         "instalments": draw(st.sampled_from(["1", "2"]))},
    ]  # fmt: skip
    chosen = [one for one in once if draw(st.booleans())]
    other = draw(st.sampled_from([chosen, [{**one, "price": "5"} for one in chosen], []]))
    tariffs = [tariff("A", fee, *chosen), tariff("B", fee, *other)]
    return draw(services(tariffs, *PAUSES, tariff_changes("A", "B"), quantities))


@st.composite
def bundled(draw: st.DrawFn) -> Draft:
    """Two services, of which each has a discount while the account has the other."""
    fee = {"code": "fee", "kind": "recurring", "price": draw(prices), "proration": draw(prorations)}
    tariffs = [
        tariff("A", fee, {"code": "d", "kind": "discount", "on": ["fee"], "percent": "10", "bundle": ["B"]}),
        tariff(
            "B",
            fee,
            {"code": "d", "kind": "discount", "on": ["fee"], "price": "5", "bundle": ["A"], **draw(first_periods)},
        ),
    ]
    first = draw(services(tariffs, *PAUSES, tariff_changes("A", "B"), most=4))
    other = {"code": "T", "tariff": "B"}
    timeline = draw(happenings(other, tariffs, draw(beginnings), *PAUSES, cancellations, most=4))
    second = draw(scenarios(tariffs, timeline))
    runs = sorted({*first["runs"], *second["runs"]})
    account = first["accounts"][0]
    services_of = [*account["subscriptions"], other]
    return {**first, "accounts": [{**account, "subscriptions": services_of}], "runs": [*runs, runs[-1]]}


first_periods = st.sampled_from([{}, {"billed_periods": "2"}])


@st.composite
def waived(draw: st.DrawFn) -> Draft:
    """A service of which charges on record are waived by hand, and now and then charged again."""
    scenario = draw(st.one_of(paused(), changed(), discounted(), used_up(), committed()))
    for _ in range(draw(st.integers(1, 2))):
        scenario = draw(with_waiver(scenario))
    return scenario


@st.composite
def with_waiver(draw: st.DrawFn, scenario: Draft) -> Draft:
    """The same scenario with a waiver of one of its charges, on a day after it was charged; it may be cancelled."""
    runs = played(scenario)
    first_on = runs[draw(st.integers(0, len(runs) - 1))].on
    known = [entry["recorded"] for entry in scenario["accounts"][0]["subscriptions"][0]["timeline"] if is_waiver(entry)]
    learnt_on = max([first_on, *map(date.fromisoformat, known)]) + timedelta(days=draw(st.integers(1, 40)))
    on_record = [line for run in runs for line in run.lines if run.on < learnt_on]
    charges = [line for line in on_record if is_waivable(line, on_record)]
    if not charges:
        return scenario
    charge = charges[draw(st.integers(0, len(charges) - 1))]
    on = draw(st.sampled_from([days[0] for days in days_left(charge, on_record)]))
    waiver = {"on": on, "do": "waive-charge", "component": charge.component, "of": charge.of, "recorded": learnt_on}
    last_on = max(date.fromisoformat(scenario["runs"][-1]), learnt_on)
    account = scenario["accounts"][0]
    (subscription,) = account["subscriptions"]
    timeline = [*subscription["timeline"], as_written(waiver)]
    if draw(st.integers(0, 3)) == 3:
        last_on += timedelta(days=30)
        timeline.append(as_written({"on": on, "do": "cancel", "change": "waive", "recorded": last_on}))
    last_runs = [last_on.isoformat()] * 2
    account = {**account, "subscriptions": [{**subscription, "timeline": timeline}]}
    return {**scenario, "accounts": [account], "runs": [*scenario["runs"][:-1], *last_runs]}


def is_waivable(charge: Line, on_record: Sequence[Line]) -> bool:
    """Whether something is left of a charge, which is neither a credit nor a discount nor charged once."""
    left = sum((line.amount for line in on_record if charge.key in (line.key, line.corrects)), Fraction(0))
    is_own = charge.corrects is None and charge.kind not in ("discount", "one-off")
    return is_own and left > 0 and bool(days_left(charge, on_record))


def is_waiver(entry: Draft) -> bool:
    return entry["do"] == "waive-charge" or entry.get("change") == "waive"


def as_written(entry: Draft) -> Draft:
    """An entry as it stands in a file."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in entry.items() if value != ""}


# --- everything at once


@st.composite
def anything(draw: st.DrawFn) -> Draft:
    """Fees, options, phases, usage, minimums, one-off fees, discounts and every kind of change on one service."""
    terms = {key: draw(st.sampled_from(values)) for key, values in FEE_TERMS.items()}
    grid = {key: terms[key] for key in ("align", "first_stub")}
    fee = {"code": "fee", "kind": "recurring", "price": draw(prices), "vat": draw(vat_rates), **terms, **draw(phases)}
    tv = {"code": "tv", "kind": "recurring", "price": draw(prices), "vat": draw(vat_rates), **terms, "option": "true"}
    data = {"code": "data", "kind": "usage", "vat": "21", "every": terms["every"], **grid, **draw(pricings)}
    minimum = {"code": "min", "kind": "minimum", "on": ["data", "tv"], "price": draw(st.sampled_from(["50", "400"]))}
    minimum |= {"every": terms["every"], **grid, "proration": draw(prorations), "vat": draw(vat_rates)}
    once = {
        "code": "install",
        "kind": "one-off",
        "price": "60.01",
        "vat": "21",
        "instalments": draw(st.sampled_from(["1", "3"])),
    }
    on = ["fee"], ["tv"], ["fee", "tv"], ["all"], ["fee", "tv"]
    listed = [draw(adjustments(f"d{number}", *on)) for number in range(draw(st.integers(0, 2)))]
    listed = [one if one["on"] != ["all"] or "percent" in one else {**one, "on": ["fee", "tv"]} for one in listed]
    other = draw(st.sampled_from([fee, {**fee, "price": draw(prices)}, draw(fees())]))
    include = {"prices_include_vat": draw(with_vat)}
    lengths_differ = other.get("every", "1 month") != tv["every"]
    on_other = [one for one in listed if not lengths_differ or "percent" in one or len(one["on"]) == 1]
    tariffs = [
        tariff("A", fee, tv, data, *draw(st.sampled_from([[], [minimum]])), once, *listed, **include),
        tariff("B", other, tv, data, *draw(st.sampled_from([[], [minimum]])), *on_other, **include),
    ]
    granted = adjustments("won", ["fee"], ["tv"], kinds=("discount",))
    changes = (
        *PAUSES, tariff_changes("A", "B"), quantities, options("tv"), price_changes("fee", prices),
        st.builds(lambda discount: {"do": "grant-discount", "discount": discount}, granted),
        st.just({"do": "end-discount", "discount": "won"}),
    )  # fmt: skip
    days = [{"on": draw(WINDOW), "recorded": draw(WINDOW), "day": draw(st.sampled_from(["1", "10", "last"]))}]
    account = {
        "billing_days": draw(st.sampled_from([[], [], days])),
        "currency": draw(st.sampled_from(["EUR", "EUR", "JPY", "KWD"])),
    }
    scenario = draw(services(tariffs, *changes, most=8, subscription=draw(sold), **account))
    scenario = draw(with_usage(scenario))
    return draw(with_waiver(scenario)) if draw(st.integers(0, 3)) == 3 else scenario


SUBJECTS = {
    subject.__name__: subject
    for subject in (
        paused, changed, on_other_billing_days, repriced, phased, discounted, used_up, used_at_several_prices,
        committed, once_charged, bundled, waived, anything,
    )
}  # fmt: skip
