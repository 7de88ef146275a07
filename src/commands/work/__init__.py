"""Work: publish flows (`flows`), open tickets (`opening`), go from step to step (`steps`, `actions`), change them."""

from __future__ import annotations

from commands.platform.area import Area
from commands.work import actions, flows, limits, opening, service_levels, steps, tickets

AREA = Area(
    handlers={
        **flows.HANDLERS,
        **opening.HANDLERS,
        **steps.HANDLERS,
        **actions.HANDLERS,
        **limits.HANDLERS,
        **tickets.HANDLERS,
        **service_levels.HANDLERS,
    },
    concerns={**flows.CONCERNS, **opening.CONCERNS, **tickets.CONCERNS, **service_levels.CONCERNS},
    wakes=limits.WAKES,
    reactions=(*steps.REACTIONS, *actions.REACTIONS),
)
