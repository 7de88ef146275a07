"""Customers as they are listed (`customers`) and shown (`card`), sellers, and purposes of consents (`house`)."""

from __future__ import annotations

from adapters.views.parties import card, customers, house
from adapters.views.parties.card import CustomerCard, ShowCustomer
from adapters.views.parties.customers import CustomerEntry, ListCustomers, ListCustomerSources
from adapters.views.parties.house import ListConsentPurposes, ListSellers, SuggestCustomerNumber
from adapters.views.persons import Persons
from adapters.views.query import Queries
from commands.platform.concerns import Concerns

__all__ = [
    "CONCERNS",
    "PERSONS",
    "QUERIES",
    "CustomerCard",
    "CustomerEntry",
    "ListConsentPurposes",
    "ListCustomerSources",
    "ListCustomers",
    "ListSellers",
    "ShowCustomer",
    "SuggestCustomerNumber",
]

QUERIES: Queries = {**customers.QUERIES, **card.QUERIES, **house.QUERIES}
PERSONS: Persons = {**customers.PERSONS, **card.PERSONS}
CONCERNS: Concerns = {**customers.CONCERNS, **card.CONCERNS, **house.CONCERNS}
