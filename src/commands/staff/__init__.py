"""Staff: operators and roles, what each operator may do, and how an operator signs in."""

from __future__ import annotations

from commands.platform.area import Area
from commands.staff import addresses, operators

AREA = Area(handlers={**operators.HANDLERS, **addresses.HANDLERS})
