"""Save a choice of customers by a name, and remove it."""

from __future__ import annotations

from billing_core.kernel.errors import NotFound
from billing_core.outreach.bases import (
    CustomerBaseSaved,
    CustomerChoice,
    apply_base,
    remove_base,
    save_base,
)
from commands.parties import load_seller
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class SaveCustomerBase(Command, frozen=True, kw_only=True):
    """Save a choice of a seller's customers by a name, or choose others by it from now on.

    Who is in it is asked each time that it is used; `count-customer-base` says how many there are.
    """

    base: str
    name: str
    seller: str
    choice: CustomerChoice = CustomerChoice()


class RemoveCustomerBase(Command, frozen=True, kw_only=True):
    """Remove a base. A bulk message that was started goes on with the choice that it had."""

    base: str


# --- handlers


def base_stream(code: str) -> str:
    return f"customer-base/{code}"


def load_base(transaction: Transaction, code: str) -> CustomerBaseSaved:
    """The base, or `NotFound`."""
    found, _ = transaction.load(base_stream(code), apply_base)
    if found is None:
        raise no_such_base(code)
    return found


def no_such_base(code: str) -> NotFound:
    return NotFound("no such base; `billing bulk bases` lists them", field="base", value=code)


def handle_save(command: SaveCustomerBase, transaction: Transaction, origin: Origin) -> Decision:
    load_seller(transaction, command.seller)
    existing, version = transaction.load(base_stream(command.base), apply_base)
    wanted = CustomerBaseSaved(
        effective_on=origin.today,
        base=command.base,
        name=command.name,
        seller=command.seller,
        choice=command.choice,
    )
    return Decision((Append(base_stream(command.base), version, save_base(existing, wanted)),))


def handle_remove(command: RemoveCustomerBase, transaction: Transaction, origin: Origin) -> Decision:
    existing, version = transaction.load(base_stream(command.base), apply_base)
    return Decision((Append(base_stream(command.base), version, remove_base(existing, command.base, origin.today)),))


HANDLERS: Handlers = {SaveCustomerBase: handle_save, RemoveCustomerBase: handle_remove}
