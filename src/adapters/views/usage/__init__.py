"""Usage: batches of records; numbers and user names."""

from __future__ import annotations

from adapters.views.persons import Persons
from adapters.views.query import Queries
from adapters.views.usage import batches, identifiers
from commands.platform.concerns import Concerns

PERSONS: Persons = {**identifiers.PERSONS}
QUERIES: Queries = {**batches.QUERIES, **identifiers.QUERIES}
CONCERNS: Concerns = {**batches.CONCERNS, **identifiers.CONCERNS}
