"""Customers with their accounts, listed."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from adapters.bootstrap.operations import operations
from adapters.views.accounts import ShowBalance
from adapters.views.persons import Persons
from adapters.views.query import Listing, Page, Queries, Reading, page_of
from billing_core.kernel.money import Money
from billing_core.parties.customers import Customer
from billing_core.parties.doubts import doubts_of
from commands.platform.bus import Seen
from commands.platform.concerns import LISTED, Concern, Concerns, Named
from projections import parties
from projections.accounts.balances import AccountRow, accounts_of_customers
from projections.notes import tags_of
from projections.parties import Chosen, CustomerSort, CustomerSourceRow


class ListCustomers(Listing, frozen=True, kw_only=True):
    """Customers with their accounts, in order of number.

    A `search` finds them by words of name, addresses, e-mail, phone or ids, or those of a contact, without accents and
    with one slip forgiven in a word of a name (those without a slip come first), in Latin, Cyrillic or Armenian
    letters; by words of a custom field that is searchable; or by the number of an account or document, or the code of a
    service. A record that was merged into another customer is found as that one. With `dealer`, those of that dealer;
    with `source`, those who came so; with `tag`, those that have it. With `sort` they are in another order, a name by
    its words without accents.
    """

    search: str = ""
    dealer: str = ""
    source: str = ""
    tag: str = ""
    sort: CustomerSort | None = None


class ListCustomerSources(Listing, frozen=True, kw_only=True):
    """How customers came, each source with the number of customers."""


class OwnedAccount(msgspec.Struct):
    """An account of a customer. The balance is shown to those who may ask for it by itself."""

    number: str
    seller: str
    billing_day: int
    opened_on: date
    balance: Money | None
    parked: str | None
    parked_on: date | None


class CustomerEntry(msgspec.Struct):
    """A customer as now known, in the version of its stream, with its tags and accounts.

    `warnings` are about ids that have not the form of their country, and about e-mail and phone.
    """

    customer: Customer
    version: int
    registered_on: date
    forgotten_on: date | None
    documents_kept_until: date | None
    dealer: str
    tags: list[str]
    accounts: list[OwnedAccount]
    warnings: list[str]

    def seen(self) -> Seen:
        """Its stream as it is shown here."""
        return Seen(f"customer/{self.customer.number}", self.version)


def _list_customers(query: ListCustomers, reading: Reading) -> Page[CustomerEntry]:
    with reading.source.cursor() as cursor:
        chosen = Chosen(reading.dealer or query.dealer, query.source, query.tag)
        if query.sort is None:
            found = parties.list_customers(cursor, query.search, query.limit + 1, query.after, chosen)
        else:
            found = parties.sorted_customers(cursor, query.search, query.limit + 1, query.sort, query.after, chosen)
        numbers = [row.customer.number for row in found]
        owned, tags = accounts_of_customers(cursor, numbers), tags_of(cursor, numbers)
    entries = [
        CustomerEntry(*details(row, owned[row.customer.number], tags[row.customer.number], reading)) for row in found
    ]
    return page_of(entries, query.limit, lambda entry: entry.customer.number)


def details(row: parties.CustomerRow, accounts: list[AccountRow], tags: list[str], reading: Reading) -> tuple[Any, ...]:
    """The values of an entry."""
    shows_money = reading.permits(operations()[ShowBalance].permission)
    return (
        row.customer,
        row.version,
        row.registered_on,
        row.forgotten_on,
        row.documents_kept_until,
        row.dealer,
        tags,
        [_owned(account, shows_money=shows_money) for account in accounts],
        list(doubts_of(row.customer)),
    )


def _owned(row: AccountRow, *, shows_money: bool) -> OwnedAccount:
    balance = row.balance if shows_money else None
    return OwnedAccount(row.number, row.seller, row.billing_day, row.opened_on, balance, row.parked, row.parked_on)


def _list_sources(query: ListCustomerSources, reading: Reading) -> Page[CustomerSourceRow]:
    with reading.source.cursor() as cursor:
        found = parties.list_sources(cursor, query.limit + 1, query.after, reading.dealer)
    return page_of(found, query.limit, lambda row: row.source)


QUERIES: Queries = {ListCustomers: _list_customers, ListCustomerSources: _list_sources}
PERSONS: Persons = {ListCustomers: lambda query, page, reading: [card.customer.number for card in page.items]}
CONCERNS: Concerns = {
    ListCustomers: Concern("listed", (Named("dealer", ("dealer",), is_optional=True),)),
    ListCustomerSources: LISTED,
}
