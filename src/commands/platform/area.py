"""What an area brings to the commands' floor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from commands.platform.bus import Handlers
from commands.platform.reactions import Reaction
from commands.platform.wakes import WakeHandlers


def _no_handlers(models: Any) -> Handlers:
    return {}


class Area(msgspec.Struct, frozen=True):
    """Handlers of commands, those that also ask a read model among them: these are made with the live models.

    `reactions` make commands of events by themselves, `wakes` of deadlines that have come, by their kind.
    """

    handlers: Handlers = {}
    handlers_reading: Callable[[Any], Handlers] = _no_handlers
    reactions: Sequence[Reaction] = ()
    wakes: WakeHandlers = {}
