"""Allocate unused credit by hand, release what it settles, and free what was held back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from billing_core.accounts.account import Account
from billing_core.invoicing.invoices import CreditNoteIssued
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, require_amount
from billing_core.payments.by_hand import (
    CreditHistory,
    CreditRecord,
    allocate_by_hand,
    apply_credit_history,
    free_credit,
    release_by_hand,
)
from billing_core.payments.events import Allocation, CreditAllocated, CreditReleased
from commands.accounts import account_stream, load_account
from commands.payments.giving_back import amount_of
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import Concern, Concerns, Named
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class AllocatePayment(Command, frozen=True, kw_only=True):
    """Settle invoices of an account by hand: each named invoice by its amount in `parts`, from one unused credit.

    `credit` is a payment, `source:reference`, a credit note or a transfer. Never more than is unused of it, and never
    more than is open; what is held back may be used.
    """

    account: str
    credit: str
    parts: Mapping[str, Decimal]


class ReleaseAllocation(Command, frozen=True, kw_only=True):
    """Undo what a credit settles of an invoice, all of it or `amount`: the invoice is open again by so much.

    The credit is held back: no invoice uses it by itself until it is allocated by hand or freed.
    """

    account: str
    credit: str
    invoice: str
    reason: str
    amount: Decimal | None = None


class FreeCredit(Command, frozen=True, kw_only=True):
    """Let invoices use what is held back of a credit, all of it or `amount`; it settles at once what is open."""

    account: str
    credit: str
    amount: Decimal | None = None


# --- handlers


def handle_allocate(command: AllocatePayment, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    parts = amounts_of(account, command.parts)
    return _decided(account, version, allocate_by_hand(account.ledger, command.credit, parts, origin.today))


def handle_release(command: ReleaseAllocation, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    history = transaction.load(account_stream(account.number), _fold_credits)[0] or {}
    part = (command.credit, command.invoice, amount_of(account, command.amount))
    events = release_by_hand(account.ledger, history, part, command.reason, origin.today)
    return _decided(account, version, events)


def handle_free(command: FreeCredit, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    events = free_credit(account.ledger, command.credit, amount_of(account, command.amount), origin.today)
    return _decided(account, version, events)


def amounts_of(account: Account, parts: Mapping[str, Decimal]) -> dict[str, Money]:
    """The parts of a credit in the currency of the account."""
    if any(not invoice for invoice in parts):
        raise InvalidValue("names no invoice", field="parts", value="")
    return {invoice: require_amount(amount, account.currency, invoice) for invoice, amount in parts.items()}


def _fold_credits(history: CreditHistory | None, fact: Event) -> CreditHistory:
    history = {} if history is None else history
    if isinstance(fact, CreditNoteIssued):
        history[fact.number] = CreditRecord(fact.effective_on, None)
    apply_credit_history(history, fact)
    return history


def _decided(account: Account, version: int, events: Sequence[Event]) -> Decision:
    result = {
        "settled": _shown(each for fact in events if isinstance(fact, CreditAllocated) for each in fact.allocations),
        "opened": _shown(each for fact in events if isinstance(fact, CreditReleased) for each in fact.allocations),
    }
    return Decision((Append(account_stream(account.number), version, events),), result)


def _shown(allocations: Iterable[Allocation]) -> list[dict[str, str]]:
    return [
        {"credit": each.credit, "invoice": each.invoice, "amount": f"{each.amount.amount:f}",
         "currency": each.amount.currency}
        for each in allocations
    ]  # fmt: skip


UNKNOWN = Concern("named", (Named("account", ("account",)),), is_worth_unknown=True)
CONCERNS: Concerns = {AllocatePayment: UNKNOWN}
HANDLERS: Handlers = {AllocatePayment: handle_allocate, ReleaseAllocation: handle_release, FreeCredit: handle_free}
