"""What other systems learn of what happened here: webhooks."""

from __future__ import annotations

from commands.outreach import webhooks
from commands.platform.area import Area
from commands.platform.concerns import HOUSE

AREA = Area(handlers=webhooks.HANDLERS, concerns=dict.fromkeys(webhooks.HANDLERS, HOUSE))
