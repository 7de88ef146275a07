"""What asks before it is done, and the limits that a seller states for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from billing_core.confirmation import (
    USUAL_LIMITS,
    ConfirmationLimits,
    ConfirmationLimitsSet,
    apply_limits,
    require_usual_amount,
    require_usual_day,
    set_limits,
    strictest,
)
from billing_core.kernel.money import Money
from commands.parties import load_seller
from commands.platform.area import Area
from commands.platform.bus import Command, Decision
from commands.platform.concerns import HOUSE
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class Confirmable(Command, frozen=True, kw_only=True):
    """A day far ahead or a large amount is asked about first; `confirmed` does it without."""

    confirmed: bool = False


class Asks(Protocol):
    """A command with this field, also one that has other fields in common with other commands."""

    @property
    def confirmed(self) -> bool: ...


class SetConfirmationLimits(Command, frozen=True, kw_only=True):
    """State beyond which limits a seller's changes ask first: days ahead, an amount, a percentage of all accounts."""

    seller: str
    limits: ConfirmationLimits = USUAL_LIMITS


# --- handlers


def handle_set_limits(command: SetConfirmationLimits, transaction: Transaction, origin: Origin) -> Decision:
    load_seller(transaction, command.seller)
    stream = limits_stream(command.seller)
    known, version = transaction.load(stream, apply_limits)
    fact = ConfirmationLimitsSet(effective_on=origin.today, seller=command.seller, limits=command.limits)
    return Decision((Append(stream, version, set_limits(known or USUAL_LIMITS, fact)),))


def limits_stream(seller: str) -> str:
    return f"confirmation-limits/{seller}"


def load_limits(transaction: Transaction, sellers: Iterable[str]) -> ConfirmationLimits:
    """The limits of what concerns these sellers."""
    return strictest([transaction.load(limits_stream(seller), apply_limits)[0] or USUAL_LIMITS for seller in sellers])


# --- asking


def require_confirmed(
    command: Asks,
    seller: str,
    transaction: Transaction,
    today: date,
    unusual: Mapping[str, date | Money | None],
) -> None:
    """Ask if one of the fields, by its name, is beyond the seller's limits and nobody confirmed the command."""
    if command.confirmed:
        return
    limits = load_limits(transaction, [seller])
    for field, value in unusual.items():
        if isinstance(value, date):
            require_usual_day(limits, field, value, today)
        elif value is not None:
            require_usual_amount(limits, field, value)


AREA = Area(handlers={SetConfirmationLimits: handle_set_limits}, concerns={SetConfirmationLimits: HOUSE})
