"""Kiosks and wallets: connections, payments that they report, and the registers of their operators."""

from __future__ import annotations

from commands.kiosks import connections, payments, registers
from commands.platform.area import Area

AREA = Area(
    handlers={**connections.HANDLERS, **payments.HANDLERS, **registers.HANDLERS},
    concerns={**connections.CONCERNS, **payments.CONCERNS, **registers.CONCERNS},
)
