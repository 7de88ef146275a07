"""Scenarios as they are written in a file: one account with one service, and runs on any days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.oracle.timelines import Draft, Timeline

LENGTHS = (
    "1 month", "1 month", "1 month", "1 month", "1 day", "10 days", "30 days", "1 week", "2 weeks", "2 months",
    "3 months", "6 months", "12 months", "1 year", "24 months",
)  # fmt: skip
BILLING_DAYS = ("1", "1", "1", "5", "15", "28", "29", "30", "31", "last")
beginnings = st.one_of(
    st.dates(date(2024, 1, 1), date(2024, 4, 30)),
    st.sampled_from([date(2024, 1, 31), date(2024, 2, 29), date(2023, 12, 31), date(2023, 11, 30)]),
)
# Prices that round badly, prices of nothing, and ordinary ones.
prices = st.one_of(
    st.sampled_from(["300", "10", "0.01", "0.05", "0.99", "0.004", "0", "33.333333", "12.345678"]),
    st.decimals(min_value=1, max_value=1000, places=2).map(str),
)
vat_rates = st.sampled_from(["0", "12", "21"])


@st.composite
def rules(draw: st.DrawFn, *, charged_in: Sequence[str] = ("advance", "advance", "arrears")) -> Draft:
    """A period rule of any kind."""
    rule = {
        "every": draw(st.sampled_from(LENGTHS)),
        "in": draw(st.sampled_from(charged_in)),
        "first_stub": draw(st.sampled_from(["prorate", "prorate", "full", "free", "join", "full-then-prorate"])),
        "last_stub": draw(st.sampled_from(["prorate", "prorate", "full", "none"])),
    }
    anchor = draw(st.one_of(st.none(), st.none(), st.none(), st.dates(date(2020, 1, 1), date(2025, 12, 31))))
    align = draw(st.sampled_from(["account", "account", "own"]))
    if rule["first_stub"] == "full-then-prorate":
        return rule
    return {**rule, "align": align, **({"anchor": anchor.isoformat()} if anchor else {})}


@st.composite
def fees(draw: st.DrawFn, /, code: str = "fee", **terms: Any) -> Draft:
    """A recurring fee by any rule."""
    fee = {
        "code": code,
        "kind": "recurring",
        "price": draw(prices),
        "vat": draw(vat_rates),
        "proration": draw(st.sampled_from(["whole", "whole", "sliced", "fixed-30", "none"])),
        **draw(rules()),
    }
    return fee | terms


def tariff(code: str, *components: Draft, **terms: Any) -> Draft:
    return {"code": code, "components": list(components), **terms}


@st.composite
def ends(draw: st.DrawFn, timeline: Timeline) -> None:
    """A termination, now and then, that is learnt early or late."""
    if draw(st.booleans()):
        late = draw(st.integers(-40, 40))
        learnt_on = timeline.learnt_on + timedelta(days=draw(st.integers(0, 60)))
        timeline.add(learnt_on, max(timeline.activated_on, learnt_on + timedelta(days=late)), {"do": "terminate"})


@st.composite
def scenarios(draw: st.DrawFn, /, tariffs: Sequence[Draft], timeline: Timeline, **account: Any) -> Draft:
    """The scenario of a service; its last two runs are on one day, after everything is known and some time went by."""
    draw(ends(timeline))
    since = timeline.activated_on
    changes = [change.on for change in timeline.history().changes]
    last_on = max(timeline.learnt_on, *changes, since + timedelta(days=60)) + timedelta(days=draw(st.integers(0, 80)))
    days = draw(st.lists(st.integers(0, (last_on - since).days), min_size=2, max_size=6))
    runs = [*sorted(since + timedelta(days=number) for number in days), last_on, last_on]
    return {
        "currency": account.pop("currency", "EUR"),
        "tariffs": list(tariffs),
        "accounts": [
            {
                "code": "account",
                "billing_day": draw(st.sampled_from(BILLING_DAYS)),
                "subscriptions": [timeline.subscription],
                "payments": [{"on": (since + timedelta(days=9)).isoformat(), "amount": "100"}],
                **account,
            }
        ],
        "runs": [run.isoformat() for run in runs],
    }
