"""Causes of commands that no person gives: the event of a reaction, or the deadline of a wake-up.

The command's id is a hash of its cause, so a command that is given twice, by two processes or again after a crash, is
applied once: the store keeps every id it has applied. Worked example: the reaction `keep-promise` to the event at
position 17 always has the command id uuid5(namespace, '["reaction","keep-promise","17"]').
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID, uuid5

import msgspec

from commands.platform.bus import SYSTEM
from commands.platform.ports import Origin

NAMESPACE = UUID("5f3c1c9e-6a0d-5b8f-9d43-0a7f1f6f2b11")

CauseKind = Literal["reaction", "wake-up"]


class Cause(msgspec.Struct, frozen=True):
    """The cause of a command: the event at a position that a reaction reacts to, or a deadline that has come.

    `name` is the reaction's name or the deadline's kind; `due_at` the instant of a deadline that has one.
    """

    kind: CauseKind
    name: str
    stream: str
    position: int | None = None
    subject: str = ""
    due_on: date | None = None
    due_at: datetime | None = None

    @property
    def command_id(self) -> UUID:
        if self.kind == "reaction":
            return derived_id(self.kind, self.name, str(self.position))
        at = () if self.due_at is None else (self.due_at.astimezone(UTC).isoformat(),)
        return derived_id(self.kind, self.stream, self.name, self.subject, str(self.due_on), *at)


def derived_id(*parts: str) -> UUID:
    """The id that these parts always give."""
    return uuid5(NAMESPACE, msgspec.json.encode(parts).decode())


def origin_of_cause(
    cause: Cause, now: datetime, today: date, causation: str = "", correlation: str = "", actor: str | None = None
) -> Origin:
    """The origin of a cause's command: the program itself, unless a person retries it.

    `causation` is the id of the command that the event came from, `correlation` that of its larger whole; an event
    without them, and a deadline, begin a whole of their own.
    """
    command_id = cause.command_id
    return Origin(
        actor=actor or f"{cause.kind} {cause.name}",
        role="operator" if actor else SYSTEM,
        channel=cause.kind,
        source=cause.name,
        command_id=command_id,
        correlation_id=UUID(correlation) if correlation else command_id,
        recorded_at=now,
        today=today,
        causation_id=UUID(causation) if causation else None,
    )
