"""Bulk messages: the same text to many customers, slowly, never twice to one, until all have it or it is stopped.

Decides what may be started and how it goes on; who is written to and by which channel is decided for each customer
when it is that customer's turn. Customers come in order of number, some at a time; the place is a fact:

    10:00   started, 90 a minute, 200 customers    nothing yet
    10:00   advanced to C-0094                     80 messages, 10 left out: 10 have not agreed; goes on at 10:01
    10:01   advanced to C-0188                     90 messages; goes on at 10:02
    10:02   advanced to C-0204, completed          20 messages

The messages of a step and its place are written as a whole, so whatever crashes, a step is done once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from billing_core.kernel.errors import AlreadyExists, InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.languages import LANGUAGES
from billing_core.outreach.bases import CustomerChoice, require_code
from billing_core.outreach.kinds import CHANNELS, MOST_VALUE, ChannelName, MessageKind

MOST_PER_MINUTE = 6_000
MOST_AT_ONCE = 500
MOST_SUBJECT = 200
MOST_FIRST_LINE = 100
BULK: MessageKind = "bulk"
BulkState = Literal["running", "stopped", "completed"]

# --- values and events


class BulkText(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is written to customers of a language; SMS and push have no subject."""

    language: str
    text: str
    subject: str = ""

    def values(self) -> dict[str, str]:
        """What the template of a bulk message tells; without a subject the first words of the text."""
        return {"subject": self.subject or self.text.strip().splitlines()[0][:MOST_FIRST_LINE], "text": self.text}


@event("bulk-message-started")
class BulkMessageStarted(Event, frozen=True, kw_only=True):
    """From now on the customers of a base are written to, so many a minute.

    `base` and `choice` are those of the start: a base that is changed later changes nothing. A customer gets the text
    of the own language, else the first one. `expected` is how many customers the base had.
    """

    bulk_message: str
    seller: str
    base: str
    choice: CustomerChoice
    texts: tuple[BulkText, ...]
    per_minute: int
    expected: int
    channels: tuple[ChannelName, ...] = ()


@event("bulk-message-advanced")
class BulkMessageAdvanced(Event, frozen=True, kw_only=True):
    """All customers up to a number had their turn: so many messages were queued, and others left out, by reason.

    It goes on at `next_at`; without it, it was the last step.
    """

    bulk_message: str
    reached: str
    queued: int
    left_out: dict[str, int]
    next_at: datetime | None = None


@event("bulk-message-stopped")
class BulkMessageStopped(Event, frozen=True, kw_only=True):
    """Nobody else is written to; what waits to be sent is cancelled with it."""

    bulk_message: str
    reason: str


@event("bulk-message-completed")
class BulkMessageCompleted(Event, frozen=True, kw_only=True):
    """Every customer of the base had the turn."""

    bulk_message: str
    queued: int
    left_out: int


# --- state


class BulkMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A bulk message as it now is."""

    started: BulkMessageStarted
    state: BulkState = "running"
    reached: str = ""
    queued: int = 0
    left_out: Mapping[str, int] = {}
    next_at: datetime | None = None
    reason: str = ""


def apply_bulk(bulk: BulkMessage | None, fact: Event) -> BulkMessage | None:
    """The bulk message after an event of its stream."""
    if isinstance(fact, BulkMessageStarted):
        return BulkMessage(started=fact)
    if bulk is None:
        return None
    match fact:
        case BulkMessageAdvanced():
            return msgspec.structs.replace(
                bulk, reached=fact.reached, queued=bulk.queued + fact.queued,
                left_out=added(bulk.left_out, fact.left_out), next_at=fact.next_at,
            )  # fmt: skip
        case BulkMessageStopped():
            return msgspec.structs.replace(bulk, state="stopped", reason=fact.reason, next_at=None)
        case BulkMessageCompleted():
            return msgspec.structs.replace(bulk, state="completed", next_at=None)
    return bulk


def added(some: Mapping[str, int], others: Mapping[str, int]) -> dict[str, int]:
    """Counts by reason together."""
    return {reason: some.get(reason, 0) + others.get(reason, 0) for reason in sorted({*some, *others})}


# --- decisions


def start_bulk(existing: BulkMessage | None, wanted: BulkMessageStarted) -> list[Event]:
    """A code is used once, so that nobody is written to twice by mistake."""
    require_code(wanted.bulk_message, "bulk_message")
    require_texts(wanted.texts, wanted.channels)
    if not 1 <= wanted.per_minute <= MOST_PER_MINUTE:
        raise InvalidValue(f"must be 1 to {MOST_PER_MINUTE:,}", field="per_minute", value=wanted.per_minute)
    if existing is not None:
        raise AlreadyExists("was started already; choose another code", field="bulk_message",
                            value=wanted.bulk_message)  # fmt: skip
    return [wanted]


def stop_bulk(bulk: BulkMessage, reason: str, on: date) -> list[Event]:
    """One that has ended changes nothing by being stopped a second time; a complete one cannot be stopped."""
    if bulk.state == "stopped":
        return []
    if bulk.state == "completed":
        raise RuleViolation("is complete, so there is nothing to stop", field="bulk_message",
                            value=bulk.started.bulk_message)  # fmt: skip
    if not reason.strip():
        raise InvalidValue("must not be empty", field="reason", value=reason)
    return [BulkMessageStopped(effective_on=on, bulk_message=bulk.started.bulk_message, reason=reason)]


def require_texts(texts: Sequence[BulkText], channels: Sequence[ChannelName]) -> None:
    """A text in one language or more, each once."""
    if not texts:
        raise InvalidValue("must be written in one language at least", field="texts", value="")
    seen: set[str] = set()
    for each in texts:
        if each.language not in LANGUAGES or each.language in seen:
            raise InvalidValue(f"must be one of {', '.join(LANGUAGES)}, each once", field="language",
                               value=each.language)  # fmt: skip
        seen.add(each.language)
        if not each.text.strip() or len(each.text) > MOST_VALUE:
            raise InvalidValue(f"must have 1 to {MOST_VALUE:,} characters", field="text", value=each.text[:40])
        if len(each.subject) > MOST_SUBJECT or not each.subject.isprintable():
            raise InvalidValue(f"must be one line of at most {MOST_SUBJECT} characters", field="subject",
                               value=each.subject[:40])  # fmt: skip
    if not set(channels) <= {*CHANNELS} or len(set(channels)) < len(channels):
        raise InvalidValue(f"must be some of {', '.join(CHANNELS)}, each once", field="channels",
                           value=", ".join(channels))  # fmt: skip


def text_for(texts: Sequence[BulkText], languages: Sequence[str]) -> BulkText:
    """The text of the first language of a customer that has one, else the first text."""
    by_language = {each.language: each for each in texts}
    return next((by_language[each] for each in languages if each in by_language), texts[0])


class Step(msgspec.Struct, frozen=True):
    """What became of some customers: up to which number, and `is_last` if nobody comes after them."""

    reached: str
    queued: int
    left_out: Mapping[str, int]
    is_last: bool


def step_size(per_minute: int) -> int:
    """How many customers have their turn at once."""
    return min(per_minute, MOST_AT_ONCE)


def next_step_at(per_minute: int, now: datetime) -> datetime:
    """When the next ones have it: 90 a minute, 90 at once, so a minute later; 6,000 a minute, 500 every 5 seconds."""
    return now + timedelta(minutes=1) * step_size(per_minute) / per_minute


def advance_bulk(bulk: BulkMessage, step: Step, next_at: datetime, on: date) -> list[Event]:
    """The events of a step."""
    code = bulk.started.bulk_message
    advanced = BulkMessageAdvanced(
        effective_on=on, bulk_message=code, reached=step.reached or bulk.reached, queued=step.queued,
        left_out=dict(step.left_out), next_at=None if step.is_last else next_at,
    )  # fmt: skip
    if not step.is_last:
        return [advanced]
    left_out = sum(added(bulk.left_out, step.left_out).values())
    queued = bulk.queued + step.queued
    return [advanced, BulkMessageCompleted(effective_on=on, bulk_message=code, queued=queued, left_out=left_out)]
