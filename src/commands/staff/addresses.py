"""Allow networks for everybody, a role or an operator."""

from __future__ import annotations

from billing_core.staff.addresses import (
    EVERYBODY,
    AddressesAllowed,
    allow_addresses,
    apply_networks,
    require_not_locked_out,
)
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction
from commands.staff.operators import load_operator, operator_stream, require_known_roles, role_stream

# --- commands


class AllowAddresses(Command, frozen=True, kw_only=True):
    """From which networks staff may work, instead of an earlier list: everybody, or a `role`, or an `operator`.

    Without networks every address is allowed. A list that would lock out the one who gives it is refused unless it is
    `confirmed`.
    """

    networks: tuple[str, ...] = ()
    role: str = ""
    operator: str = ""
    confirmed: bool = False


# --- handlers


def addresses_stream(whom: str) -> str:
    return f"addresses/{whom}"


def whose_addresses(role: str, operator: str) -> str:
    """The subject of a list, as its event and its stream name it."""
    return role_stream(role) if role else operator_stream(operator) if operator else EVERYBODY


def handle_allow_addresses(command: AllowAddresses, transaction: Transaction, origin: Origin) -> Decision:
    if command.role:
        require_known_roles(transaction, (command.role,))
    if command.operator:
        load_operator(transaction, command.operator)
    whom = whose_addresses(command.role, command.operator)
    if not command.confirmed and _concerns(origin, command):
        require_not_locked_out(origin.source, command.networks)
    known, version = transaction.load(addresses_stream(whom), apply_networks)
    fact = AddressesAllowed(effective_on=origin.today, whom=whom, networks=command.networks)
    return Decision((Append(addresses_stream(whom), version, allow_addresses(known, fact)),))


def _concerns(origin: Origin, command: AllowAddresses) -> bool:
    """Whether its author comes over the network and is one of those for whom the list holds."""
    if origin.channel != "HTTP":
        return False
    if command.role:
        return command.role in origin.role.split(", ")
    return command.operator in ("", origin.actor)


HANDLERS: Handlers = {AllowAddresses: handle_allow_addresses}
