"""Scenarios of any kind with one subscription: any rule, changes known early, at once or late, runs on any days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

LENGTHS = (
    "1 day", "10 days", "30 days", "1 week", "2 weeks", "1 month", "1 month", "1 month", "3 months", "6 months",
    "12 months", "1 year", "24 months",
)  # fmt: skip
BEGINNINGS = st.one_of(
    st.dates(date(2024, 1, 1), date(2024, 4, 30)),
    st.sampled_from([date(2024, 1, 31), date(2024, 2, 29), date(2023, 12, 31)]),
)
PRICES = st.sampled_from(["300", "249.95", "450.00", "0.99", "12.345678", "0"])
LATE = st.sampled_from([-10, -1, 0, 0, 0, 1, 5, 20, 45])
FLAT = {"flat": "2"}
USAGE: list[dict[str, Any]] = [
    {"model": "unit", "price": "0.125"},
    {"model": "graduated", "tiers": [{"up_to": "10", "unit": "1.005", **FLAT}, {"unit": "0.5", **FLAT}]},
    {"model": "volume", "tiers": [{"up_to": "10", "unit": "1.005", **FLAT}, {"unit": "0.5", **FLAT}]},
    {"model": "package", "size": "5", "price": "3.333", "free": "1.5"},
    {"model": "percentage", "rate": "1.3", "per_event": "0.20"},
]


@st.composite
def fees(draw: st.DrawFn, code: str) -> dict[str, Any]:
    return {
        "code": code,
        "kind": "recurring",
        "price": draw(PRICES),
        "every": draw(st.sampled_from(LENGTHS)),
        "align": draw(st.sampled_from(["account", "own"])),
        "in": draw(st.sampled_from(["advance", "advance", "arrears"])),
        "proration": draw(st.sampled_from(["whole", "whole", "sliced", "fixed-30", "none"])),
        "first_stub": draw(st.sampled_from(["prorate", "prorate", "full", "free", "join"])),
        "last_stub": draw(st.sampled_from(["prorate", "prorate", "full", "none"])),
        "vat": draw(st.sampled_from(["0", "21"])),
    }


@st.composite
def tariffs(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Two price lists that may have the fee, the usage and the one-off fee in common."""
    fee, install = draw(fees("fee")), {"code": "install", "kind": "one-off", "price": "60.01", "vat": "21"}
    length = draw(st.sampled_from(["1 week", "1 month", "1 month", "3 months"]))
    data = {"code": "data", "kind": "usage", "every": length, "vat": "21", **draw(st.sampled_from(USAGE))}
    other = draw(st.sampled_from(["alike", "dearer", "another"]))
    second = {"alike": fee, "dearer": {**fee, "price": "500"}, "another": draw(fees("fee"))}[other]
    return [
        {"code": "A", "components": [fee, draw(fees("tv")), data, install]},
        {"code": "B", "components": [second, data, *draw(st.sampled_from([[], [install]]))]},
    ]


@st.composite
def pauses(draw: st.DrawFn, since: date) -> list[dict[str, Any]]:
    """A hold or a suspension and its end, again and again; each learnt after the one before it."""
    found: list[dict[str, Any]] = []
    day, learnt_on = since, since
    for number in range(draw(st.integers(0, 4))):
        day += timedelta(days=draw(st.sampled_from([0, 1, 1, 3, 8, 20, 50])))
        learnt_on = max(learnt_on, day + timedelta(days=draw(LATE)))
        percent = {"charge_percent": draw(st.sampled_from(["0", "33.3", "100"]))}
        reason = {"do": "suspend", "reason": draw(st.sampled_from(["operator", "non-payment"]))}
        begun = draw(st.sampled_from([{"do": "hold", **percent}, reason, {**reason, **percent}]))
        found.append({"on": day, "recorded": learnt_on, **({"do": "resume"} if number % 2 else begun)})
    return found


changes = st.one_of(
    st.builds(lambda quantity: {"do": "change-quantity", "quantity": quantity}, st.sampled_from(["1", "2", "0.5"])),
    st.builds(lambda price: {"do": "change-price", "component": "fee", "price": price}, PRICES),
    st.builds(lambda tariff: {"do": "change-tariff", "tariff": tariff}, st.sampled_from(["A", "B", "B"])),
)


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """Its last two runs are on one day, long after everything is over and known."""
    since = draw(BEGINNINGS)
    timeline = draw(pauses(since))
    for change in draw(st.lists(changes, max_size=4)):
        on = since + timedelta(days=draw(st.integers(0, 150)))
        timeline.append({"on": on, "recorded": max(since, on + timedelta(days=draw(LATE))), **change})
    ends_on = since + timedelta(days=draw(st.integers(0, 170))) if draw(st.booleans()) else None
    if ends_on is not None:
        timeline = [entry for entry in timeline if entry["on"] <= ends_on]
        known_on = max([since, *(entry["recorded"] for entry in timeline), ends_on + timedelta(days=draw(LATE))])
        timeline.append({"on": ends_on, "recorded": known_on, "do": "terminate"})
    last_on = max([since + timedelta(days=150), *(entry["recorded"] for entry in timeline)]) + timedelta(days=130)
    days = (ends_on - since).days if ends_on is not None else 150
    usage = [
        {"on": since + timedelta(days=draw(st.integers(0, days - 1))), "component": "data", "quantity": quantity}
        for quantity in draw(st.lists(st.sampled_from(["12", "0.5", "10", "3.25"]), max_size=3 if days else 0))
    ]
    offsets = draw(st.lists(st.integers(0, 200), max_size=4))
    runs = [*sorted(since + timedelta(days=offset) for offset in offsets), last_on, last_on]
    return _as_written({
        "currency": "EUR",
        "tariffs": draw(tariffs()),
        "accounts": [{
            "code": "account",
            "billing_day": draw(st.sampled_from([1, 1, 5, 15, 28, 29, 30, 31, "last"])),
            "subscriptions": [{
                "code": "service",
                "tariff": "A",
                "quantity": draw(st.sampled_from(["1", "1", "2.25"])),
                "timeline": [{"on": since, "do": "activate"}, *timeline],
                "usage": usage,
            }],
            "payments": [{"on": since + timedelta(days=9), "amount": "100"}],
        }],
        "runs": runs,
    })  # fmt: skip


def _as_written(part: Any) -> Any:
    match part:
        case dict():
            return {key: _as_written(value) for key, value in part.items()}
        case list():
            return [_as_written(value) for value in part]
        case date():
            return part.isoformat()
    return part
