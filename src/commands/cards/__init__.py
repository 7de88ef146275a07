"""Cards: the stored card of an account, charges through a gateway, and what the gateway says of them."""

from __future__ import annotations

from commands.cards import callbacks, charging, noting, stored
from commands.platform.area import Area

AREA = Area(
    handlers={**stored.HANDLERS, **charging.HANDLERS, **noting.HANDLERS, **callbacks.HANDLERS},
    concerns={**stored.CONCERNS, **noting.CONCERNS, **callbacks.CONCERNS},
)
