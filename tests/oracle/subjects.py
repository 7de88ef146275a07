"""Scenarios of one subject each, and of everything at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from tests.oracle.count import days_left
from tests.oracle.playing import Line, played
from tests.oracle.scenarios import beginnings, fees, prices, scenarios, tariff, vat_rates
from tests.oracle.selling_fees import (
    FEE_TERMS,
    PAUSES,
    WINDOW,
    adjustments,
    as_written,
    changed,
    discounted,
    on_other_billing_days,
    paused,
    phased,
    phases,
    repriced,
    services,
    sold,
    with_vat,
)
from tests.oracle.selling_prepaid import prepaid, prepaid_and_postpaid
from tests.oracle.selling_usage import (
    committed,
    pricings,
    prorations,
    used_at_several_prices,
    used_up,
    with_usage,
)
from tests.oracle.timelines import (
    Draft,
    cancellations,
    happenings,
    options,
    price_changes,
    quantities,
    tariff_changes,
)

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
    known = [entry for entry in scenario["accounts"][0]["subscriptions"][0]["timeline"] if is_waiver(entry)]
    known_on = [date.fromisoformat(entry["recorded"]) for entry in known]
    learnt_on = max([first_on, *known_on]) + timedelta(days=draw(st.integers(1, 40)))
    on_record = [line for run in runs for line in run.lines if run.on < learnt_on]
    # The credit of an earlier waiver may be on record of a later run only.
    charges = [line for line in on_record if is_waivable(line, on_record) and not is_waived(line, known)]
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


def is_waived(charge: Line, waivers: Sequence[Draft]) -> bool:
    """Whether one of the waivers is of this charge."""
    places = [
        (entry["component"], entry.get("of", ""), date.fromisoformat(entry["on"]))
        for entry in waivers if entry["do"] == "waive-charge"
    ]  # fmt: skip
    return any(
        (charge.component, charge.of) == (component, of) and charge.days[0] <= on < charge.days[1]
        for component, of, on in places
    )


def is_waiver(entry: Draft) -> bool:
    return entry["do"] == "waive-charge" or entry.get("change") == "waive"


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
        committed, once_charged, bundled, prepaid, prepaid_and_postpaid, waived, anything,
    )
}  # fmt: skip
