"""What the other side reports on a message that was sent: it was delivered, came back, or was answered.

Decides what a report changes. Reports come late, twice and in any order: the last word on a message that came back is
that it came back, and what is reported again changes nothing.

    sent        delivered -> delivered        bounced -> bounced
    delivered   delivered -> nothing          bounced -> bounced: an e-mail was taken by a server on its way
    bounced     delivered -> nothing          bounced -> nothing
    queued      refused: it was not sent
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from billing_core.outreach.messages import (
    Message,
    MessageAnswered,
    MessageBounced,
    MessageDelivered,
    MessageState,
)

REPORTABLE: frozenset[MessageState] = frozenset({"sent", "delivered", "bounced"})
MOST_REASON = 200
MOST_ANSWER = 4_000


def note_delivered(message: Message, at: datetime, on: date) -> Sequence[Event]:
    """It reached the recipient; what came back did not."""
    _require_sent(message)
    return [MessageDelivered(effective_on=on, at=at)] if message.state == "sent" else []


def note_bounced(message: Message, reason: str, on: date, *, is_permanent: bool) -> Sequence[Event]:
    """It came back; a delay or a full mailbox is not permanent."""
    _require_sent(message)
    if message.state == "bounced":
        return []
    return [MessageBounced(effective_on=on, reason=reason[:MOST_REASON], is_permanent=is_permanent)]


def note_answered(message: Message, text: str, on: date) -> Sequence[Event]:
    """The recipient wrote back."""
    _require_sent(message)
    return [MessageAnswered(effective_on=on, customer=message.queued.customer, text=text[:MOST_ANSWER])]


def _require_sent(message: Message) -> None:
    if message.state not in REPORTABLE:
        raise RuleViolation("was not sent, so nothing can be reported on it", field="message", value=message.state)
