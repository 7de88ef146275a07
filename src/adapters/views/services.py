"""Subscriptions."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from adapters.views.customer_services import ListServicesOfCustomer, list_services_of_customer
from adapters.views.holds import CheckHold, check_hold
from adapters.views.persons import Persons, owners
from adapters.views.query import Page, Queries, Query, Reading
from billing_core.catalogue.products import Product
from billing_core.custom_fields import FieldValue, shown_values
from projections.custom_fields import field_set, values_of
from projections.services import SubscriptionRow, subscriptions_of


class ListSubscriptions(Query, frozen=True, kw_only=True):
    """The subscriptions of an account, with their timelines and custom fields."""

    account: str


class SubscriptionEntry(SubscriptionRow):
    """A subscription with the custom fields that its product may have, and those of which a value is kept."""

    custom_fields: list[FieldValue]


def _list_subscriptions(query: ListSubscriptions, reading: Reading) -> Page[SubscriptionEntry]:
    with reading.source.cursor() as cursor:
        rows = subscriptions_of(cursor, query.account)
        fields = field_set(cursor, "service")
        values = values_of(cursor, "service", [f"{row.account}/{row.subscription}" for row in rows])
    entries = []
    for row in rows:
        kept = values[f"{row.account}/{row.subscription}"]
        kinds = list(_products_of(row.tariff, reading)) if fields.fields else []
        shown = shown_values(fields, kinds, kept)
        entries.append(SubscriptionEntry(*msgspec.structs.astuple(row), shown))  # type: ignore[call-arg]
    return Page(entries, None)


def _products_of(tariff: str, reading: Reading) -> Iterator[str]:
    """The product of a tariff, and those above it in the tree."""
    models = reading.app.models()
    known: dict[str, Product] = dict(models.products())
    product = known.get(models.tariffs()[tariff].product)
    while product is not None:
        yield product.code
        product = known.get(product.parent)


# Parameters of a tariff may be personal, as a telephone number, and so may a reason.
PERSONS: Persons = {
    ListSubscriptions: lambda query, page, reading: owners([query.account], reading) if page.items else [],
    ListServicesOfCustomer: lambda query, page, reading: [query.customer] if page.items else [],
}
QUERIES: Queries = {
    CheckHold: check_hold,
    ListSubscriptions: _list_subscriptions,
    ListServicesOfCustomer: list_services_of_customer,
}
