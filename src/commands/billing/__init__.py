"""Billing: bill one account, reverse a charge, and the run that brings every due account up to a date."""

from commands.billing import account, hold_ends
from commands.platform.area import Area

AREA = Area(handlers=account.HANDLERS, wakes=hold_ends.WAKES)
