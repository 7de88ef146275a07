"""Record a remittance, assign it to an account, or give it back."""

from __future__ import annotations

from datetime import date

from billing_core.kernel.errors import NotFound
from billing_core.kernel.money import Money, require_amount
from billing_core.payments.events import PaymentMethod, payment_id
from billing_core.payments.receiving import require_received
from billing_core.payments.remittances import (
    Remittance,
    RemittanceReceived,
    apply_remittance,
    assign,
    give_back,
    payment_of,
    receive_remittance,
    remittance_stream,
    require_remittance,
    sender_of,
)
from commands.accounts import load_account
from commands.payments.account import booked, is_known, reported
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class ReceiveRemittance(Command, frozen=True, kw_only=True):
    """Record money that came in and that nobody recognises. `source` and `reference` identify it permanently."""

    source: str
    reference: str
    amount: Money
    received_on: date | None = None
    method: PaymentMethod = "transfer"
    payment_reference: str = ""
    payer: str = ""
    payer_account: str = ""
    message: str = ""


class AssignRemittance(Command, frozen=True, kw_only=True):
    """A remittance is a payment of this account, from the day on which it came in. `remittance` is `source:reference`.

    It settles the named invoice first, then the oldest ones.
    """

    remittance: str
    account: str
    invoice: str = ""


class GiveBackRemittance(Command, frozen=True, kw_only=True):
    """Record that the money of a remittance goes back to its sender. `remittance` is `source:reference`."""

    remittance: str
    reason: str


# --- handlers


def handle_receive_remittance(command: ReceiveRemittance, transaction: Transaction, origin: Origin) -> Decision:
    received = RemittanceReceived(
        effective_on=require_received(command.received_on or origin.today, origin.today),
        sender=sender_of(payment_id(command.source, command.reference)),
        amount=require_amount(command.amount.amount, command.amount.currency, "amount"),
        **reported(command),
    )
    stream = remittance_stream(received.payment)
    (claim,) = received.claims(stream)
    result = {"remittance": received.payment}
    if is_known(claim, transaction.holder(claim)):
        return Decision((), result | {"known": True})
    return Decision((Append(stream, 0, receive_remittance(received)),), result | {"known": False})


def handle_assign_remittance(command: AssignRemittance, transaction: Transaction, origin: Origin) -> Decision:
    remittance, version = load_remittance(transaction, command.remittance)
    account, account_version = load_account(transaction, command.account)
    if command.invoice and command.invoice not in account.ledger.open_items:
        raise NotFound("the account has no open invoice of this number", field="invoice", value=command.invoice)
    assigned = assign(remittance, account.number)
    payment = payment_of(remittance.received, account.customer)
    append = booked(account, account_version, payment, command.invoice or None, transaction, origin)
    result = {"payment": payment.payment, "account": account.number}
    return Decision((Append(remittance_stream(command.remittance), version, assigned), append), result)


def handle_give_back_remittance(command: GiveBackRemittance, transaction: Transaction, origin: Origin) -> Decision:
    remittance, version = load_remittance(transaction, command.remittance)
    events = give_back(remittance, command.reason, origin.today)
    return Decision((Append(remittance_stream(command.remittance), version, events),))


def load_remittance(transaction: Transaction, name: str) -> tuple[Remittance, int]:
    """The remittance and its version, or `NotFound`."""
    found, version = transaction.load(remittance_stream(name), apply_remittance)
    return require_remittance(found, name), version


HANDLERS: Handlers = {
    ReceiveRemittance: handle_receive_remittance,
    AssignRemittance: handle_assign_remittance,
    GiveBackRemittance: handle_give_back_remittance,
}
