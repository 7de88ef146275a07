"""Work: tickets, boards and flows."""

from __future__ import annotations

from adapters.views.persons import Persons
from adapters.views.query import Queries
from adapters.views.work import drawings, flows, service_levels, tickets
from commands.platform.concerns import Concerns

QUERIES: Queries = {
    **tickets.QUERIES,
    **drawings.QUERIES,
    **flows.QUERIES,
    **service_levels.QUERIES,
}
PERSONS: Persons = tickets.PERSONS
CONCERNS: Concerns = {
    **tickets.CONCERNS,
    **drawings.CONCERNS,
    **flows.CONCERNS,
    **service_levels.CONCERNS,
}
