"""Payments: receive and reverse one, or take in a whole bank file."""

from commands.payments import account
from commands.platform.area import Area

AREA = Area(handlers=account.HANDLERS)
