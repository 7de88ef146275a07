"""Work: publish flows (`flows`), open tickets (`opening`), go from step to step (`steps`, `actions`), change them."""

from __future__ import annotations

from commands.platform.area import Area
from commands.work import actions, flows, opening, service_levels, steps, tickets

AREA = Area(
    handlers={
        **flows.HANDLERS,
        **opening.HANDLERS,
        **steps.HANDLERS,
        **actions.HANDLERS,
        **tickets.HANDLERS,
        **service_levels.HANDLERS,
    },
    concerns={**flows.CONCERNS, **opening.CONCERNS, **tickets.CONCERNS, **service_levels.CONCERNS},
    reactions=(*steps.REACTIONS, *actions.REACTIONS),
)
