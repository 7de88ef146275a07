"""Register dealers, and change their details."""

from __future__ import annotations

from billing_core.dealers import Dealer, apply_dealer, change_dealer, register_dealer
from billing_core.kernel.errors import NotFound
from commands.platform.area import Area
from commands.platform.bus import Command, Decision
from commands.platform.concerns import HOUSE
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class RegisterDealer(Command, frozen=True, kw_only=True):
    """Register a legal entity that brings customers and serves them, by operators of its own."""

    dealer: Dealer


class ChangeDealer(Command, frozen=True, kw_only=True):
    """Replace the dealer's details from today on; supply all of them."""

    dealer: Dealer


# --- handlers


def dealer_stream(code: str) -> str:
    return f"dealer/{code}"


def load_dealer(transaction: Transaction, code: str) -> tuple[Dealer, int]:
    """The dealer and its version, or `NotFound`."""
    dealer, version = transaction.load(dealer_stream(code), apply_dealer)
    if dealer is None:
        raise no_such_dealer(code)
    return dealer, version


def no_such_dealer(code: str) -> NotFound:
    return NotFound("no such dealer; `billing dealers` lists them", field="dealer", value=code)


def handle_register_dealer(command: RegisterDealer, transaction: Transaction, origin: Origin) -> Decision:
    stream = dealer_stream(command.dealer.code)
    existing, version = transaction.load(stream, apply_dealer)
    return Decision((Append(stream, version, register_dealer(existing, command.dealer, origin.today)),))


def handle_change_dealer(command: ChangeDealer, transaction: Transaction, origin: Origin) -> Decision:
    existing, version = load_dealer(transaction, command.dealer.code)
    events = change_dealer(existing, command.dealer, origin.today)
    return Decision((Append(dealer_stream(existing.code), version, events),))


AREA = Area(
    handlers={RegisterDealer: handle_register_dealer, ChangeDealer: handle_change_dealer},
    concerns={RegisterDealer: HOUSE, ChangeDealer: HOUSE},
)
