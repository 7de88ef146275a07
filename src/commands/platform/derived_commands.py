"""Commands that no person gives: a reaction's and a wake-up's, with ids that are derived from what caused them.

The id is the hash of the cause, so a command that is given twice, by two processes or again after a crash, is applied
once: the store keeps every id it has applied. Worked example: the reaction `promise-kept` to the event at position 17
always has the command id uuid5(namespace, '["reaction","promise-kept","17"]').

A command that a rule refuses, or that cannot be made of its cause, is a `Refusal`: a row of a list, which a person
retries or overrules. An unreachable database is none: it is raised, and the same is tried again later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple, Protocol
from uuid import UUID, uuid5

import msgspec

from billing_core.kernel.errors import BillingError, ConnectionLost, NotFound, RuleViolation, Unavailable
from billing_core.parties import require_text
from commands.platform.bus import Bus, Command, OutcomeUnknown
from commands.platform.ports import ClaimTaken, CommandIdReused, Origin, VersionConflict

NAMESPACE = UUID("5f3c1c9e-6a0d-5b8f-9d43-0a7f1f6f2b11")
SYSTEM = "system"
MOST_TRIES = 20
FAULT = "fault"

CauseKind = Literal["reaction", "wake-up"]
MakeCommand = Callable[[], Command | None]

# --- values


class Cause(msgspec.Struct, frozen=True):
    """What a command comes from: the event at a position that a reaction reacts to, or a deadline that has come.

    `name` is the reaction's name or the deadline's kind.
    """

    kind: CauseKind
    name: str
    stream: str
    position: int | None = None
    subject: str = ""
    due_on: date | None = None

    @property
    def command_id(self) -> UUID:
        if self.kind == "reaction":
            return derived_id(self.kind, self.name, str(self.position))
        return derived_id(self.kind, self.stream, self.name, self.subject, str(self.due_on))


class Refusal(msgspec.Struct, frozen=True):
    """Why nothing came of a cause. `command` is empty if none could be made; the code `fault` is an error of the
    program."""

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


# --- giving a command


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


def give(bus: Bus, cause: Cause, make: MakeCommand, origin: Origin) -> Refusal | None:
    """Make a cause's command and apply it once; why it was refused, or None.

    An id that was used for another content is the same cause's command, made by another version of the program: it
    was applied.
    """
    command: Command | None = None
    try:
        command = make()
        if command is not None:
            _execute(bus, command, origin)
    except CommandIdReused:
        return None
    except OutcomeUnknown as error:
        raise ConnectionLost(str(error)) from error
    except Unavailable:
        raise
    except BillingError as error:
        return _refusal(cause, command, error.code, str(error), origin.recorded_at)
    except Exception as error:
        return _refusal(cause, command, FAULT, f"{type(error).__name__}: {error}", origin.recorded_at)
    return None


def _execute(bus: Bus, command: Command, origin: Origin) -> None:
    """A command that others keep overtaking is given again and again, for no person waits for it."""
    for _ in range(MOST_TRIES - 1):
        try:
            bus.execute(command, origin)
        except (VersionConflict, ClaimTaken):
            continue
        return
    bus.execute(command, origin)


def _refusal(cause: Cause, command: Command | None, code: str, reason: str, at: datetime) -> Refusal:
    return Refusal(cause, "" if command is None else type(command).__name__, code, reason, at)


# --- settling by hand


def retry(
    listed: RefusedCommand, bus: Bus, make: MakeCommand, origin: Origin, refused: RefusedCommands
) -> Refusal | None:
    """Give a refused command again as of now; why it is refused still, or None if it was applied."""
    refusal = give(bus, listed.cause, make, origin)
    if refusal is None:
        refused.settle(listed.number, Settlement("applied", origin.actor, origin.recorded_at))
    else:
        refused.refuse(refusal)
    return refusal


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
