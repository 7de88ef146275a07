"""Staff: operators and roles, what each operator may do, and how an operator signs in."""

from __future__ import annotations

from commands.platform.area import Area
from commands.platform.bus import Handlers
from commands.platform.concerns import HOUSE
from commands.staff import addresses, operators

HANDLERS: Handlers = {**operators.HANDLERS, **addresses.HANDLERS}
AREA = Area(handlers=HANDLERS, concerns=dict.fromkeys(HANDLERS, HOUSE))
