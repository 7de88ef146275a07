"""Save reports that people build, freeze the figures of a month, keep forecasts, and send reports by themselves."""

from __future__ import annotations

from commands.platform.area import Area
from commands.platform.bus import Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.reports import closings, saved, schedules

OF_THE_HOUSE: Handlers = {**saved.HANDLERS, **closings.HANDLERS}
CONCERNS: Concerns = {**dict.fromkeys(OF_THE_HOUSE, HOUSE), **schedules.CONCERNS}
AREA = Area(handlers={**OF_THE_HOUSE, **schedules.HANDLERS}, concerns=CONCERNS, wakes=schedules.WAKES)
