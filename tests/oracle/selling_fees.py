"""Scenarios of fees: paused, changed, repriced, in phases, discounted; small, so that a failure can be read."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from tests.oracle.scenarios import beginnings, fees, prices, scenarios, tariff, vat_rates
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
        {"price": draw(prices), "to": first_on},
        {"price": draw(prices), "from": first_on},
        {"price": draw(prices), "customer_class": "old", "from": first_on},
    ]
    fee["prices"] = dated
    revised = draw(
        st.sampled_from([
            [{**fee, "name": "Another"}, tv], [{**fee, "vat": "12"}, {**tv, "vat": "0"}],
            [{**fee, "prices": [{"price": "19.99"}]}],
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


def as_written(entry: Draft) -> Draft:
    """An entry as it stands in a file."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in entry.items() if value != ""}
