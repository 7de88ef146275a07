"""Refund a payment, pay credit out, write off an invoice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from billing_core.accounts.account import Account
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, require_amount, zero
from billing_core.parties.details import require_printable
from billing_core.payments.events import InvoiceWrittenOff, TaxPart
from billing_core.payments.giving_back import (
    GivenBack,
    WriteOffHistory,
    apply_given_back,
    apply_write_offs,
    cancel_write_off,
    pay_out,
    refund,
    return_pay_out,
    tax_given_up,
    write_off,
)
from billing_core.payments.transfers import Chosen
from commands.accounts import account_stream, load_account
from commands.billing.account import load_history
from commands.confirmation import Confirmable, require_confirmed
from commands.payments.account import load_payment_history
from commands.payments.advances import corrected_after
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import Concern, Concerns, Named
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class RefundPayment(Confirmable, frozen=True, kw_only=True):
    """Record that unused money of a payment goes back to its payer: all that is unused, or `amount`.

    It records the transfer; the bank makes it. `payment` is `source:reference`. If a tax document was issued on the
    money as an advance, a correction of it is issued and named; `tax_document` is the number of one that was issued
    elsewhere.
    """

    account: str
    payment: str
    reason: str
    amount: Decimal | None = None
    tax_document: str = ""


class PayOut(Confirmable, frozen=True, kw_only=True):
    """Record that unused credit of an account, of payments or credit notes, is paid out to the customer.

    All that is unused, or `amount`. It records the transfer; the bank makes it. Tax documents on advances of it are
    corrected.
    """

    account: str
    reason: str
    amount: Decimal | None = None


class ReturnPayOut(Command, frozen=True, kw_only=True):
    """Money that was refunded or paid out came back, or never left: all that was given back of a credit, or `amount`.

    It is unused credit again from today on, and settles what is open. `credit` is a payment, `source:reference`, or a
    credit note.
    """

    account: str
    credit: str
    reason: str
    amount: Decimal | None = None


class WriteOffInvoice(Confirmable, frozen=True, kw_only=True):
    """Give up what is open on an invoice, or `amount` of it: the debt is gone, and no document is issued.

    What is written off is listed by month with its base and VAT; `law` is the provision by which VAT is corrected.
    """

    account: str
    invoice: str
    reason: str
    amount: Decimal | None = None
    law: str = ""


class CancelWriteOff(Command, frozen=True, kw_only=True):
    """What was written off of an invoice is owed again; unused credit of the account settles it."""

    account: str
    invoice: str
    reason: str


# --- handlers


def handle_refund(command: RefundPayment, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    history = load_payment_history(transaction, command.account)
    amount = amount_of(account, command.amount)
    reasons = (command.reason, origin.today, command.tax_document)
    events = refund(account.ledger, history, command.payment, amount, *reasons)
    require_confirmed(command, account.seller, transaction, origin.today, {"amount": _moved(account, events)})
    corrected = corrected_after(account, events, command.reason, transaction, origin)
    if corrected.numbers:
        document = ", ".join(filter(None, (command.tax_document, *corrected.numbers)))
        events = [msgspec.structs.replace(fact, tax_document=document) for fact in events]
    return _decided(account, version, events, corrected.appends)


def handle_pay_out(command: PayOut, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    events = pay_out(account.ledger, amount_of(account, command.amount), command.reason, origin.today)
    require_confirmed(command, account.seller, transaction, origin.today, {"amount": _moved(account, events)})
    corrected = corrected_after(account, events, command.reason, transaction, origin)
    return _decided(account, version, events, corrected.appends)


def handle_return_pay_out(command: ReturnPayOut, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    given = load_given_back(transaction, account.number)
    chosen = Chosen(amount_of(account, command.amount), command.credit)
    events = return_pay_out(account.ledger, given, chosen, command.reason, origin.today)
    return _decided(account, version, events)


def load_given_back(transaction: Transaction, account: str) -> GivenBack:
    """What was refunded and paid out of each credit of an account and did not come back."""
    return transaction.load(account_stream(account), _fold_given_back)[0] or {}


def _fold_given_back(given: GivenBack | None, fact: Event) -> GivenBack:
    given = {} if given is None else given
    apply_given_back(given, fact)
    return given


def handle_write_off(command: WriteOffInvoice, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    amount = amount_of(account, command.amount)
    given_up = GivenUp(command.invoice, amount, command.reason, command.law)
    events = written_off(account, version, given_up, transaction, origin.today)
    require_confirmed(command, account.seller, transaction, origin.today, {"amount": _moved(account, events)})
    return _decided(account, version, events)


class GivenUp(NamedTuple):
    """What is to be written off, all of the invoice without an amount; why, and by which provision of the law."""

    invoice: str
    amount: Money | None
    reason: str
    law: str = ""


def written_off(account: Account, version: int, given_up: GivenUp, transaction: Transaction, on: date) -> list[Event]:
    """The write-off of an open invoice of an account as it stood at a version, with the base and VAT in it."""
    require_printable(given_up.law, "law")
    written, *settled = write_off(account.ledger, given_up.invoice, given_up.amount, given_up.reason, on)
    assert isinstance(written, InvoiceWrittenOff)
    left = load_history(transaction, account.number, version).invoices[given_up.invoice].left
    parts = [TaxPart(rate=rate, base=taxed.base, vat=taxed.vat) for (rate, _), taxed in sorted(left.items())]
    known = _load_write_offs(transaction, account.number).get(written.credit)
    before = zero(account.currency) if known is None else known.amount
    taxes = tax_given_up(parts, before, written.amount)
    return [msgspec.structs.replace(written, taxes=taxes, law=given_up.law), *settled]


def handle_cancel_write_off(command: CancelWriteOff, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    history = _load_write_offs(transaction, account.number)
    events = cancel_write_off(account.ledger, history, command.invoice, command.reason, origin.today)
    return _decided(account, version, events)


def _load_write_offs(transaction: Transaction, account: str) -> WriteOffHistory:
    return transaction.load(account_stream(account), _fold_write_offs)[0] or {}


def _fold_write_offs(history: WriteOffHistory | None, fact: Event) -> WriteOffHistory:
    history = {} if history is None else history
    apply_write_offs(history, fact)
    return history


def amount_of(account: Account, amount: Decimal | None) -> Money | None:
    """An amount in the currency of the account; None without one."""
    return None if amount is None else require_amount(amount, account.currency, "amount")


def _moved(account: Account, events: list[Event]) -> Money:
    """By how much the events change the balance, up or down."""
    before, after = account.ledger.balance, _balance_after(account, events)
    return max(before - after, after - before)


def _balance_after(account: Account, events: list[Event]) -> Money:
    ledger = account.ledger.copy()
    for fact in events:
        ledger.apply(fact)
    return ledger.balance


def _decided(account: Account, version: int, events: list[Event], more: Sequence[Append] = ()) -> Decision:
    result = {"amount": _shown(_moved(account, events)), "balance": _shown(_balance_after(account, events))}
    return Decision((Append(account_stream(account.number), version, events), *more), result)


def _shown(amount: Money) -> dict[str, str]:
    return {"amount": f"{amount.amount:f}", "currency": amount.currency}


UNKNOWN = Concern("named", (Named("account", ("account",)),), is_worth_unknown=True)
CONCERNS: Concerns = {CancelWriteOff: UNKNOWN, ReturnPayOut: UNKNOWN}
HANDLERS: Handlers = {
    RefundPayment: handle_refund,
    PayOut: handle_pay_out,
    ReturnPayOut: handle_return_pay_out,
    WriteOffInvoice: handle_write_off,
    CancelWriteOff: handle_cancel_write_off,
}
