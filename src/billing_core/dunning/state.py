"""What an account remembers of its dunning: the last steps taken on each item, and what keeps items from counting.

A step is remembered for good, so that an item that is open again, as after a bounced payment, goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from billing_core.dunning import debts
from billing_core.dunning.debts import Debts
from billing_core.dunning.facts import (
    DunningHeld,
    DunningHoldEnded,
    DunningPaused,
    DunningPauseEnded,
    DunningStepTaken,
    FullSpeedRestored,
    InsolvencyEnded,
    InsolvencyNoted,
    ItemDisputed,
    ItemDisputeEnded,
    ServicesSlowed,
    SuspensionPutOff,
)
from billing_core.kernel.events import Event
from billing_core.kernel.spans import Span
from billing_core.promises import PromiseBroken, PromiseKept, PromiseOpened


class TakenStep(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A step taken on an item, and the reason for which it suspends and the profile to which it slows, if any."""

    step: str
    on: date
    suspends: str = ""
    slows_to: str = ""


class Stop(Span, frozen=True, gc=False, array_like=True):
    """Days on which an item, or every item, does not count, and its clock stands still; and why."""

    why: str
    reason: str


class Dunning(msgspec.Struct, array_like=True):
    """The steps taken on each item in their order; the stops of all items (`""`) and of each one; the old debts.

    `slowed_to` is the profile at whose speed the services run for want of money; `put_off_to` is the instant to which a
    suspension was put off last.
    """

    taken: dict[str, tuple[TakenStep, ...]] = {}
    stops: dict[str, tuple[Stop, ...]] = {}
    debts: Debts = msgspec.field(default_factory=Debts)
    slowed_to: str = ""
    put_off_to: datetime | None = None

    def stops_of(self, invoice: str) -> tuple[Stop, ...]:
        """The days on which an item does not count, by itself or with all others."""
        return (*self.stops.get("", ()), *self.stops.get(invoice, ())) if self.stops else ()

    def stopped_by(self, invoice: str, on: date) -> Stop | None:
        """What keeps an item from counting on a day, if anything does."""
        return next((stop for stop in self.stops_of(invoice) if stop.contains(on)), None)


DISPUTE, PAUSE, EXEMPT, PROMISE, INSOLVENCY = "disputed", "paused", "exempt", "promised", "insolvency"
TICKET = "ticket"


def _step_taken(dunning: Dunning, fact: DunningStepTaken) -> None:
    step = TakenStep(fact.step, fact.effective_on, fact.suspends, fact.slows_to)
    added = {item.invoice: (*dunning.taken.get(item.invoice, ()), step) for item in fact.items}
    dunning.taken = {**dunning.taken, **added}


def _stop(dunning: Dunning, invoice: str, stop: Stop) -> None:
    dunning.stops = {**dunning.stops, invoice: (*dunning.stops.get(invoice, ()), stop)}


def _end(dunning: Dunning, invoice: str, whys: tuple[str, ...], on: date, reason: str = "") -> None:
    """A stop of one of these kinds that is not over ends on a day; with a reason only the one for it."""
    left: list[Stop] = []
    for stop in dunning.stops.get(invoice, ()):
        if stop.why not in whys or stop.end <= on or (reason and stop.reason != reason):
            left.append(stop)
        elif stop.from_on < on:
            left.append(msgspec.structs.replace(stop, to_on=on))
    dunning.stops = {**dunning.stops, invoice: tuple(left)}


def _disputed(dunning: Dunning, fact: ItemDisputed) -> None:
    _stop(dunning, fact.invoice, Stop(fact.effective_on, None, DISPUTE, fact.reason))


def _dispute_ended(dunning: Dunning, fact: ItemDisputeEnded) -> None:
    _end(dunning, fact.invoice, (DISPUTE,), fact.effective_on)


def _paused(dunning: Dunning, fact: DunningPaused) -> None:
    why = EXEMPT if fact.until_on is None else PAUSE
    _end(dunning, fact.invoice, (PAUSE, EXEMPT), fact.effective_on)
    _stop(dunning, fact.invoice, Stop(fact.effective_on, fact.until_on, why, fact.reason))


def _pause_ended(dunning: Dunning, fact: DunningPauseEnded) -> None:
    _end(dunning, fact.invoice, (PAUSE, EXEMPT), fact.effective_on)


def _promised(dunning: Dunning, fact: PromiseOpened) -> None:
    _stop(dunning, "", Stop(fact.effective_on, None, PROMISE, f"until {fact.until_on}"))


def _promise_ended(dunning: Dunning, fact: PromiseKept | PromiseBroken) -> None:
    _end(dunning, "", (PROMISE,), fact.effective_on)


def _held(dunning: Dunning, fact: DunningHeld) -> None:
    _stop(dunning, "", Stop(fact.effective_on, None, TICKET, fact.ticket))


def _hold_ended(dunning: Dunning, fact: DunningHoldEnded) -> None:
    _end(dunning, "", (TICKET,), fact.effective_on, fact.ticket)


def _slowed(dunning: Dunning, fact: ServicesSlowed) -> None:
    dunning.slowed_to = fact.profile


def _full_speed(dunning: Dunning, fact: FullSpeedRestored) -> None:
    dunning.slowed_to = ""


def _put_off(dunning: Dunning, fact: SuspensionPutOff) -> None:
    dunning.put_off_to = fact.until_at


def _insolvent(dunning: Dunning, fact: InsolvencyNoted) -> None:
    _stop(dunning, "", Stop(fact.effective_on, None, INSOLVENCY, fact.reference))


def _insolvency_ended(dunning: Dunning, fact: InsolvencyEnded) -> None:
    _end(dunning, "", (INSOLVENCY,), fact.effective_on)


def _on_debts(fold: Callable[[Debts, Any], None]) -> Callable[[Dunning, Any], None]:
    return lambda dunning, fact: fold(dunning.debts, fact)


FOLDS: Mapping[type[Event], Callable[[Dunning, Any], None]] = {
    **{kind: _on_debts(fold) for kind, fold in debts.FOLDS.items()},
    DunningStepTaken: _step_taken,
    ItemDisputed: _disputed,
    ItemDisputeEnded: _dispute_ended,
    DunningPaused: _paused,
    DunningPauseEnded: _pause_ended,
    PromiseOpened: _promised,
    PromiseKept: _promise_ended,
    PromiseBroken: _promise_ended,
    DunningHeld: _held,
    DunningHoldEnded: _hold_ended,
    ServicesSlowed: _slowed,
    SuspensionPutOff: _put_off,
    FullSpeedRestored: _full_speed,
    InsolvencyNoted: _insolvent,
    InsolvencyEnded: _insolvency_ended,
}
