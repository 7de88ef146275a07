"""Record a remittance, and say what becomes of it: an account's, several accounts', given back, kept; and undo that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from billing_core.accounts.account import Account
from billing_core.bank_statements.accounts import apply_bank_account, bank_account_stream
from billing_core.bank_statements.recorded import bank_account_of
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, require_amount
from billing_core.payments.events import PaymentMethod, payment_id
from billing_core.payments.receiving import move_away, require_received
from billing_core.payments.remittances import (
    IncomeKind,
    Remittance,
    RemittanceAssigned,
    RemittancePart,
    RemittanceReceived,
    RemittanceSplit,
    apply_remittance,
    assign,
    give_back,
    keep,
    parts_of_act,
    payment_of,
    receive_remittance,
    remittance_stream,
    require_remittance,
    sender_of,
    split_over,
    undo,
)
from commands.accounts import account_stream, load_account
from commands.payments.account import booked, is_known, load_payment_history, reported
from commands.payments.payer_accounts import learnt, unlearnt
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
    statement: str = ""


class AssignRemittance(Command, frozen=True, kw_only=True):
    """What waits of a remittance is a payment of this account, from the day on which it came in.

    `remittance` is `source:reference`. It settles the named invoice first, then the oldest ones. With `learn`, money
    from the same bank account is known from now on to be for this account.
    """

    remittance: str
    account: str
    invoice: str = ""
    learn: bool = False


class SplitPart(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a remittance, in its currency, for an account; it settles the named invoice first."""

    account: str
    amount: Decimal
    invoice: str = ""


class SplitRemittance(Command, frozen=True, kw_only=True):
    """Parts of a remittance are payments of several accounts, from the day on which it came in.

    The parts are all that waits of it, unless `rest_waits`. Each is a payment of its own: `bank:17.1`, `bank:17.2`.
    """

    remittance: str
    parts: tuple[SplitPart, ...]
    rest_waits: bool = False


class GiveBackRemittance(Command, frozen=True, kw_only=True):
    """Record that what waits of a remittance goes back to its sender. `remittance` is `source:reference`.

    `order` is the reference of the order to the bank, if one was given.
    """

    remittance: str
    reason: str
    order: str = ""


class KeepRemittance(Command, frozen=True, kw_only=True):
    """What waits of a remittance is other income of the house: no customer's, and not to be given back."""

    remittance: str
    kind: IncomeKind
    reason: str


class UndoRemittance(Command, frozen=True, kw_only=True):
    """Undo the last thing that was done with a remittance: its money waits again.

    A payment that it became leaves its account, as one does that is moved away. What was learnt with it of the payer is
    forgotten.
    """

    remittance: str
    reason: str = "assigned by mistake"


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
    learning = learnt(account, remittance.received, transaction, origin) if command.learn else ()
    assigned = assign(remittance, account.number, has_learned=bool(learning))
    (part,) = parts_of_act(assigned, command.remittance)
    append = _booked_part(remittance, part, command.invoice, (account, account_version), transaction, origin)
    result = {"payment": part.payment, "account": account.number}
    return Decision((_of(command.remittance, version, [assigned]), append, *learning), result)


def handle_split_remittance(command: SplitRemittance, transaction: Transaction, origin: Origin) -> Decision:
    remittance, version = load_remittance(transaction, command.remittance)
    currency = remittance.received.amount.currency
    parts = [(part.account, require_amount(part.amount, currency, "amount")) for part in command.parts]
    split = split_over(remittance, parts, rest_waits=command.rest_waits)
    appends = [
        _booked_part(remittance, part, asked.invoice, load_account(transaction, part.account), transaction, origin)
        for part, asked in zip(split.parts, command.parts, strict=True)
    ]
    result = {"payments": [{"payment": part.payment, "account": part.account} for part in split.parts]}
    return Decision((_of(command.remittance, version, [split]), *appends), result)


def _booked_part(
    remittance: Remittance, part: RemittancePart, invoice: str, known: tuple[Account, int], transaction: Transaction,
    origin: Origin,
) -> Append:  # fmt: skip
    account, version = known
    _require_its_seller(remittance, account, transaction)
    if invoice and invoice not in account.ledger.open_items:
        raise NotFound("the account has no open invoice of this number", field="invoice", value=invoice)
    payment = payment_of(remittance.received, part, account.customer)
    return booked(account, version, payment, invoice or None, transaction, origin)


def _require_its_seller(remittance: Remittance, account: Account, transaction: Transaction) -> None:
    """Money that came in to a bank account of one seller pays no account of another one."""
    iban = bank_account_of(remittance.received.statement)
    bank, _ = transaction.load(bank_account_stream(iban), apply_bank_account) if iban else (None, 0)
    if bank is not None and bank.seller != account.seller:
        raise RuleViolation(
            f"is of seller {account.seller}, the money came in for {bank.seller}; give it back, or keep it as "
            "other income and pay it over", field="account", value=account.number,
        )  # fmt: skip


def handle_give_back_remittance(command: GiveBackRemittance, transaction: Transaction, origin: Origin) -> Decision:
    remittance, version = load_remittance(transaction, command.remittance)
    events = give_back(remittance, command.reason, origin.today, command.order)
    return Decision((_of(command.remittance, version, events),))


def handle_keep_remittance(command: KeepRemittance, transaction: Transaction, origin: Origin) -> Decision:
    remittance, version = load_remittance(transaction, command.remittance)
    events = keep(remittance, command.kind, command.reason, origin.today)
    return Decision((_of(command.remittance, version, events),))


def handle_undo_remittance(command: UndoRemittance, transaction: Transaction, origin: Origin) -> Decision:
    remittance, version = load_remittance(transaction, command.remittance)
    act, undone = undo(remittance, command.reason)
    parts = parts_of_act(act, command.remittance)
    appends = [_taken_off(part, command.reason, transaction, origin.today) for part in parts]
    if isinstance(act, RemittanceAssigned | RemittanceSplit) and act.has_learned:
        (part,) = parts
        appends += unlearnt(part.account, remittance.received, transaction, origin)
    result = {"undone": undone.act, "amount": _shown(undone.amount)}
    return Decision((_of(command.remittance, version, [undone]), *appends), result)


def _taken_off(part: RemittancePart, reason: str, transaction: Transaction, today: date) -> Append:
    """A payment that was a part of a remittance leaves its account."""
    account, version = load_account(transaction, part.account)
    history = load_payment_history(transaction, part.account)
    away = move_away(account.ledger, history, part.payment, "", reason, today)
    return Append(account_stream(part.account), version, away)


def load_remittance(transaction: Transaction, name: str) -> tuple[Remittance, int]:
    """The remittance and its version, or `NotFound`."""
    found, version = transaction.load(remittance_stream(name), apply_remittance)
    return require_remittance(found, name), version


def _of(name: str, version: int, events: Sequence[Event]) -> Append:
    return Append(remittance_stream(name), version, events)


def _shown(amount: Money) -> dict[str, Any]:
    return {"amount": f"{amount.amount:f}", "currency": amount.currency}


HANDLERS: Handlers = {
    ReceiveRemittance: handle_receive_remittance,
    AssignRemittance: handle_assign_remittance,
    SplitRemittance: handle_split_remittance,
    GiveBackRemittance: handle_give_back_remittance,
    KeepRemittance: handle_keep_remittance,
    UndoRemittance: handle_undo_remittance,
}
