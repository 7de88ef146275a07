"""Numbers, user names and cards of subscriptions."""

from __future__ import annotations

from datetime import date

from adapters.views.persons import Persons
from adapters.views.query import Queries, Query, Reading
from billing_core.usage.mediation.identifiers import plain_identifier
from commands.platform.concerns import HOUSE, Concerns
from projections.usage.identifiers import IdentifierRow, holders_of, identifiers_of


class ListIdentifiers(Query, frozen=True, kw_only=True):
    """The numbers, user names and cards by which sources know the subscriptions of an account."""

    account: str
    subscription: str = ""


class FindIdentifier(Query, frozen=True, kw_only=True):
    """To which subscriptions a number, user name or card belongs or belonged; on one day if it is named."""

    identifier: str
    on: date | None = None


def _list_identifiers(query: ListIdentifiers, reading: Reading) -> list[IdentifierRow]:
    with reading.source.cursor() as cursor:
        return identifiers_of(cursor, query.account, query.subscription)


def _find_identifier(query: FindIdentifier, reading: Reading) -> list[IdentifierRow]:
    with reading.source.cursor() as cursor:
        found = holders_of(cursor, [plain_identifier(query.identifier)])
    on = query.on
    return [row for row in found if on is None or (row.from_on <= on and (row.to_on is None or on < row.to_on))]


def _customers(query: Query, answer: list[IdentifierRow], reading: Reading) -> list[str]:
    return sorted({row.customer for row in answer})


QUERIES: Queries = {ListIdentifiers: _list_identifiers, FindIdentifier: _find_identifier}
PERSONS: Persons = dict.fromkeys(QUERIES, _customers)
CONCERNS: Concerns = {FindIdentifier: HOUSE}
