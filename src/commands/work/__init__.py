"""Work: publish flows (`flows`), open tickets (`opening`), go from step to step (`steps`, `actions`), change them."""

from __future__ import annotations

from commands.platform.area import Area
from commands.work import actions, flows, opening, steps, tickets

AREA = Area(
    handlers={
        **flows.HANDLERS,
        **opening.HANDLERS,
        **steps.HANDLERS,
        **actions.HANDLERS,
        **tickets.HANDLERS,
    },
    concerns={**flows.CONCERNS, **opening.CONCERNS, **tickets.CONCERNS},
    reactions=(*steps.REACTIONS, *actions.REACTIONS),
)
