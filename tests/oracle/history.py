"""What is known of a subscription on a day: its changes as they were learnt, and what holds on each of its days.

Changes count in the order of the days from which they are true; those of one day as they were learnt.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from tests.oracle.exact import Days

Written = Mapping[str, Any]
NOTHING = Fraction(0)
ALL = Fraction(100)
CHARGED_WHILE_SUSPENDED = {"non-payment": ALL, "abuse": ALL}
STATUS_CHANGES = ("hold", "suspend", "resume", "terminate")


@cache
def day_of(text: str) -> date:
    return date.fromisoformat(text)


def learnt_on(entry: Written, subscription: Written) -> date:
    """The day on which something is learnt: the one that is named, or the one from which it is true."""
    if "recorded" in entry:
        return day_of(entry["recorded"])
    activation = next(change for change in subscription["timeline"] if change["do"] == "activate")
    return max(day_of(entry["on"]), day_of(activation.get("recorded", activation["on"])))


class Change(NamedTuple):
    """A change that is true from a day on."""

    on: date
    do: str
    entry: Written


class Waiver(NamedTuple):
    """Days on which nothing is charged for a component, or for a surcharge `of` another."""

    component: str
    of: str
    days: Days


class State(NamedTuple):
    """What holds on a day; `percent` of the fees is charged, and each agreed price ends on a day, or never."""

    status: str
    tariff: str
    quantity: Fraction
    percent: Fraction
    options: tuple[str, ...]
    agreed: Mapping[str, tuple[Fraction, date | None]]
    granted: tuple[Written, ...]
    customer_class: str

    def agreed_price(self, code: str, day: date) -> Fraction | None:
        """The price that is agreed for a component, if it is for this day."""
        price, until = self.agreed.get(code, (None, None))
        return price if until is None or day < until else None


class History:
    """Everything that is known of a subscription on a day; `waived` are the days of each waiver in the timeline."""

    def __init__(self, subscription: Written, known_on: date, waived: Mapping[int, Sequence[Waiver]]) -> None:
        self.changes: list[Change] = []
        self.waivers: list[Waiver] = []
        numbered = enumerate(subscription["timeline"])
        known = ((learnt_on(entry, subscription), number, entry) for number, entry in numbered)
        for on, number, entry in sorted(known, key=lambda learnt: learnt[:2]):
            if on <= known_on:
                self._learn(entry, subscription, waived.get(number, ()))
        self._days = [change.on for change in self.changes]
        self._states = list(_states(self.changes, subscription))

    @property
    def is_begun(self) -> bool:
        return bool(self.changes)

    @property
    def since(self) -> date:
        """The day of the activation."""
        return self.changes[0].on

    @property
    def ended_on(self) -> date | None:
        """The day of the termination."""
        return next((change.on for change in self.changes if change.do == "terminate"), None)

    @property
    def days(self) -> list[date]:
        """The days on which something changes, the last days of agreed prices too."""
        until = [until for state in self._states for _, until in state.agreed.values() if until is not None]
        return sorted({*self._days, *until})

    def on(self, day: date) -> State | None:
        """What holds on a day; None before the activation and from the termination on."""
        place = bisect_right(self._days, day)
        state = self._states[place - 1] if place else None
        return None if state is None or state.status == "terminated" else state

    @property
    def states(self) -> list[tuple[Change, State]]:
        """Each change with what holds after it."""
        return list(zip(self.changes, self._states, strict=True))

    def status(self, day: date) -> str:
        place = bisect_right(self._days, day)
        return self._states[place - 1].status if place else "pending"

    # --- learning

    def _learn(self, entry: Written, subscription: Written, waived: Sequence[Waiver]) -> None:
        change = Change(day_of(entry["on"]), entry["do"], entry)
        match entry["do"]:
            case "waive-charge":
                self.waivers += waived
            case "cancel":
                self._cancel(entry["change"], change.on)
            case "hold" if "until" in entry:
                self._add(change)
                self._add(Change(day_of(entry["until"]), "resume", {}))
            case "resume":
                planned, state = self._next_status(change.on), self._state_on(change.on, subscription)
                if planned is not None and planned.do == "resume" and state.status in ("held", "suspended"):
                    self.changes.remove(planned)
                self._add(change)
            case _:
                self._add(change)

    def _add(self, change: Change) -> None:
        place = bisect_right([entry.on for entry in self.changes], change.on)
        self.changes.insert(max(place, 1 if self.changes else 0), change)

    def _cancel(self, kind: str, on: date) -> None:
        """The last change of a kind on a day is taken out; with a pause goes the resumption that ends it."""
        if kind == "waive":
            places = [place for place, waiver in enumerate(self.waivers) if waiver.days[0] == on]
            del self.waivers[places[-1]]
            return
        self._take_out(kind, on)
        if kind in ("hold", "suspend"):
            planned = self._next_status(on)
            before = [change.do for change in self.changes if change.do in STATUS_CHANGES and change.on <= on]
            if planned is not None and planned.do == "resume" and before[-1:] not in (["hold"], ["suspend"]):
                self._take_out("resume", planned.on)

    def _take_out(self, kind: str, on: date) -> None:
        places = [place for place, change in enumerate(self.changes) if (change.do, change.on) == (kind, on)]
        del self.changes[places[-1]]

    def _next_status(self, after: date) -> Change | None:
        later = (change for change in self.changes if change.on > after and change.do in STATUS_CHANGES)
        return next(later, None)

    def _state_on(self, day: date, subscription: Written) -> State:
        before = [change for change in self.changes if change.on <= day]
        return list(_states(before, subscription))[-1]


# --- what holds after each change


def _states(changes: Sequence[Change], subscription: Written) -> Iterator[State]:
    state = State("pending", subscription["tariff"], Fraction(1), ALL, (), {}, (), "")
    for change in changes:
        state = state._replace(**_changed(state, change, subscription))
        yield state


def _changed(state: State, change: Change, subscription: Written) -> dict[str, Any]:  # noqa: PLR0911
    entry = change.entry
    match change.do:
        case "activate":
            quantity = entry.get("quantity", subscription.get("quantity", "1"))
            return {
                "status": "active", "quantity": Fraction(quantity), "agreed": _agreed({}, entry),
                "options": tuple(subscription.get("options", ())),
                "customer_class": subscription.get("customer_class", ""),
            }  # fmt: skip
        case "change-tariff":
            return {"tariff": entry["tariff"], "agreed": _agreed({}, entry)}
        case "change-quantity":
            return {"quantity": Fraction(entry["quantity"])}
        case "change-price":
            return {"agreed": _agreed(state.agreed, entry)}
        case "add-option":
            return {"options": (*state.options, entry["option"])}
        case "drop-option":
            return {"options": tuple(option for option in state.options if option != entry["option"])}
        case "grant-discount":
            discount = entry["discount"]
            return {"granted": (*_without(state.granted, discount["code"]), discount)}
        case "end-discount":
            return {"granted": _without(state.granted, entry["discount"])}
        case "hold":
            return {"status": "held", "percent": Fraction(entry.get("charge_percent", "0"))}
        case "suspend":
            reason = CHARGED_WHILE_SUSPENDED.get(entry.get("reason", "operator"), NOTHING)
            return {"status": "suspended", "percent": Fraction(entry.get("charge_percent", reason))}
        case "terminate":
            return {"status": "terminated"}
    return {"status": "active", "percent": ALL}


def _agreed(before: Mapping[str, tuple[Fraction, date | None]], entry: Written) -> dict[str, Any]:
    until = day_of(entry["until"]) if "until" in entry else None
    prices = dict(entry.get("prices", {}))
    if "price" in entry:
        prices[entry["component"]] = entry["price"]
    return {**before, **{code: (Fraction(price), until) for code, price in prices.items()}}


def _without(granted: Sequence[Written], code: str) -> tuple[Written, ...]:
    return tuple(discount for discount in granted if discount["code"] != code)
