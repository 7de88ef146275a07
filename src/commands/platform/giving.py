"""Gives the commands of causes. A refusal of a rule, or a fault of the program, is recorded; the others continue.

An unreachable database refuses nothing: its error is raised, and the same command is given again later. A command that
takes too long would take too long again, and keep all others waiting: it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from billing_core.kernel.errors import BillingError, TookTooLong, Unavailable
from commands.platform.bus import Bus, Command
from commands.platform.causes import Cause
from commands.platform.ports import ClaimTaken, CommandIdReused, Origin, VersionConflict
from commands.platform.refusals import (
    FAULT,
    TOOK_TOO_LONG,
    Refusal,
    RefusedCommand,
    RefusedCommands,
    Settlement,
    settling,
)

MOST_TRIES = 20

# The events of a longer transaction would be shown later, and more would be decided again if one of them fails.
MOST_TOGETHER = 25

MakeCommand = Callable[[], Command | None]


class Caused(NamedTuple):
    """A cause, how its command is made, and the command's origin."""

    cause: Cause
    make: MakeCommand
    origin: Origin


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
    except TookTooLong as error:
        return _refusal(cause, command, TOOK_TOO_LONG, str(error), origin.recorded_at)
    except Unavailable:
        raise
    except BillingError as error:
        return _refusal(cause, command, error.code, str(error), origin.recorded_at)
    except Exception as error:
        return _refusal(cause, command, FAULT, f"{type(error).__name__}: {error}", origin.recorded_at)
    return None


def give_all(bus: Bus, caused: Sequence[Caused]) -> list[Refusal]:
    """Make and apply the commands of causes in their order, so many in one transaction; those that were refused.

    If one of them fails, or somebody else changed what they rest on, each of them is given alone.

        three payments of three accounts    one transaction with three commands, and three ids that were applied
        the second one is refused           the first and the third are applied, the second is listed
    """
    refused: list[Refusal] = []
    for first in range(0, len(caused), MOST_TOGETHER):
        some = caused[first : first + MOST_TOGETHER]
        if len(some) < 2 or not _are_given_together(bus, some):
            refused += [refusal for each in some if (refusal := give(bus, *each)) is not None]
    return refused


def _are_given_together(bus: Bus, caused: Sequence[Caused]) -> bool:
    try:
        made = [(each.make(), each.origin) for each in caused]
        bus.execute_together([(command, origin) for command, origin in made if command is not None])
    except Exception:
        return False  # Given alone, each says what is wrong with it; or the database is still away.
    return True


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


def retry(
    listed: RefusedCommand, bus: Bus, make: MakeCommand, origin: Origin, refused: RefusedCommands
) -> Refusal | None:
    """Give a refused command again as of now; why it is refused still, or None if it was applied."""
    with settling(listed, refused):
        refusal = give(bus, listed.cause, make, origin)
        if refusal is None:
            refused.settle(listed.number, Settlement("applied", origin.actor, origin.recorded_at))
        else:
            refused.refuse(refusal)
    return refusal
