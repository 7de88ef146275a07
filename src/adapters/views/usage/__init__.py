"""Usage: batches and sources of records, whose they are, what they cost, sessions and traffic."""

from __future__ import annotations

from adapters.views.persons import Persons
from adapters.views.query import Queries
from adapters.views.usage import (
    batches,
    identifiers,
    mediation,
    price_lists,
    profiles,
    rated,
    records,
    sessions,
)
from commands.platform.concerns import Concerns

QUERIES: Queries = {
    **batches.QUERIES,
    **identifiers.QUERIES,
    **mediation.QUERIES,
    **price_lists.QUERIES,
    **profiles.QUERIES,
    **rated.QUERIES,
    **records.QUERIES,
    **sessions.QUERIES,
}
PERSONS: Persons = {
    **identifiers.PERSONS,
    **mediation.PERSONS,
    **records.PERSONS,
    **sessions.PERSONS,
}
CONCERNS: Concerns = {
    **batches.CONCERNS,
    **identifiers.CONCERNS,
    **mediation.CONCERNS,
    **price_lists.CONCERNS,
    **profiles.CONCERNS,
    **rated.CONCERNS,
    **records.CONCERNS,
    **sessions.CONCERNS,
}
