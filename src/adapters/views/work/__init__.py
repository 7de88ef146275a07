"""Work: tickets, boards and flows; crews with their appointments, days and pay."""

from __future__ import annotations

from adapters.views.persons import Persons
from adapters.views.query import Queries
from adapters.views.work import (
    appointments,
    boards,
    crews,
    drawings,
    figures,
    flows,
    pay,
    plans,
    ready_flows,
    recurring,
    service_levels,
    sheets,
    tickets,
)
from commands.platform.concerns import Concerns

QUERIES: Queries = {
    **tickets.QUERIES,
    **drawings.QUERIES,
    **boards.QUERIES,
    **figures.QUERIES,
    **flows.QUERIES,
    **ready_flows.QUERIES,
    **service_levels.QUERIES,
    **crews.QUERIES,
    **appointments.QUERIES,
    **plans.QUERIES,
    **sheets.QUERIES,
    **pay.QUERIES,
    **recurring.QUERIES,
}
PERSONS: Persons = {**tickets.PERSONS, **boards.PERSONS}
CONCERNS: Concerns = {
    **tickets.CONCERNS,
    **drawings.CONCERNS,
    **boards.CONCERNS,
    **figures.CONCERNS,
    **flows.CONCERNS,
    **ready_flows.CONCERNS,
    **service_levels.CONCERNS,
    **crews.CONCERNS,
    **appointments.CONCERNS,
    **plans.CONCERNS,
    **sheets.CONCERNS,
    **pay.CONCERNS,
    **recurring.CONCERNS,
}
