"""Move a payment from the account on which it was booked wrongly to the one it was meant for."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from billing_core.accounts.account import Account
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.payments.events import CreditAllocated, CreditReleased
from billing_core.payments.receiving import move_away, move_in
from commands.accounts import account_stream, load_account
from commands.corrections.account import Corrected, TouchedDocument, corrected
from commands.payments.account import load_payment_history, served_again
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class MovePayment(Command, frozen=True, kw_only=True):
    """Move a payment to another account; both accounts keep the fact. `payment` is `source:reference`; it counts from
    the day on which it was received.
    """

    payment: str
    from_account: str
    to_account: str
    reason: str


# --- handlers


def handle_move_payment(command: MovePayment, transaction: Transaction, origin: Origin) -> Decision:
    wrong, wrong_version = load_account(transaction, command.from_account)
    right, right_version = load_account(transaction, command.to_account)
    if wrong.number == right.number:
        raise RuleViolation("is already on this account", field="payment", value=command.payment)
    if (wrong.currency, wrong.seller) != (right.currency, right.seller):
        raise RuleViolation(
            f"is kept in {right.currency} for seller {right.seller}, account {wrong.number} in {wrong.currency} for "
            f"{wrong.seller}; reverse the payment and record it anew", field="account", value=right.number,
        )  # fmt: skip
    history = load_payment_history(transaction, wrong.number)
    away = move_away(wrong.ledger, history, command.payment, right.number, command.reason, origin.today)
    arrival = history[command.payment].arrival
    into: list[Event] = list(move_in(right.ledger, arrival, right.customer, wrong.number, command.reason))
    for fact in into:
        right.apply(fact)
    into += served_again(right, right_version, into, transaction, origin)
    outcomes = [_moved(wrong, -arrival.amount, away), _moved(right, arrival.amount, into)]
    return Decision(
        (
            Append(account_stream(wrong.number), wrong_version, away),
            Append(account_stream(right.number), right_version, into),
        ),
        result={"accounts": outcomes},
    )


def _moved(account: Account, amount: Money, facts: Sequence[Event]) -> Corrected:
    touched: list[TouchedDocument] = []
    for fact in facts:
        match fact:
            case CreditReleased(allocations=parts):
                touched += [TouchedDocument("opened", part.invoice, part.amount) for part in parts]
            case CreditAllocated(allocations=parts):
                touched += [TouchedDocument("settled", part.invoice, part.amount) for part in parts]
    brought = corrected(account, facts)
    return msgspec.structs.replace(brought, moved=amount, documents=(*touched, *brought.documents))


HANDLERS: Handlers = {MovePayment: handle_move_payment}
