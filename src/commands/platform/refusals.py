"""Refusals: commands of reactions and wake-ups that a rule refused, or that could not be made of their cause.

They stand in a list until a person settles them: gives them again (`giving.retry`), or overrules them. No row
is removed: by whom, when and why it was settled stays on record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

import msgspec

from billing_core.kernel.errors import Conflict, NotFound, RuleViolation
from billing_core.parties.details import require_text
from commands.platform.causes import Cause, CauseKind

FAULT = "fault"
TOOK_TOO_LONG = "took-too-long"

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

    def only_settler(self, number: int) -> AbstractContextManager[bool]:
        """Keep others from settling a refusal; False while somebody else does."""

    def settle(self, number: int, settlement: Settlement) -> None:
        """Note how a refusal was settled; a `Conflict` if it was settled before."""


# --- settling by hand


def overrule(listed: RefusedCommand, refused: RefusedCommands, by: str, at: datetime, reason: str) -> None:
    """Decide that a refused command is not to be applied, for a reason."""
    require_text(reason, "reason")
    with settling(listed, refused):
        refused.settle(listed.number, Settlement("overruled", by, at, reason))


@contextmanager
def settling(listed: RefusedCommand, refused: RefusedCommands) -> Iterator[None]:
    """One person settles a refusal at a time, and only if it is not settled yet."""
    kind, number = listed.cause.kind, listed.number
    with refused.only_settler(number) as is_alone:
        if not is_alone:
            raise Conflict("somebody else settles it at the moment; look at the list again", field=f"refused {kind}",
                           value=number)  # fmt: skip
        refusal_numbered(refused, kind, number)
        yield


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
