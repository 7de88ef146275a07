"""Work: tickets, boards and flows."""

from __future__ import annotations

from adapters.views.query import Queries
from adapters.views.work import flows, tickets
from commands.platform.concerns import Concerns

QUERIES: Queries = {**tickets.QUERIES, **flows.QUERIES}
CONCERNS: Concerns = {**tickets.CONCERNS, **flows.CONCERNS}
