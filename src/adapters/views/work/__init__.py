"""Work: tickets, boards and flows; crews with their appointments, days and pay."""

from __future__ import annotations

from adapters.views.persons import Persons
from adapters.views.query import Queries
from adapters.views.work import (
    appointments,
    around,
    boards,
    crews,
    drawings,
    figures,
    flows,
    pay,
    plans,
    ready_flows,
    recurring,
    rules,
    service_levels,
    sheets,
    tickets,
    watching,
)
from commands.platform.concerns import Concerns

QUERIES: Queries = {
    **tickets.QUERIES,
    **around.QUERIES,
    **drawings.QUERIES,
    **boards.QUERIES,
    **figures.QUERIES,
    **flows.QUERIES,
    **ready_flows.QUERIES,
    **rules.QUERIES,
    **service_levels.QUERIES,
    **crews.QUERIES,
    **appointments.QUERIES,
    **plans.QUERIES,
    **sheets.QUERIES,
    **pay.QUERIES,
    **recurring.QUERIES,
}
PERSONS: Persons = {**tickets.PERSONS, **boards.PERSONS, **around.PERSONS}
CONCERNS: Concerns = {
    **tickets.CONCERNS,
    **around.CONCERNS,
    **drawings.CONCERNS,
    **boards.CONCERNS,
    **figures.CONCERNS,
    **flows.CONCERNS,
    **ready_flows.CONCERNS,
    **rules.CONCERNS,
    **service_levels.CONCERNS,
    **crews.CONCERNS,
    **appointments.CONCERNS,
    **plans.CONCERNS,
    **sheets.CONCERNS,
    **pay.CONCERNS,
    **recurring.CONCERNS,
}
FOLLOWERS = watching.watch_followers
