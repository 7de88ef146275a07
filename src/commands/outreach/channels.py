"""The port of channels: by e-mail, SMS or push, some messages are sent at once, and each has an outcome.

A channel raises for no message: it answers for each, and the others go on. While the other side as a whole takes
nothing, messages are `Postponed`: they stay as they are, and the channel is asked again after a pause.

    three mails, the second to an address that does not exist, the third when the server has gone away
    -> Taken, Refused("550 5.1.1"), Postponed("the mail server is unavailable")
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from billing_core.kernel.money import Money
from billing_core.outreach.kinds import ChannelName, MessageKind


class OutgoingMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message as a channel sends it. `message` is its UUID, the same at every try; `attempt` counts from 1.

    `queued_at` is its date for the recipient. `documents` are the numbers of those that go with it as PDF, of
    `account`.
    """

    message: str
    customer: str
    seller: str
    kind: MessageKind
    channel: ChannelName
    recipient: str
    subject: str
    text: str
    html: str
    language: str
    queued_at: datetime
    account: str = ""
    documents: tuple[str, ...] = ()
    consent: str = ""
    attempt: int = 1


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """The other side took it; `reference` is by what it reports on it later. `parts` and `cost` are of an SMS."""

    reference: str = ""
    parts: int = 1
    cost: Money | None = None


class Unsent(msgspec.Struct, frozen=True):
    """It was not taken now, or it is unknown: it is tried again later."""

    reason: str


class Refused(msgspec.Struct, frozen=True):
    """It is never taken: a dead letter at once."""

    reason: str


class Postponed(msgspec.Struct, frozen=True):
    """It was not tried, since the channel as a whole takes nothing now."""

    reason: str


Outcome = Taken | Unsent | Refused | Postponed


class Channel(Protocol):
    """A way to send messages."""

    @property
    def name(self) -> ChannelName: ...

    def send(self, batch: Sequence[OutgoingMessage]) -> Sequence[Outcome]:
        """Send some messages; the outcome of each, in their order. Many may be under way at once."""

    def close(self) -> None:
        """Let go of what is open."""
