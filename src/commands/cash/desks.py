"""Register, change and close cash desks."""

from __future__ import annotations

from billing_core.cash.desks import (
    CashDesk,
    apply_desk,
    change_desk,
    close_desk,
    register_desk,
    require_settlement,
)
from commands.cash.streams import desk_stream, load_desk
from commands.dealers import load_dealer
from commands.parties import load_seller
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class RegisterCashDesk(Command, frozen=True, kw_only=True):
    """Register a cash desk of a branch, with its series of receipts, its limits, and who may work at it.

    One of a `dealer` is for the dealer's own customers; `settles_at` is the desk of the house to which it hands over.
    """

    desk: CashDesk


class ChangeCashDesk(Command, frozen=True, kw_only=True):
    """Change the branch, limits, staff or printer of a cash desk; supply all of its details.

    Seller, currency, series and dealer stay. A closed desk is open again.
    """

    desk: CashDesk


class CloseCashDesk(Command, frozen=True, kw_only=True):
    """Close a cash desk whose till is empty; its receipts stay."""

    desk: str


# --- handlers


def handle_register_desk(command: RegisterCashDesk, transaction: Transaction, origin: Origin) -> Decision:
    load_seller(transaction, command.desk.seller)
    if command.desk.dealer:
        load_dealer(transaction, command.desk.dealer)
    _require_settlement(command.desk, transaction)
    stream = desk_stream(command.desk.code)
    known, version = transaction.load(stream, apply_desk)
    return Decision((Append(stream, version, register_desk(known, command.desk, origin.today)),))


def handle_change_desk(command: ChangeCashDesk, transaction: Transaction, origin: Origin) -> Decision:
    state, version = load_desk(transaction, command.desk.code)
    _require_settlement(command.desk, transaction)
    events = change_desk(state, command.desk, origin.today)
    return Decision((Append(desk_stream(command.desk.code), version, events),))


def handle_close_desk(command: CloseCashDesk, transaction: Transaction, origin: Origin) -> Decision:
    state, version = load_desk(transaction, command.desk)
    return Decision((Append(desk_stream(command.desk), version, close_desk(state, origin.today)),))


def _require_settlement(desk: CashDesk, transaction: Transaction) -> None:
    house = load_desk(transaction, desk.settles_at)[0].desk if desk.settles_at else None
    require_settlement(desk, house)


HANDLERS: Handlers = {
    RegisterCashDesk: handle_register_desk,
    ChangeCashDesk: handle_change_desk,
    CloseCashDesk: handle_close_desk,
}
