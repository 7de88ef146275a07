"""The exports of an area on the floor of commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from commands.platform.bus import Handlers
from commands.platform.reactions import Reaction
from commands.platform.wakes import WakeHandler, WakeHandlers


class DeclaredTwice(Exception):
    """Two areas declare a reaction or a wake-up of one name: a fault of the program, found as it starts."""


class Area(msgspec.Struct, frozen=True):
    """Handlers of commands.

    `reactions` make commands of events by themselves, `wakes` of deadlines that have come, by their kind.
    """

    handlers: Handlers = {}
    reactions: Sequence[Reaction] = ()
    wakes: WakeHandlers = {}


def reactions_of(areas: Iterable[Area]) -> tuple[Reaction, ...]:
    """The reactions of all areas; a checkpoint is known by its reaction's name, so each name is given once."""
    found = {}
    for reaction in (reaction for area in areas for reaction in area.reactions):
        if reaction.name in found:
            raise DeclaredTwice(f"reaction {reaction.name}")
        found[reaction.name] = reaction
    return tuple(found.values())


def wakes_of(areas: Iterable[Area]) -> WakeHandlers:
    """The handlers of all areas by the kind of deadline, each of which belongs to one area."""
    found: dict[str, WakeHandler] = {}
    for kind, handler in (pair for area in areas for pair in area.wakes.items()):
        if kind in found:
            raise DeclaredTwice(f"wake-up {kind}")
        found[kind] = handler
    return found
