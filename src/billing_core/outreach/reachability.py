"""By which addresses a customer is not reached: what came back for good is not written to again.

Decides which address is passed over, so that the next message takes another channel. An address belongs to the customer
until a person says that it works, and another address of the customer is another one:

    anna@x.test came back for good          the next message is an SMS, if the kind has that channel
    the customer has anna@y.test now        e-mail again
    anna@x.test works, says a person        e-mail again
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.outreach.kinds import ChannelName
from billing_core.outreach.messages import Message

# --- events


@event("address-unreachable")
class AddressUnreachable(Event, frozen=True, kw_only=True):
    """From now on nothing is sent to an address of a customer: a message to it came back for good."""

    customer: PersonNumber
    channel: ChannelName
    reason: str
    address: Personal[str] = ""


@event("address-reachable")
class AddressReachable(Event, frozen=True, kw_only=True):
    """The address is written to again."""

    customer: PersonNumber
    channel: ChannelName
    address: Personal[str] = ""


# --- state

Unreachable = frozenset[str]


def apply_reachability(state: Unreachable | None, fact: Event) -> Unreachable:
    """The addresses by which a customer is not reached."""
    state = state or frozenset()
    match fact:
        case AddressUnreachable():
            return state | {fact.address}
        case AddressReachable():
            return state - {fact.address}
    return state


# --- decisions


def mark_unreachable(known: Unreachable, message: Message, reason: str, on: date) -> Sequence[Event]:
    """The address of a message that came back; push goes to no address."""
    its = message.queued
    if its.channel == "push" or not its.recipient or its.recipient in known:
        return []
    return [AddressUnreachable(effective_on=on, customer=its.customer, channel=its.channel, reason=reason,
                               address=its.recipient)]  # fmt: skip


def mark_reachable(known: Unreachable, fact: AddressReachable) -> Sequence[Event]:
    """An address that is written to anyway changes nothing."""
    return [fact] if fact.address in known else []
