"""Promised payment: set a seller's terms, open a promise, and end it when it was paid or its time has passed."""

from __future__ import annotations

from datetime import date

from billing_core.accounts.account import Account
from billing_core.accounts.items import charge_once
from billing_core.kernel.events import Event
from billing_core.kernel.money import require_amount
from billing_core.payments.events import PaymentMovedIn, PaymentReceived
from billing_core.promises import (
    PromiseTerms,
    PromiseTermsSet,
    apply_terms,
    end_promise,
    open_promise,
    set_terms,
)
from commands.accounts import account_stream, load_account
from commands.parties import load_customer_to_serve, load_seller
from commands.platform.area import Area
from commands.platform.bus import Command, Decision
from commands.platform.concerns import HOUSE
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.platform.wakes import WakeUp

# --- commands


class SetPromiseTerms(Command, frozen=True, kw_only=True):
    """On which terms the customers of a seller may promise to pay; without terms they may not."""

    seller: str
    terms: PromiseTerms | None = None


class PromiseOfAccount(Command, frozen=True, kw_only=True):
    account: str


class OpenPromise(PromiseOfAccount, frozen=True, kw_only=True):
    """The customer promises to pay what the account owes by the date `until`, inclusive.

    The account is exempt from suspension up to that date, and in the days of grace after it.
    """

    until: date


class KeepPromise(PromiseOfAccount, frozen=True, kw_only=True):
    """End the open promise of an account if all of it came in, or its time has passed. A payment gives it by itself."""


class BreakPromise(PromiseOfAccount, frozen=True, kw_only=True):
    """End the open promise of an account in the same way. The day on which it is broken gives it by itself."""


# --- handlers


def terms_stream(seller: str) -> str:
    return f"promise-terms/{seller}"


def handle_set_promise_terms(command: SetPromiseTerms, transaction: Transaction, origin: Origin) -> Decision:
    load_seller(transaction, command.seller)
    stream = terms_stream(command.seller)
    known, version = transaction.load(stream, apply_terms)
    fact = PromiseTermsSet(effective_on=origin.today, seller=command.seller, terms=command.terms)
    return Decision((Append(stream, version, set_terms(known, fact)),))


def handle_open_promise(command: OpenPromise, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    load_customer_to_serve(transaction, account.customer)
    terms, _ = transaction.load(terms_stream(account.seller), apply_terms)
    events = open_promise(account.promises, terms, account.ledger.balance, command.until, origin.today)
    assert terms is not None
    if terms.price:
        net = require_amount(terms.price, account.currency, "price")
        events += charge_once(account, version, "Promised payment", net, terms.vat_rate, origin.today)
    return _decision(account, version, events)


def handle_end_promise(command: PromiseOfAccount, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    return _decision(account, version, end_promise(account.promises, origin.today))


def _decision(account: Account, version: int, events: list[Event]) -> Decision:
    return Decision((Append(account_stream(account.number), version, events),) if events else ())


# --- what happens by itself


def _keep(entry: RecordedEvent) -> KeepPromise:
    return KeepPromise(account=entry.number)


def _break(wake_up: WakeUp) -> BreakPromise:
    return BreakPromise(account=wake_up.number)


AREA = Area(
    handlers={
        SetPromiseTerms: handle_set_promise_terms,
        OpenPromise: handle_open_promise,
        KeepPromise: handle_end_promise,
        BreakPromise: handle_end_promise,
    },
    concerns={SetPromiseTerms: HOUSE},
    reactions=(Reaction("keep-promise", (PaymentReceived, PaymentMovedIn), _keep),),
    wakes={"promise": _break},
)
