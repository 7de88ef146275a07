"""Timelines that make sense: what may happen to a subscription, learnt early, at once or late, and often taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.oracle.history import History, Written
from tests.oracle.life import listed_on

ALLOWED_IN = {"hold": ("active",), "suspend": ("active", "held"), "resume": ("held", "suspended")}
WHILE_IT_LASTS = ("active", "held", "suspended")
LATE = st.one_of(st.integers(-20, 3), st.integers(-60, 40), st.just(0))
Draft = dict[str, Any]


class Timeline:
    """A subscription to which changes are added in the order in which they are learnt, if they make sense there."""

    def __init__(self, subscription: Draft, tariffs: Sequence[Written], activated_on: date) -> None:
        self.subscription = subscription
        self._tariffs = {tariff["code"]: tariff for tariff in tariffs}
        self.activated_on = activated_on
        self.learnt_on = activated_on
        subscription["timeline"] = [{"on": activated_on.isoformat(), "do": "activate"}]

    def history(self) -> History:
        return History(self.subscription, date.max, {})

    def add(self, learnt_on: date, on: date, change: Draft) -> bool:
        """Whether the change makes sense; if it does not, it is left out."""
        entry = {"on": on.isoformat(), "recorded": learnt_on.isoformat(), **change}
        if on < self.activated_on or not self._is_possible(entry, on, learnt_on):
            return False
        self.subscription["timeline"].append(entry)
        if not is_sound(self.history()):
            self.subscription["timeline"].pop()
            return False
        self.learnt_on = max(self.learnt_on, learnt_on)
        return True

    def _is_possible(self, entry: Draft, on: date, learnt_on: date) -> bool:  # noqa: PLR0911
        history = self.history()
        if entry["do"] == "cancel":
            return any((change.do, change.on) == (entry["change"], on) for change in history.changes[1:])
        state = history.on(on)
        if state is None:
            return False
        codes = {component["code"]: component for component in listed_on(self._tariffs[state.tariff], on)}
        match entry["do"]:
            case "hold":
                return "until" not in entry or entry["until"] > entry["on"]
            case "suspend":
                later = [change for change in history.changes if change.on > on and change.do in _STATUS]
                return not (later and later[0].do == "resume" and later[0].on > learnt_on)
            case "change-price":
                return entry["component"] in codes and entry.get("until", "9999") > entry["on"]
            case "add-option":
                return entry["option"] in codes and entry["option"] not in state.options
            case "drop-option":
                return entry["option"] in state.options
            case "grant-discount":
                return (
                    set(entry["discount"]["on"]) <= {*codes, "all"}
                    and entry["discount"].get("to", "9999") > entry["on"]
                )
            case "end-discount":
                return any(discount["code"] == entry["discount"] for discount in state.granted)
        return True


_STATUS = ("hold", "suspend", "resume", "terminate")


def is_sound(history: History) -> bool:
    """Whether each change is possible in the status that it finds."""
    status = "pending"
    for change, state in history.states:
        if change.do != "activate" and status not in ALLOWED_IN.get(change.do, WHILE_IT_LASTS):
            return False
        status = state.status
    return True


# --- what may happen


@st.composite
def happenings(
    draw: st.DrawFn, subscription: Draft, tariffs: Sequence[Written], activated_on: date,
    *changes: st.SearchStrategy[Draft], most: int = 6, at_once: Sequence[str] = (),
) -> Timeline:  # fmt: skip
    """A timeline with some of these changes, each learnt after the one before it; now and then one is cancelled.

    Those of the kinds `at_once` are learnt on their day.
    """
    timeline = Timeline(subscription, tariffs, activated_on)
    today = activated_on
    proposed = st.tuples(st.integers(0, 40), LATE, st.one_of(*changes))
    for gap, late, change in draw(st.lists(proposed, min_size=most // 2, max_size=most)):
        today += timedelta(days=gap)
        on = today if change["do"] in at_once else max(activated_on, today + timedelta(days=late))
        if change["do"] == "cancel":
            made = [entry for entry in timeline.history().changes[1:] if entry.entry]
            if made:
                taken_back = made[change["place"] % len(made)]
                timeline.add(today, taken_back.on, {"do": "cancel", "change": taken_back.do})
        else:
            timeline.add(today, on, _with_days(change, on))
    return timeline


def _with_days(change: Draft, on: date) -> Draft:
    """A change whose end is so many days after its first day."""
    ends = {"until": change["for_days"]} if "for_days" in change else {}
    rest = {key: value for key, value in change.items() if key != "for_days"}
    return rest | {key: (on + timedelta(days=days)).isoformat() for key, days in ends.items()}


percents = st.sampled_from(["0", "0", "33.3", "50", "100"])
holds = st.one_of(
    st.builds(lambda percent: {"do": "hold", "charge_percent": percent}, percents),
    st.builds(lambda days: {"do": "hold", "for_days": days}, st.integers(1, 40)),
)
suspensions = st.one_of(
    st.builds(lambda reason: {"do": "suspend", "reason": reason}, st.sampled_from(["operator", "non-payment"])),
    st.builds(lambda percent: {"do": "suspend", "reason": "abuse", "charge_percent": percent}, percents),
)
resumptions = st.just({"do": "resume"})
terminations = st.just({"do": "terminate"})
cancellations = st.builds(lambda place: {"do": "cancel", "place": place}, st.integers(0, 9))
quantities = st.builds(
    lambda quantity: {"do": "change-quantity", "quantity": quantity}, st.sampled_from(["1", "2", "0.5", "3.333333"])
)


def tariff_changes(*codes: str) -> st.SearchStrategy[Draft]:
    return st.builds(lambda code: {"do": "change-tariff", "tariff": code}, st.sampled_from(codes))


def price_changes(component: str, prices: st.SearchStrategy[str]) -> st.SearchStrategy[Draft]:
    """Another price, from now on or for some days."""
    agreed = st.builds(lambda price: {"do": "change-price", "component": component, "price": price}, prices)
    return st.one_of(agreed, st.builds(lambda one, days: {**one, "for_days": days}, agreed, st.integers(1, 60)))


def options(code: str) -> st.SearchStrategy[Draft]:
    return st.builds(lambda do: {"do": do, "option": code}, st.sampled_from(["add-option", "drop-option"]))
