"""Work: publish flows (`flows`), open tickets (`opening`), go from step to step (`steps`, `actions`), change them;
service levels, crews and their appointments, what technicians get for jobs, tasks that recur, mails.

What opens and closes tickets by itself is a cause (`causes`, `cause_tickets`); outages gather them (`outages`,
`outage_answers`), rules assign them (`assignment`).
"""

from __future__ import annotations

from commands.platform.area import Area
from commands.work import (
    actions,
    appointments,
    assignment,
    cause_tickets,
    causes,
    crews,
    flows,
    holders,
    job_rates,
    limits,
    mails,
    opening,
    outage_answers,
    outages,
    recurring,
    service_levels,
    steps,
    tickets,
)

AREA = Area(
    handlers={
        **flows.HANDLERS,
        **opening.HANDLERS,
        **holders.warned(steps.HANDLERS),
        **actions.HANDLERS,
        **limits.HANDLERS,
        **holders.warned(tickets.HANDLERS),
        **causes.HANDLERS,
        **cause_tickets.HANDLERS,
        **outages.HANDLERS,
        **outage_answers.HANDLERS,
        **assignment.HANDLERS,
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
        **causes.CONCERNS,
        **cause_tickets.CONCERNS,
        **outages.CONCERNS,
        **outage_answers.CONCERNS,
        **assignment.CONCERNS,
    },
    wakes={**limits.WAKES, **recurring.WAKES},
    reactions=(
        *steps.REACTIONS,
        *actions.REACTIONS,
        *recurring.REACTIONS,
        *causes.REACTIONS,
        *cause_tickets.REACTIONS,
        *outages.REACTIONS,
        *outage_answers.REACTIONS,
        *assignment.REACTIONS,
    ),
)
