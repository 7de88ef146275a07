"""Usage: batches and sources of records, whose they are, what they cost, sessions and traffic."""

from __future__ import annotations

from adapters.views.persons import Persons
from adapters.views.query import Queries
from adapters.views.usage import (
    batches,
    control,
    destinations,
    explained,
    identifiers,
    lag,
    mediation,
    months,
    price_lists,
    profiles,
    rated,
    records,
    sessions,
    traffic,
    traffic_files,
    unknown,
)
from commands.platform.concerns import Concerns

QUERIES: Queries = {
    **batches.QUERIES,
    **control.QUERIES,
    **destinations.QUERIES,
    **explained.QUERIES,
    **identifiers.QUERIES,
    **lag.QUERIES,
    **mediation.QUERIES,
    **months.QUERIES,
    **price_lists.QUERIES,
    **profiles.QUERIES,
    **rated.QUERIES,
    **records.QUERIES,
    **sessions.QUERIES,
    **traffic.QUERIES,
    **traffic_files.QUERIES,
    **unknown.QUERIES,
}
PERSONS: Persons = {
    **explained.PERSONS,
    **identifiers.PERSONS,
    **mediation.PERSONS,
    **records.PERSONS,
    **sessions.PERSONS,
    **traffic.PERSONS,
    **traffic_files.PERSONS,
}
CONCERNS: Concerns = {
    **batches.CONCERNS,
    **control.CONCERNS,
    **destinations.CONCERNS,
    **identifiers.CONCERNS,
    **lag.CONCERNS,
    **mediation.CONCERNS,
    **months.CONCERNS,
    **price_lists.CONCERNS,
    **profiles.CONCERNS,
    **rated.CONCERNS,
    **records.CONCERNS,
    **sessions.CONCERNS,
    **traffic.CONCERNS,
    **traffic_files.CONCERNS,
    **unknown.CONCERNS,
}
