"""Usage: batches and sources of records, whose they are, what they cost, sessions and traffic."""
"""Usage: batches; numbers and user names; price lists; costs; sessions; grants, quotas and alarms."""

from __future__ import annotations

from adapters.views.persons import Persons
from adapters.views.query import Queries
from adapters.views.usage import (
    batches,
    destinations,
    explained,
    control,
    identifiers,
    mediation,
    months,
    lag,
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
    **destinations.QUERIES,
    **explained.QUERIES,
    **lag.QUERIES,
    **control.QUERIES,
    **identifiers.QUERIES,
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
    **destinations.CONCERNS,
    **lag.CONCERNS,
    **control.CONCERNS,
    **identifiers.CONCERNS,
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
