"""Money that has not come in: policies, what keeps items from counting, and what happens by itself."""

from __future__ import annotations

from commands.dunning import policies, stops
from commands.platform.area import Area

AREA = Area(handlers={**policies.HANDLERS, **stops.HANDLERS}, concerns=policies.CONCERNS)
