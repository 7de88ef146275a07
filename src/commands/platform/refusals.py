"""Refusals: commands of reactions and wake-ups that a rule refused, or that could not be made of their cause.

They stand in a list until a person settles them: gives them again (`giving.retry`), or overrules them. No row
is removed: by whom, when and why it was settled stays on record.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

import msgspec

from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.parties import require_text
from commands.platform.causes import Cause, CauseKind

FAULT = "fault"

# --- values


class Refusal(msgspec.Struct, frozen=True):
    """Why nothing came of a cause.

    `command` is empty if none could be made of it; the code `fault` is an error of the program.
    """

    cause: Cause
    command: str
    code: str
    reason: str
    refused_at: datetime


class RefusedCommand(msgspec.Struct, frozen=True):
    """A refusal as it is listed, with how it was settled, by whom, when and why; not settled if that is None."""

    number: int
    cause: Cause
    command: str
    code: str
    reason: str
    refused_at: datetime
    attempts: int
    settlement: str | None
    settled_by: str | None
    settled_at: datetime | None
    settled_reason: str | None


class Settlement(NamedTuple):
    """How a refusal was settled."""

    how: Literal["applied", "overruled"]
    by: str
    at: datetime
    reason: str = ""


class RefusedCommands(Protocol):
    """The list of refusals."""

    def listed(self, kind: CauseKind, *, is_settled: bool = False) -> Sequence[RefusedCommand]:
        """The refusals of reactions or of wake-ups, in order of number: those to be settled, or those settled."""

    def refuse(self, refusal: Refusal) -> None:
        """Note a refusal; one of the same cause is replaced and its attempts counted."""

    def settle(self, number: int, settlement: Settlement) -> None:
        """Note how a refusal was settled."""


# --- settling by hand


def overrule(listed: RefusedCommand, refused: RefusedCommands, by: str, at: datetime, reason: str) -> None:
    """Decide that a refused command is not to be applied, for a reason."""
    require_text(reason, "reason")
    refused.settle(listed.number, Settlement("overruled", by, at, reason))


def refusal_numbered(refused: RefusedCommands, kind: CauseKind, number: int) -> RefusedCommand:
    """The refusal of this number that is not settled yet."""
    for listed in refused.listed(kind):
        if listed.number == number:
            return listed
    for listed in refused.listed(kind, is_settled=True):
        if listed.number == number:
            raise RuleViolation(
                f"was {listed.settlement} by {listed.settled_by} at {listed.settled_at:%Y-%m-%d %H:%M}",
                field=f"refused {kind}",
                value=number,
            )
    raise NotFound("no such number in the list of refusals", field=f"refused {kind}", value=number)
