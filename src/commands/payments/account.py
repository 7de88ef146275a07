"""Receive a payment for an account, or take one back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from billing_core.accounts.account import Account
from billing_core.accounts.taken_back import TakenBack, take_back_payment
from billing_core.billing.bills import Upto
from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import BillingError, Conflict, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, require_amount
from billing_core.payments.by_hand import receive_by_hand
from billing_core.payments.events import PaymentMethod, PaymentReceived
from billing_core.payments.ledger import PaymentHistory, apply_payment_history
from billing_core.payments.receiving import receive, require_received, reverse_payment
from billing_core.payments.remittances import is_of_remittance, is_same_money
from commands.accounts import account_stream, load_account
from commands.billing.account import bills_due
from commands.confirmation import Confirmable, require_confirmed
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import Concern, Concerns, Named
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class ReceivePayment(Confirmable, frozen=True, kw_only=True):
    """Record money received for an account. `source` and `reference` together identify the payment permanently.

    `parts` are given by hand: each named invoice is settled by its amount, and the rest settles the others as always.
    """

    account: str
    source: str
    reference: str
    amount: Money
    received_on: date | None = None
    method: PaymentMethod = "transfer"
    payment_reference: str = ""
    payer: str = ""
    payer_account: str = ""
    message: str = ""
    parts: Mapping[str, Decimal] = {}
    statement: str = ""


class ReversePayment(Command, frozen=True, kw_only=True):
    """Take a payment back, for example a bounced debit: all that is left of it, or `amount`.

    `payment` is `source:reference`. What it settled is open again, what was settled last first. Of an `amount` that is
    more than is left, what was given back of the payment before is owed again, as an item of the next invoice.
    """

    account: str
    payment: str
    reason: str
    amount: Decimal | None = None


class RecordedAsRemittance(RuleViolation):
    """The same money is recorded already, as a remittance that waits, is assigned, or was given back."""


# --- handlers


def handle_receive_payment(command: ReceivePayment, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    payment = PaymentReceived(
        effective_on=require_received(command.received_on or origin.today, origin.today),
        customer=account.customer,
        amount=require_amount(command.amount.amount, command.amount.currency, "amount"),
        **reported(command),
    )
    stream = account_stream(account.number)
    (claim,) = payment.claims(stream)
    holder = transaction.holder(claim)
    if is_known(claim, holder):
        if holder is not None and is_of_remittance(holder):
            raise RecordedAsRemittance("is recorded as a remittance; give assign-remittance for it", field="payment",
                                       value=payment.payment)  # fmt: skip
        return Decision((), result={"payment": payment.payment, "known": True})
    require_confirmed(command, account.seller, transaction, origin.today, {"amount": payment.amount})
    if command.parts:
        parts = {invoice: require_amount(part, account.currency, invoice) for invoice, part in command.parts.items()}
        append = _with_effect(account, version, receive_by_hand(account.ledger, payment, parts), transaction, origin)
    else:
        append = booked(account, version, payment, None, transaction, origin)
    return Decision((append,), {"payment": payment.payment, "known": False})


def reported(command: Command) -> dict[str, Any]:
    """What the source says of the money, from the fields of a command, without its day and amount."""
    names = ("source", "reference", "method", "payment_reference", "payer", "payer_account", "message",
             "statement")  # fmt: skip
    return {name: getattr(command, name) for name in names}


def booked(
    account: Account, version: int, payment: PaymentReceived, invoice: str | None, transaction: Transaction,
    origin: Origin,
) -> Append:  # fmt: skip
    """All that a payment does on an account; it settles the named invoice first."""
    return _with_effect(account, version, list(receive_on(account, payment, invoice)), transaction, origin)


def _with_effect(
    account: Account, version: int, events: list[Event], transaction: Transaction, origin: Origin
) -> Append:
    for fact in events:
        account.apply(fact)
    events += served_again(account, version, events, transaction, origin)
    return Append(account_stream(account.number), version, events)


def served_again(
    account: Account, version: int, facts: Sequence[Event], transaction: Transaction, origin: Origin
) -> list[Event]:
    """The immediate effect of money on a prepaid account: a service that waits for it is resumed and charged.

    It is decided with the payment and is no reaction to it, so that no moment shows the money without the service, the
    version that the payment was decided on proves the resumption too, and a bank file writes both for thousands of
    accounts at once. Money that comes in another way, and a resumption that could not be decided, come due by
    `next_due_on` and are taken up by the next billing run.

    `version` is the one that was loaded; `facts` are what brought the money, which the account shows already. If the
    account cannot be billed, the money is recorded all the same, and the next billing run reports the reason.
    """
    events: list[Event] = []
    if account.prepaid is None:
        return events
    try:
        for decided in bills_due(account, version, transaction, Upto(origin.today, origin.today), facts):
            events += decided
    except BillingError:
        pass
    return events


def receive_on(account: Account, payment: PaymentReceived, invoice: str | None = None) -> Sequence[Event]:
    """A payment and its allocation; the reference counts as the named invoice if it is one of the account's."""
    return receive(account.ledger, payment, invoice or payment.payment_reference or None)


def is_known(claim: Claim, known: Claim | None) -> bool:
    """Whether the payment was received before; the same reference with another content is a `Conflict`."""
    if known is not None and not is_same_money(claim, known):
        raise Conflict(f"is recorded as {known.content}, now sent as {claim.content}; ask the source which is right",
                       field="payment", value=claim.key)  # fmt: skip
    return known is not None


def handle_reverse_payment(command: ReversePayment, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    history = load_payment_history(transaction, command.account)
    amount = None if command.amount is None else require_amount(command.amount, account.currency, "amount")
    if amount is None:
        events = reverse_payment(account.ledger, history, command.payment, command.reason, origin.today)
    else:
        taken = TakenBack(command.payment, amount, command.reason, origin.today)
        events = take_back_payment(account, version, history, taken, origin.today)
    return Decision((Append(account_stream(command.account), version, events),))


class WhereItIs(NamedTuple):
    """The account on which a payment is now, with its version and its payments."""

    account: Account
    version: int
    history: PaymentHistory


def load_where_it_is(transaction: Transaction, number: str, payment: str) -> WhereItIs:
    """The account to which a payment was moved last; that of the number if it was not moved."""
    seen = {number}
    while True:
        history = load_payment_history(transaction, number)
        record = history.get(payment)
        if record is None or not record.moved_to or record.moved_to in seen:
            return WhereItIs(*load_account(transaction, number), history)
        number = record.moved_to
        seen.add(number)


def load_payment_history(transaction: Transaction, account: str) -> PaymentHistory:
    """Everything that happened to the payments of an account."""
    return transaction.load(account_stream(account), _fold_history)[0] or {}


def _fold_history(history: PaymentHistory | None, fact: Event) -> PaymentHistory:
    history = {} if history is None else history
    apply_payment_history(history, fact)
    return history


CONCERNS: Concerns = {
    ReceivePayment: Concern("named", (Named("account", ("account",)), Named("new payment", ("source", "reference")))),
}
HANDLERS: Handlers = {ReceivePayment: handle_receive_payment, ReversePayment: handle_reverse_payment}
