"""The exports of an area on the floor of commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from billing_core.kernel.errors import DeclaredTwice
from commands.platform.bus import Handlers
from commands.platform.concerns import Concerns
from commands.platform.reactions import Reaction
from commands.platform.wakes import WakeHandlers

Value = TypeVar("Value")


class Area(msgspec.Struct, frozen=True):
    """Handlers of commands, and what they concern unless their fields say it (`commands.platform.concerns`).

    `reactions` make commands of events by themselves, `wakes` of deadlines that have come, by their kind.
    """

    handlers: Handlers = {}
    concerns: Concerns = {}
    reactions: Sequence[Reaction] = ()
    wakes: WakeHandlers = {}


def handlers_of(areas: Iterable[Area]) -> Handlers:
    """The handlers of all areas; a command is given by its name, so each name is one command of one area."""
    declared = [(command, handler) for area in areas for command, handler in area.handlers.items()]
    _by_name("command", ((command.__name__, command) for command, _ in declared))
    return dict(declared)


def reactions_of(areas: Iterable[Area]) -> tuple[Reaction, ...]:
    """The reactions of all areas; a checkpoint is known by its reaction's name, so each name is given once."""
    declared = (reaction for area in areas for reaction in area.reactions)
    return tuple(_by_name("reaction", ((reaction.name, reaction) for reaction in declared)).values())


def wakes_of(areas: Iterable[Area]) -> WakeHandlers:
    """The handlers of all areas by the kind of deadline, each of which belongs to one area."""
    return _by_name("wake-up", (pair for area in areas for pair in area.wakes.items()))


def _by_name(what: str, declared: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, value in declared:
        if name in found:
            raise DeclaredTwice(f"{what} {name}")
        found[name] = value
    return found
