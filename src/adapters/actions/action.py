"""What an action is, what it is done on, and which actions there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

import msgspec

from adapters.areas import exported
from adapters.bootstrap.application import Application
from commands.platform.ports import Origin


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done. Its fields are values of the core, as those of a command are."""


class Acting(NamedTuple):
    """The application, and who does it, when and from where."""

    app: Application
    origin: Origin


Do = Callable[[Any, Acting], dict[str, Any]]
Actions = Mapping[type[Action], Do]


@cache
def actions() -> Actions:
    """All actions of all areas, with the functions that do them and answer what came of it."""
    found: dict[type[Action], Do] = {}
    for of_area in exported("adapters.actions", "ACTIONS"):
        found |= of_area
    return found
