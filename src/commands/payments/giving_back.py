"""Refund a payment, pay credit out, write off an invoice."""

from __future__ import annotations

from decimal import Decimal

from billing_core.accounts.account import Account
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, require_amount
from billing_core.payments.giving_back import (
    WriteOffHistory,
    apply_write_offs,
    cancel_write_off,
    pay_out,
    refund,
    write_off,
)
from commands.accounts import account_stream, load_account
from commands.confirmation import Confirmable, require_confirmed
from commands.payments.account import load_payment_history
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import Concern, Concerns, Named
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class RefundPayment(Confirmable, frozen=True, kw_only=True):
    """Record that unused money of a payment goes back to its payer: all that is unused, or `amount`.

    It records the transfer; the bank makes it. `payment` is `source:reference`.
    """

    account: str
    payment: str
    reason: str
    amount: Decimal | None = None


class PayOut(Confirmable, frozen=True, kw_only=True):
    """Record that unused credit of an account, of payments or credit notes, is paid out to the customer.

    All that is unused, or `amount`. It records the transfer; the bank makes it.
    """

    account: str
    reason: str
    amount: Decimal | None = None


class WriteOffInvoice(Confirmable, frozen=True, kw_only=True):
    """Give up what is open on an invoice, or `amount` of it: the debt is gone, and no document is issued."""

    account: str
    invoice: str
    reason: str
    amount: Decimal | None = None


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
    events = refund(account.ledger, history, command.payment, amount, command.reason, origin.today)
    require_confirmed(command, account.seller, transaction, origin.today, {"amount": _moved(account, events)})
    return _decided(account, version, events)


def handle_pay_out(command: PayOut, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    events = pay_out(account.ledger, amount_of(account, command.amount), command.reason, origin.today)
    require_confirmed(command, account.seller, transaction, origin.today, {"amount": _moved(account, events)})
    return _decided(account, version, events)


def handle_write_off(command: WriteOffInvoice, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    amount = amount_of(account, command.amount)
    events = write_off(account.ledger, command.invoice, amount, command.reason, origin.today)
    require_confirmed(command, account.seller, transaction, origin.today, {"amount": _moved(account, events)})
    return _decided(account, version, events)


def handle_cancel_write_off(command: CancelWriteOff, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    history, _ = transaction.load(account_stream(command.account), _fold_write_offs)
    events = cancel_write_off(account.ledger, history or {}, command.invoice, command.reason, origin.today)
    return _decided(account, version, events)


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


def _decided(account: Account, version: int, events: list[Event]) -> Decision:
    result = {"amount": _shown(_moved(account, events)), "balance": _shown(_balance_after(account, events))}
    return Decision((Append(account_stream(account.number), version, events),), result)


def _shown(amount: Money) -> dict[str, str]:
    return {"amount": f"{amount.amount:f}", "currency": amount.currency}


CONCERNS: Concerns = {CancelWriteOff: Concern("named", (Named("account", ("account",)),), is_worth_unknown=True)}
HANDLERS: Handlers = {
    RefundPayment: handle_refund,
    PayOut: handle_pay_out,
    WriteOffInvoice: handle_write_off,
    CancelWriteOff: handle_cancel_write_off,
}
