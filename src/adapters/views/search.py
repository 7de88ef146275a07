"""Find anything by one text."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from adapters.bootstrap.operations import operations
from adapters.views.accounts import ShowBalance
from adapters.views.billing import ListInvoices
from adapters.views.parties import ListCustomers
from adapters.views.payments import ListPayments
from adapters.views.persons import Persons
from adapters.views.query import Limit, Queries, Query, Reading
from adapters.views.remittances import ListRemittances
from adapters.views.services import ListSubscriptions
from adapters.views.work.tickets import ListTickets
from commands.platform.concerns import LISTED, Concerns
from projections.search.hit import Hit, HitKind, Sought
from projections.search.hits import find


class FindAnything(Query, frozen=True, kw_only=True):
    """Customers, accounts, documents, payments, services and tickets that a text finds, the best hits first.

    Customers are found by number, name, addresses, e-mail, phone, ids, contacts and searchable custom fields, without
    accents, in Latin, Cyrillic or Armenian letters alike, one slip in a word of the name forgiven; a record that was
    merged into another customer is found as that one. All else is found by the beginning of its number or code:
    payments by their reference and what the payer wrote too, services by user name or telephone number, tickets by
    words of the subject. There are `limit` hits of a kind at most; kinds that the operator may not list are left out.
    """

    text: str
    limit: Limit = 10


class FoundAnything(msgspec.Struct):
    """The hits, and the kinds among which they were sought."""

    items: list[Hit]
    kinds: list[HitKind]


# Who may ask for the list may find what is in it. An account is shown with its customer.
LISTS: Mapping[HitKind, type[Query]] = {
    "customer": ListCustomers,
    "account": ListCustomers,
    "document": ListInvoices,
    "payment": ListPayments,
    "remittance": ListRemittances,
    "service": ListSubscriptions,
    "ticket": ListTickets,
}


def _find_anything(query: FindAnything, reading: Reading) -> FoundAnything:
    kinds = [kind for kind, of_list in LISTS.items() if reading.permits(operations()[of_list].permission)]
    if reading.dealer:
        kinds = [kind for kind in kinds if kind != "remittance"]
    sought = Sought(query.text.strip(), query.limit, reading.today, reading.dealer)
    with reading.source.cursor() as cursor:
        found = find(cursor, sought, kinds)
    if not reading.permits(operations()[ShowBalance].permission):
        found = [msgspec.structs.replace(hit, amount=None) if hit.kind == "account" else hit for hit in found]
    return FoundAnything(found, kinds)


QUERIES: Queries = {FindAnything: _find_anything}
PERSONS: Persons = {FindAnything: lambda query, found, reading: {hit.customer for hit in found.items if hit.customer}}
CONCERNS: Concerns = {FindAnything: LISTED}
