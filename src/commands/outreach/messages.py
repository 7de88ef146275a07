"""Queue a message, cancel it, and try it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from billing_core.kernel.errors import NotFound
from billing_core.outreach.kinds import ChannelName, MessageItem, MessageKind
from billing_core.outreach.messages import Message, apply_message, cancel_message, retry_message
from billing_core.outreach.rendering import Facts
from commands.outreach.addressees import About, NotWritten
from commands.outreach.writing import Wanted, message_stream, write_message
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concern, Concerns, Named
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class QueueMessage(Command, frozen=True, kw_only=True):
    """Write to the customer of an account, a ticket or a contract, or to a customer in a seller's name.

    The seller's terms say whether the kind is sent and by which channels; `channels` are tried instead, in their order.
    `values` are what the kind's template tells, as 120.00 EUR, 2026-03-14 or a text. For one `cause` a customer gets
    one message; what has a cause is left out without an error if the customer cannot be written to.
    """

    kind: MessageKind
    account: str = ""
    customer: str = ""
    ticket: str = ""
    contract: str = ""
    seller: str = ""
    about: str = ""
    cause: str = ""
    channels: tuple[ChannelName, ...] = ()
    values: Mapping[str, str] = msgspec.field(default_factory=dict)
    items: tuple[MessageItem, ...] = ()
    documents: tuple[str, ...] = ()
    send_at: datetime | None = None


class OfMessage(Command, frozen=True, kw_only=True):
    message: str


class CancelMessage(OfMessage, frozen=True, kw_only=True):
    """Do not send a message that waits."""

    reason: str


class RetryMessage(OfMessage, frozen=True, kw_only=True):
    """Send a message that failed at once, with all tries."""


# --- handlers


def load_message(transaction: Transaction, message: str) -> tuple[Message, int]:
    """The message and its version, or `NotFound`."""
    found, version = transaction.load(message_stream(message), apply_message)
    if found is None:
        raise NotFound("no such message; `billing outreach` lists them", field="message", value=message)
    return found, version


def handle_queue(command: QueueMessage, transaction: Transaction, origin: Origin) -> Decision:
    """A message of a person, who names no cause, is one of its own, and says why it cannot be written."""
    wanted = Wanted(
        kind=command.kind,
        about=About(command.account, command.customer, command.ticket, command.contract, command.seller),
        cause=command.cause or f"by hand {origin.command_id}",
        facts=Facts(command.values, command.items),
        subject_matter=command.about,
        channels=command.channels,
        documents=command.documents,
        send_at=command.send_at,
    )
    try:
        written = write_message(wanted, transaction, origin)
    except NotWritten as reason:
        if command.cause:
            return Decision((), {"left_out": str(reason)})
        raise
    return Decision((written.append,) if written.append else (), {"message": written.message})


def handle_cancel(command: CancelMessage, transaction: Transaction, origin: Origin) -> Decision:
    message, version = load_message(transaction, command.message)
    events = cancel_message(message, command.reason, origin.today)
    return Decision((Append(message_stream(command.message), version, events),))


def handle_retry(command: RetryMessage, transaction: Transaction, origin: Origin) -> Decision:
    message, version = load_message(transaction, command.message)
    events = retry_message(message, origin.recorded_at, origin.today)
    return Decision((Append(message_stream(command.message), version, events),))


HANDLERS: Handlers = {
    QueueMessage: handle_queue,
    CancelMessage: handle_cancel,
    RetryMessage: handle_retry,
}
CONCERNS: Concerns = {
    QueueMessage: Concern(
        "named",
        (
            Named("account", ("account",), is_optional=True),
            Named("customer", ("customer",), is_optional=True),
            Named("ticket", ("ticket",), is_optional=True),
            Named("contract", ("contract",), is_optional=True),
        ),
    ),
    CancelMessage: HOUSE,
    RetryMessage: HOUSE,
}
