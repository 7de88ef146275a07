"""Cash desks: tills, receipts, sessions, cash on its way, and the sheet of a day."""

from __future__ import annotations

from adapters.views.cash import desks, payers, receipts, sheets, tills
from adapters.views.persons import Persons
from adapters.views.query import Queries
from commands.platform.concerns import HOUSE, Concerns

QUERIES: Queries = {
    **desks.QUERIES,
    **payers.QUERIES,
    **receipts.QUERIES,
    **sheets.QUERIES,
    **tills.QUERIES,
}
PERSONS: Persons = {**payers.PERSONS, **receipts.PERSONS, **sheets.PERSONS}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
