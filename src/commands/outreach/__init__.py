"""What other systems learn of what happened here: webhooks."""

from __future__ import annotations

from commands.outreach import webhooks
from commands.platform.area import Area

AREA = Area(handlers=webhooks.HANDLERS)
