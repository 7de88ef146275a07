"""What an area brings to the commands' floor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from commands.platform.bus import Handlers


def _no_handlers(models: Any) -> Handlers:
    return {}


class Area(msgspec.Struct, frozen=True):
    """Handlers of commands, those that also ask a read model among them: these are made with the live models."""

    handlers: Handlers = {}
    handlers_reading: Callable[[Any], Handlers] = _no_handlers
