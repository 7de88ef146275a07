"""Payments: receive, reverse, refund; remittances; credit paid out, invoices written off; a whole bank file."""

from commands.payments import account, giving_back, remittances
from commands.platform.area import Area

AREA = Area(handlers={**account.HANDLERS, **giving_back.HANDLERS, **remittances.HANDLERS})
