"""Statements of banks: recorded, checked and booked; what waits, what was wrong, and what takes payments back."""

from commands.bank_statements import statements
from commands.platform.area import Area

AREA = Area(handlers=statements.HANDLERS, concerns=statements.CONCERNS)
