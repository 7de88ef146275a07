"""What an account remembers of its old debts: who collects them, their interest, their limitation, and its call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec

from billing_core.dunning.calls import CallClosed, CallNoted, CallWanted, WantedCall
from billing_core.dunning.collection import HandedToCollection, TakenBackFromCollection
from billing_core.dunning.interest import LateInterestCharged
from billing_core.dunning.limitation import LimitationRenewed, Renewal
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money


class ChargedInterest(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """How far the late interest of an invoice is charged, exclusive, and how much of it so far."""

    upto_on: date
    amount: Money


class Debts(msgspec.Struct, array_like=True):
    """By invoice: the agency that collects it, its interest, its last renewal; the documents that are interest."""

    collected: dict[str, str] = {}
    interest: dict[str, ChargedInterest] = {}
    renewals: dict[str, Renewal] = {}
    interest_documents: tuple[str, ...] = ()
    call: WantedCall | None = None


def _handed(debts: Debts, fact: HandedToCollection) -> None:
    debts.collected = {**debts.collected, **{item.invoice: fact.agency for item in fact.items}}


def _taken_back(debts: Debts, fact: TakenBackFromCollection) -> None:
    debts.collected = {code: agency for code, agency in debts.collected.items() if code not in fact.invoices}


def _charged(debts: Debts, fact: LateInterestCharged) -> None:
    known = debts.interest.get(fact.invoice)
    amount = fact.amount if known is None else known.amount + fact.amount
    debts.interest = {**debts.interest, fact.invoice: ChargedInterest(fact.upto_on, amount)}
    if fact.document not in debts.interest_documents:
        debts.interest_documents = (*debts.interest_documents, fact.document)


def _renewed(debts: Debts, fact: LimitationRenewed) -> None:
    debts.renewals = {**debts.renewals, fact.invoice: Renewal(fact.effective_on, fact.how)}


def _wanted(debts: Debts, fact: CallWanted) -> None:
    debts.call = WantedCall(fact.effective_on, fact.effective_on)


def _noted(debts: Debts, fact: CallNoted) -> None:
    call = debts.call
    assert call is not None
    on = fact.next_try_on
    debts.call = None if on is None else WantedCall(call.since_on, on, call.tries + 1)


def _closed(debts: Debts, fact: CallClosed) -> None:
    debts.call = None


FOLDS: Mapping[type[Event], Callable[[Debts, Any], None]] = {
    HandedToCollection: _handed,
    TakenBackFromCollection: _taken_back,
    LateInterestCharged: _charged,
    LimitationRenewed: _renewed,
    CallWanted: _wanted,
    CallNoted: _noted,
    CallClosed: _closed,
}
