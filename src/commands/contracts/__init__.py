"""Contracts: their kinds and templates, drafts, signatures, annexes and ends."""

from __future__ import annotations

from commands.contracts import drafting, ending, kinds, signing
from commands.platform.area import Area
from commands.platform.concerns import HOUSE

AREA = Area(
    handlers={**kinds.HANDLERS, **drafting.HANDLERS, **signing.HANDLERS, **ending.HANDLERS},
    concerns=dict.fromkeys(kinds.HANDLERS, HOUSE),
    wakes={"contract-end": ending.end_on_its_day},
)
