"""Usage: batches and sources of records, whose they are, what they cost, sessions and traffic."""
"""Usage: batches of records; numbers and user names; price lists; what records cost; traffic."""

from __future__ import annotations

from adapters.views.persons import Persons
from adapters.views.query import Queries
from adapters.views.usage import (
    batches,
    destinations,
    explained,
    identifiers,
    mediation,
    months,
    price_lists,
    profiles,
    rated,
    records,
    sessions,
)
from commands.platform.concerns import Concerns

    traffic,
    traffic_files,
    unknown,
)

PERSONS: Persons = {
    **identifiers.PERSONS,
    **mediation.PERSONS,
    **records.PERSONS,
    **traffic.PERSONS,
    **traffic_files.PERSONS,
    **explained.PERSONS,
}
QUERIES: Queries = {
    **batches.QUERIES,
    **destinations.QUERIES,
    **explained.QUERIES,
    **identifiers.QUERIES,
    **mediation.QUERIES,
    **months.QUERIES,
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
    **traffic.QUERIES,
    **traffic_files.QUERIES,
    **unknown.QUERIES,
}
CONCERNS: Concerns = {
    **batches.CONCERNS,
    **destinations.CONCERNS,
    **identifiers.CONCERNS,
    **mediation.CONCERNS,
    **months.CONCERNS,
    **traffic.CONCERNS,
    **traffic_files.CONCERNS,
    **unknown.CONCERNS,
    **price_lists.CONCERNS,
    **profiles.CONCERNS,
    **rated.CONCERNS,
    **records.CONCERNS,
    **sessions.CONCERNS,
}
