"""The own pages: what a customer sees of the own accounts, which offers there are, and all that is held."""

from __future__ import annotations

from adapters.views.persons import Persons
from adapters.views.query import Queries
from adapters.views.self_care import account, details, held, offers
from commands.platform.concerns import Concerns

QUERIES: Queries = {
    **details.QUERIES, **account.QUERIES, **offers.QUERIES, **held.QUERIES,
}  # fmt: skip
PERSONS: Persons = {**details.PERSONS, **account.PERSONS, **held.PERSONS}
CONCERNS: Concerns = {**details.CONCERNS}
