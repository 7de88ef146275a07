"""Payments: receive, reverse, refund; remittances; credit paid out, invoices written off; a whole bank file."""

from commands.payments import account, giving_back, remittances
from commands.platform.area import Area
from commands.platform.concerns import HOUSE

AREA = Area(
    handlers={**account.HANDLERS, **giving_back.HANDLERS, **remittances.HANDLERS},
    concerns={**account.CONCERNS, **giving_back.CONCERNS, **dict.fromkeys(remittances.HANDLERS, HOUSE)},
)
