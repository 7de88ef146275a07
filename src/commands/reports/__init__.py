"""Save reports that people build; freeze the figures of a month."""
"""Send reports by themselves."""

from __future__ import annotations

from commands.platform.area import Area
from commands.platform.bus import Handlers
from commands.platform.concerns import HOUSE
from commands.reports import closings, saved

HANDLERS: Handlers = {**saved.HANDLERS, **closings.HANDLERS}
AREA = Area(handlers=HANDLERS, concerns=dict.fromkeys(HANDLERS, HOUSE))
"""Reports that are made by the rules of billing."""
from commands.reports import schedules

AREA = Area(handlers={**schedules.HANDLERS}, concerns={**schedules.CONCERNS}, wakes=schedules.WAKES)
