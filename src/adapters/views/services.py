"""Subscriptions."""

from __future__ import annotations

from adapters.views.customer_services import ListServicesOfCustomer, list_services_of_customer
from adapters.views.persons import Persons, owners
from adapters.views.query import Page, Queries, Query, Reading
from projections.services import SubscriptionRow, subscriptions_of


class ListSubscriptions(Query, frozen=True, kw_only=True):
    """The subscriptions of an account, with their timelines."""

    account: str


def _list_subscriptions(query: ListSubscriptions, reading: Reading) -> Page[SubscriptionRow]:
    with reading.source.transaction() as cursor:
        return Page(subscriptions_of(cursor, query.account), None)


# Parameters of a tariff may be personal, as a telephone number, and so may a reason.
PERSONS: Persons = {
    ListSubscriptions: lambda query, page, reading: owners([query.account], reading) if page.items else [],
    ListServicesOfCustomer: lambda query, page, reading: [query.customer] if page.items else [],
}
QUERIES: Queries = {
    ListSubscriptions: _list_subscriptions,
    ListServicesOfCustomer: list_services_of_customer,
}
