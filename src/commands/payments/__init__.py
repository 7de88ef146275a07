"""Payments: receive or reverse one, or import a whole bank file."""

from commands.payments import account
from commands.platform.area import Area

AREA = Area(handlers=account.HANDLERS)
