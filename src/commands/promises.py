"""Promised payment: set a seller's terms, open a promise or a plan, and end it when it is paid or its time passed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from billing_core.accounts.account import Account
from billing_core.accounts.debtor import owes_nothing, promisor_of
from billing_core.accounts.items import charge_once
from billing_core.billing.credit_ends import missing_money
from billing_core.invoicing.invoices import CreditNoteIssued
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, require_amount, rounded, zero
from billing_core.payments.events import (
    CreditTransferredIn,
    InvoiceWrittenOff,
    KeptCreditRestored,
    PaymentMovedIn,
    PaymentReceived,
    PayOutReturned,
)
from billing_core.promises import (
    PromiseTerms,
    PromiseTermsSet,
    Promisor,
    apply_terms,
    end_promise,
    open_promise,
    set_terms,
)
from billing_core.promises.decisions import amounts_of
from commands.accounts import load_account
from commands.billing.account import catalogue_of, load_history
from commands.credit_limits import decision_on_credit
from commands.parties import load_customer_to_serve, load_seller
from commands.platform.area import Area
from commands.platform.bus import Command, Decision
from commands.platform.concerns import HOUSE
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.platform.wakes import WakeUp

ALL_PERCENT = 100

# --- commands


class SetPromiseTerms(Command, frozen=True, kw_only=True):
    """On which terms the customers of a seller may promise to pay; without terms they may not."""

    seller: str
    terms: PromiseTerms | None = None


class PromiseOfAccount(Command, frozen=True, kw_only=True):
    account: str


class OpenPromise(PromiseOfAccount, frozen=True, kw_only=True):
    """The customer promises to pay what the account owes, or `amount` of it, by the date `until`, inclusive.

    The account is exempt from suspension up to that date, and in the days of grace after it. Services of a prepaid
    account that wait for money come back: it owes what it lacks for them.
    """

    until: date
    amount: Decimal | None = None


class OpenInstalmentPlan(PromiseOfAccount, frozen=True, kw_only=True):
    """The customer promises to pay what the account owes in parts, each by one of the `dates`, in their order.

    The parts are equal unless `amounts` names them. What comes in early counts on; the first part that is not paid by
    its date breaks the plan.
    """

    dates: tuple[date, ...]
    amounts: tuple[Decimal, ...] = ()


class KeepPromise(PromiseOfAccount, frozen=True, kw_only=True):
    """End the open promise of an account if all of it came in, nothing is owed any more, or its time has passed.

    What settles debts gives it by itself.
    """


class BreakPromise(PromiseOfAccount, frozen=True, kw_only=True):
    """End the open promise of an account in the same way. The day on which it is broken gives it by itself."""


# --- what handlers load


def load_terms(transaction: Transaction, seller: str) -> PromiseTerms | None:
    """On which terms the customers of a seller may promise; None if they may not."""
    terms, _ = transaction.load(terms_stream(seller), apply_terms)
    return terms


def terms_stream(seller: str) -> str:
    return f"promise-terms/{seller}"


class Promising(NamedTuple):
    """An account as a debtor, with the terms of its seller, on a day."""

    account: Account
    version: int
    terms: PromiseTerms | None
    debtor: Promisor


def load_promising(transaction: Transaction, number: str, on: date) -> Promising:
    """The account on a day. What a prepaid one lacks for its services is with the price of the promise."""
    account, version = load_account(transaction, number)
    terms = load_terms(transaction, account.seller)
    lacking = None
    if account.prepaid is not None:
        history = load_history(transaction, number, version)
        lacking = missing_money(account, catalogue_of(account, transaction), history, on)
        if lacking.amount and terms is not None:
            lacking = lacking + price_with_vat(terms, account.currency)
    return Promising(account, version, terms, promisor_of(account, on, lacking))


def price_with_vat(terms: PromiseTerms, currency: str) -> Money:
    """The price of a promise as the customer pays it: 0.50 at 20 % are 0.60."""
    return rounded(terms.price * (ALL_PERCENT + terms.vat_rate) / ALL_PERCENT, currency)


# --- handlers


def handle_set_promise_terms(command: SetPromiseTerms, transaction: Transaction, origin: Origin) -> Decision:
    load_seller(transaction, command.seller)
    stream = terms_stream(command.seller)
    known, version = transaction.load(stream, apply_terms)
    fact = PromiseTermsSet(effective_on=origin.today, seller=command.seller, terms=command.terms)
    return Decision((Append(stream, version, set_terms(known, fact)),))


def handle_open_promise(command: OpenPromise, transaction: Transaction, origin: Origin) -> Decision:
    amounts = () if command.amount is None else (command.amount,)
    return _opened(command.account, (command.until,), amounts, transaction, origin)


def handle_open_plan(command: OpenInstalmentPlan, transaction: Transaction, origin: Origin) -> Decision:
    return _opened(command.account, command.dates, command.amounts, transaction, origin)


def _opened(
    number: str, dates: Sequence[date], amounts: Sequence[Decimal], transaction: Transaction, origin: Origin
) -> Decision:
    account, version, terms, debtor = load_promising(transaction, number, origin.today)
    load_customer_to_serve(transaction, account.customer)
    parts = promised_amounts(debtor, dates, amounts)
    events = open_promise(account.promises, terms, debtor, dates, parts, origin.today)
    assert terms is not None
    if terms.price:
        net = require_amount(terms.price, account.currency, "price")
        events += charge_once(account, version, "Promised payment", net, terms.vat_rate, origin.today)
    return decision_on_credit(account, version, events, transaction, origin)


def promised_amounts(debtor: Promisor, dates: Sequence[date], amounts: Sequence[Decimal]) -> list[Money]:
    """What is to be promised by each date: what was named, else parts of all that is owed."""
    if not dates or debtor.owed.amount <= 0:
        return [zero(debtor.owed.currency) for _ in dates]
    return amounts_of(debtor.owed, dates, amounts)


def handle_end_promise(command: PromiseOfAccount, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    is_settled = owes_nothing(account, origin.today)
    events: list[Event] = end_promise(account.promises, origin.today, owes_nothing=is_settled)
    return decision_on_credit(account, version, events, transaction, origin)


# --- what happens by itself

# What may bring what was promised, or settle the debt so that nothing is left to be paid.
SETTLING: tuple[type[Event], ...] = (
    PaymentReceived, PaymentMovedIn, CreditTransferredIn, CreditNoteIssued, InvoiceWrittenOff, PayOutReturned,
    KeptCreditRestored,
)  # fmt: skip


def _keep(entry: RecordedEvent) -> KeepPromise:
    return KeepPromise(account=entry.number)


def _break(wake_up: WakeUp) -> BreakPromise:
    return BreakPromise(account=wake_up.number)


AREA = Area(
    handlers={
        SetPromiseTerms: handle_set_promise_terms,
        OpenPromise: handle_open_promise,
        OpenInstalmentPlan: handle_open_plan,
        KeepPromise: handle_end_promise,
        BreakPromise: handle_end_promise,
    },
    concerns={SetPromiseTerms: HOUSE},
    reactions=(Reaction("keep-promise", SETTLING, _keep),),
    wakes={"promise": _break},
)
