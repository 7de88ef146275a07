"""Work: publish flows (`flows`), open tickets (`opening`), go from step to step (`steps`, `actions`), change them;
service levels, crews and their appointments, what technicians get for jobs, tasks that recur, mails."""

from __future__ import annotations

from commands.platform.area import Area
from commands.work import (
    actions,
    appointments,
    crews,
    flows,
    job_rates,
    limits,
    mails,
    opening,
    recurring,
    service_levels,
    steps,
    tickets,
)

AREA = Area(
    handlers={
        **flows.HANDLERS,
        **opening.HANDLERS,
        **steps.HANDLERS,
        **actions.HANDLERS,
        **limits.HANDLERS,
        **tickets.HANDLERS,
        **service_levels.HANDLERS,
        **crews.HANDLERS,
        **appointments.HANDLERS,
        **job_rates.HANDLERS,
        **recurring.HANDLERS,
        **mails.HANDLERS,
    },
    concerns={
        **flows.CONCERNS,
        **opening.CONCERNS,
        **tickets.CONCERNS,
        **service_levels.CONCERNS,
        **crews.CONCERNS,
        **appointments.CONCERNS,
        **job_rates.CONCERNS,
        **recurring.CONCERNS,
        **mails.CONCERNS,
    },
    reactions=(*steps.REACTIONS, *actions.REACTIONS, *recurring.REACTIONS),
    wakes={**limits.WAKES, **recurring.WAKES},
)
