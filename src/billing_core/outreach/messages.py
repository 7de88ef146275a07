"""A message: one kind of news for one customer by one channel, from the queue to its end.

Decides what may happen to a message in which state, and that it is never queued twice: the same kind for the same
cause, customer and channel is a claim. What it says is personal, and goes when the customer is forgotten.

    queued -> sent -> delivered | bounced, and answered
    queued -> failed, again at 10:05 (waits) -> sent
    queued -> failed for the last time (a dead letter) -> retried by a person: queued again
    queued -> cancelled
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.outreach.kinds import ChannelName, MessageKind

MESSAGE_CLAIM = "message"
MessageState = Literal["queued", "waiting", "failed", "sent", "delivered", "bounced", "cancelled"]
# Of these the words are still to be sent, by themselves or after a person has retried it.
UNSENT: frozenset[MessageState] = frozenset({"queued", "waiting", "failed"})

# --- events


@event("message-queued")
class MessageQueued(Event, frozen=True, kw_only=True):
    """A message is to be sent at `send_at` or soon after.

    `cause` names what it follows from, such as `invoice 26005219`, and makes it once; `about` what it tells of, for
    people. `template_version` is 0 for a ready-made one. `documents` are the numbers of those that go with it as PDF.
    `consent` is the purpose to which the customer agreed, for advertising.
    """

    customer: PersonNumber
    seller: str
    kind: MessageKind
    channel: ChannelName
    cause: str
    send_at: datetime
    language: str
    recipient: Personal[str]
    text: Personal[str]
    subject: Personal[str] = ""
    html: Personal[str] = ""
    account: str = ""
    about: str = ""
    template_version: int = 0
    documents: tuple[str, ...] = ()
    consent: str = ""

    def claims(self, stream: str) -> tuple[Claim, ...]:
        return (Claim(MESSAGE_CLAIM, claim_key(self.kind, self.cause, self.customer, self.channel), stream, ""),)


@event("message-sent")
class MessageSent(Event, frozen=True, kw_only=True):
    """The other side took it. `parts` and `cost` are of an SMS.

    `reference` is that by which it reports on the message, of a letter the batch.
    """

    attempt: int
    reference: str = ""
    parts: int = 1
    cost: Money | None = None


@event("message-failed")
class MessageFailed(Event, frozen=True, kw_only=True):
    """A try did not succeed. It is tried again at `again_at`; without it nobody tries any more: a dead letter."""

    attempt: int
    reason: str
    again_at: datetime | None = None


@event("message-retried")
class MessageRetried(Event, frozen=True, kw_only=True):
    """A dead letter is sent again, with all tries."""

    send_at: datetime


@event("message-delivered")
class MessageDelivered(Event, frozen=True, kw_only=True):
    """It reached the recipient's device or mailbox, as the other side reports."""

    at: datetime


@event("message-bounced")
class MessageBounced(Event, frozen=True, kw_only=True):
    """It was taken, but came back: the recipient is not reached by it."""

    reason: str
    is_permanent: bool = True


@event("message-answered")
class MessageAnswered(Event, frozen=True, kw_only=True):
    """The recipient wrote back."""

    customer: PersonNumber
    text: Personal[str] = ""


@event("message-cancelled")
class MessageCancelled(Event, frozen=True, kw_only=True):
    """It is not sent."""

    reason: str


def claim_key(kind: str, cause: str, customer: str, channel: str) -> str:
    """By which a message is never queued twice: `invoice email 104217 invoice 26005219`."""
    return f"{kind} {channel} {customer} {cause}"


# --- state


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it now is: what was queued, how often it was tried, and what became of it."""

    queued: MessageQueued
    state: MessageState = "queued"
    send_at: datetime
    attempts: int = 0
    reason: str = ""
    reference: str = ""
    answers: int = 0


def _failed(fact: MessageFailed) -> dict[str, Any]:
    tried = {"attempts": fact.attempt, "reason": fact.reason}
    return tried | ({"state": "failed"} if fact.again_at is None else {"state": "waiting", "send_at": fact.again_at})


# The fields of a message that each event changes; an answer changes how many there are.
CHANGES: dict[type[Event], Callable[[Any], dict[str, Any]]] = {
    MessageSent: lambda fact: {"state": "sent", "attempts": fact.attempt, "reference": fact.reference, "reason": ""},
    MessageFailed: _failed,
    MessageRetried: lambda fact: {"state": "queued", "attempts": 0, "reason": "", "send_at": fact.send_at},
    MessageDelivered: lambda fact: {"state": "delivered"},
    MessageBounced: lambda fact: {"state": "bounced", "reason": fact.reason},
    MessageCancelled: lambda fact: {"state": "cancelled", "reason": fact.reason},
}


def apply_message(message: Message | None, fact: Event) -> Message | None:
    """The message after an event of its stream."""
    if isinstance(fact, MessageQueued):
        return Message(queued=fact, send_at=fact.send_at)
    if message is None:
        return None
    if isinstance(fact, MessageAnswered):
        return msgspec.structs.replace(message, answers=message.answers + 1)
    change = CHANGES.get(type(fact))
    return msgspec.structs.replace(message, **change(fact)) if change else message


# --- decisions


def cancel_message(message: Message, reason: str, on: date) -> list[Event]:
    """A message that was not sent yet is not sent any more; a second time it changes nothing."""
    if message.state == "cancelled":
        return []
    if message.state not in UNSENT:
        raise RuleViolation("was sent already and cannot be cancelled", field="message", value=message.state)
    return [MessageCancelled(effective_on=on, reason=reason)]


def retry_message(message: Message, send_at: datetime, on: date) -> list[Event]:
    """A message that failed, or waits for its next try, is sent at once; one that is about to be sent stays so."""
    if message.state == "queued":
        return []
    if message.state not in ("waiting", "failed"):
        raise RuleViolation("did not fail, so there is nothing to try again", field="message", value=message.state)
    return [MessageRetried(effective_on=on, send_at=send_at)]
