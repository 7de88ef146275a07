"""Corrections of what was recorded wrongly: one account, a payment moved to another, or a whole list of them."""

from commands.corrections import account, payment, waiver
from commands.platform.area import Area

AREA = Area(handlers={**account.HANDLERS, **payment.HANDLERS, **waiver.HANDLERS}, concerns=account.CONCERNS)
