"""By which addresses a customer is not reached, and that one of them works again."""

from __future__ import annotations

from billing_core.outreach.kinds import ChannelName
from billing_core.outreach.reachability import AddressReachable, Unreachable, apply_reachability, mark_reachable
from commands.parties import load_customer
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction


class MarkReachable(Command, frozen=True, kw_only=True):
    """Write to an address of a customer again from which a message came back."""

    customer: str
    channel: ChannelName
    address: str


def reachability_stream(customer: str) -> str:
    return f"reachability/{customer}"


def load_unreachable(transaction: Transaction, customer: str) -> tuple[Unreachable, int]:
    """The addresses by which a customer is not reached."""
    known, version = transaction.load(reachability_stream(customer), apply_reachability)
    return known or frozenset(), version


def handle_mark_reachable(command: MarkReachable, transaction: Transaction, origin: Origin) -> Decision:
    load_customer(transaction, command.customer)
    known, version = load_unreachable(transaction, command.customer)
    fact = AddressReachable(
        effective_on=origin.today, customer=command.customer, channel=command.channel, address=command.address
    )
    return Decision((Append(reachability_stream(command.customer), version, mark_reachable(known, fact)),))


HANDLERS: Handlers = {MarkReachable: handle_mark_reachable}
