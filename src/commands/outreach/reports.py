"""Note what became of messages that were sent: delivered, come back, answered."""

from __future__ import annotations

from datetime import datetime

from billing_core.outreach.reachability import mark_unreachable
from billing_core.outreach.reports import note_answered, note_bounced, note_delivered
from commands.outreach.messages import OfMessage, load_message
from commands.outreach.reachability import load_unreachable, reachability_stream
from commands.outreach.writing import message_stream
from commands.platform.bus import Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class NoteMessageDelivered(OfMessage, frozen=True, kw_only=True):
    """A message reached its recipient, by default now. The channel's report gives it by itself."""

    at: datetime | None = None


class NoteMessageBounced(OfMessage, frozen=True, kw_only=True):
    """A message came back. If that is for good, its address is not written to again until a person says so."""

    reason: str
    is_permanent: bool = True


class NoteMessageAnswered(OfMessage, frozen=True, kw_only=True):
    """The recipient of a message wrote back."""

    text: str


# --- handlers


def handle_delivered(command: NoteMessageDelivered, transaction: Transaction, origin: Origin) -> Decision:
    message, version = load_message(transaction, command.message)
    events = note_delivered(message, command.at or origin.recorded_at, origin.today)
    return Decision((Append(message_stream(command.message), version, events),))


def handle_bounced(command: NoteMessageBounced, transaction: Transaction, origin: Origin) -> Decision:
    message, version = load_message(transaction, command.message)
    events = note_bounced(message, command.reason, origin.today, is_permanent=command.is_permanent)
    appends = [Append(message_stream(command.message), version, events)]
    if events and command.is_permanent:
        customer = message.queued.customer
        known, at_version = load_unreachable(transaction, customer)
        marked = mark_unreachable(known, message, command.reason, origin.today)
        appends.append(Append(reachability_stream(customer), at_version, marked))
    return Decision(tuple(appends))


def handle_answered(command: NoteMessageAnswered, transaction: Transaction, origin: Origin) -> Decision:
    message, version = load_message(transaction, command.message)
    events = note_answered(message, command.text, origin.today)
    return Decision((Append(message_stream(command.message), version, events),))


HANDLERS: Handlers = {
    NoteMessageDelivered: handle_delivered,
    NoteMessageBounced: handle_bounced,
    NoteMessageAnswered: handle_answered,
}
