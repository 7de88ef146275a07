"""Money that has not come in: policies, what keeps items from counting, and what happens by itself."""

from __future__ import annotations

from commands.dunning import holding, policies, settling, stops, taking
from commands.platform.area import Area

AREA = Area(
    handlers={**policies.HANDLERS, **stops.HANDLERS, **holding.HANDLERS, **taking.HANDLERS, **settling.HANDLERS},
    concerns=policies.CONCERNS,
    reactions=(*holding.REACTIONS, *settling.REACTIONS),
    wakes=settling.WAKES,
)
