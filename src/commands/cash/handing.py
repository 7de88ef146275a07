"""Hand cash over to another desk, accept or dispute it, deposit it with the bank, and settle what differs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.cash.desks import apply_desk, require_hands_to
from billing_core.cash.events import Decided
from billing_core.cash.handing import (
    Booked,
    Destination,
    accept,
    confirm_deposit,
    deposit,
    dispute,
    hand_over,
    returned,
    settle,
    take_back,
)
from billing_core.cash.sessions import found_transit
from billing_core.kernel.money import require_amount
from commands.cash.streams import (
    desk_stream,
    joined,
    load_desk,
    load_open_till,
    load_session_of,
    require_right,
    session_stream,
)
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class HandOverCash(Command, frozen=True, kw_only=True):
    """Hand cash over to another desk, perhaps for one operator there; it is on its way until it is accepted there.

    A dealer's desk hands over to the desk of the house at which it settles, or to another one of the dealer.
    """

    desk: str
    to_desk: str
    amount: Decimal
    to_operator: str = ""
    note: str = ""


class AcceptCash(Command, frozen=True, kw_only=True):
    """Accept at a desk what was handed over to it; `hand_over` is the receipt by which it was handed."""

    desk: str
    hand_over: str


class DisputeCash(Command, frozen=True, kw_only=True):
    """Say that another amount was found than was handed over; the desk has what was `found`, the rest is settled."""

    desk: str
    hand_over: str
    found: Decimal
    reason: str


class SettleHandOver(Command, frozen=True, kw_only=True):
    """Decide who bears the difference of a disputed hand-over: `giver`, `receiver`, or the `house` as a loss.

    The desk that bears it has the difference in its till, so it needs an open session.
    """

    hand_over: str
    decided: Decided
    reason: str


class DepositCash(Command, frozen=True, kw_only=True):
    """Deposit cash of a till with the bank; it is on its way until the bank's statement shows its reference."""

    desk: str
    amount: Decimal
    bank_account: str
    reference: str


class ConfirmDeposit(Command, frozen=True, kw_only=True):
    """Match a deposit with the bank's statement; `deposit` is its receipt.

    `amount` is what the bank booked, all of it if it is left out; a difference needs a reason.
    """

    deposit: str
    booked_on: date
    amount: Decimal | None = None
    statement: str = ""
    reason: str = ""


class TakeBackCash(Command, frozen=True, kw_only=True):
    """Take cash back into the till that it left, if nobody has accepted it and no bank has booked it.

    `receipt` is that of the hand-over or the deposit.
    """

    receipt: str
    reason: str


# --- handlers


def handle_hand_over(command: HandOverCash, transaction: Transaction, origin: Origin) -> Decision:
    opened = load_open_till(transaction, command.desk, "write", origin)
    known, _ = transaction.load(desk_stream(command.to_desk), apply_desk)
    to_desk = require_hands_to(opened.desk, None if known is None else known.desk, command.to_desk)
    to = Destination(to_desk, command.to_operator, command.note)
    amount = require_amount(command.amount, opened.desk.currency, "amount")
    handed = hand_over(opened.till, amount, to)
    return Decision((opened.append(handed),), {"receipt": handed.receipt})


def handle_accept(command: AcceptCash, transaction: Transaction, origin: Origin) -> Decision:
    opened = load_open_till(transaction, command.desk, "write", origin)
    giver, version = load_session_of(transaction, command.hand_over)
    came, accepted = accept(opened.till, giver, command.hand_over)
    given = Append(session_stream(giver.session), version, [accepted])
    return Decision(joined((opened.append(came), given)), {"receipt": came.receipt, "amount": came.amount})


def handle_dispute(command: DisputeCash, transaction: Transaction, origin: Origin) -> Decision:
    opened = load_open_till(transaction, command.desk, "write", origin)
    giver, version = load_session_of(transaction, command.hand_over)
    found = require_amount(command.found, opened.desk.currency, "found")
    came, disputed = dispute(opened.till, giver, command.hand_over, found, command.reason)
    given = Append(session_stream(giver.session), version, [disputed])
    result = {"receipt": came.receipt if came else "", "found": found}
    return Decision(joined((opened.append(came), given)), result)


def handle_settle(command: SettleHandOver, transaction: Transaction, origin: Origin) -> Decision:
    giver, version = load_session_of(transaction, command.hand_over)
    require_right(load_desk(transaction, giver.desk)[0].desk, "all", origin)
    settled = settle(giver, command.hand_over, command.decided, command.reason, origin.actor, origin.today)
    given = Append(session_stream(giver.session), version, [settled])
    if command.decided == "house":
        return Decision((given,), {"difference": settled.difference})
    left = found_transit(giver, command.hand_over).left
    desk = giver.desk if command.decided == "giver" else getattr(left, "to_desk", "")
    opened = load_open_till(transaction, desk, "read", origin)
    back = returned(opened.till, command.hand_over, settled.difference, command.reason)
    result = {"difference": settled.difference, "receipt": back.receipt}
    return Decision(joined((opened.append(back), given)), result)


def handle_deposit(command: DepositCash, transaction: Transaction, origin: Origin) -> Decision:
    opened = load_open_till(transaction, command.desk, "write", origin)
    amount = require_amount(command.amount, opened.desk.currency, "amount")
    deposited = deposit(opened.till, amount, command.bank_account, command.reference)
    return Decision((opened.append(deposited),), {"receipt": deposited.receipt})


def handle_confirm_deposit(command: ConfirmDeposit, transaction: Transaction, origin: Origin) -> Decision:
    giver, version = load_session_of(transaction, command.deposit)
    left = found_transit(giver, command.deposit).left.amount
    amount = left if command.amount is None else require_amount(command.amount, left.currency, "amount")
    booked = Booked(amount, command.booked_on, command.statement)
    confirmed = confirm_deposit(giver, command.deposit, booked, command.reason, origin.today)
    append = Append(session_stream(giver.session), version, [confirmed])
    return Decision((append,), {"difference": confirmed.difference})


def handle_take_back(command: TakeBackCash, transaction: Transaction, origin: Origin) -> Decision:
    giver, version = load_session_of(transaction, command.receipt)
    opened = load_open_till(transaction, giver.desk, "all", origin)
    taken_back, amount = take_back(giver, command.receipt, command.reason, origin.today)
    back = returned(opened.till, command.receipt, amount, command.reason)
    given = Append(session_stream(giver.session), version, [taken_back])
    return Decision(joined((opened.append(back), given)), {"receipt": back.receipt})


HANDLERS: Handlers = {
    HandOverCash: handle_hand_over,
    AcceptCash: handle_accept,
    DisputeCash: handle_dispute,
    SettleHandOver: handle_settle,
    DepositCash: handle_deposit,
    ConfirmDeposit: handle_confirm_deposit,
    TakeBackCash: handle_take_back,
}
