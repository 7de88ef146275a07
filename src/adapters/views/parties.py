"""Customers and sellers."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from adapters.bootstrap.operations import operations
from adapters.views.accounts import ShowBalance
from adapters.views.persons import Persons
from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from adapters.views.work.tickets import ListTickets
from billing_core.kernel.errors import NotFound
from billing_core.kernel.legal_ids import doubts
from billing_core.kernel.money import Money
from billing_core.parties.customers import Customer
from billing_core.parties.sellers import Seller
from commands.platform.bus import Seen
from commands.platform.concerns import SHARED, Concern, Concerns, Named
from projections import parties
from projections.accounts.balances import AccountRow, accounts_of_customers
from projections.work.ticket_lists import tickets_of_customer
from projections.work.tickets import TicketRow

TICKETS_OF_CARD = 20


class ListCustomers(Listing, frozen=True, kw_only=True):
    """Customers with their accounts, in order of number.

    A `search` finds them by words of name, address, e-mail, phone or ids, without accents and with one slip forgiven in
    a word of the name (those without a slip come first); or by the number of an account or document, or the code of a
    service. With `dealer`, those of that dealer.
    """

    search: str = ""
    dealer: str = ""


class ShowCustomer(Query, frozen=True, kw_only=True):
    """A customer with the accounts and the tickets."""

    number: str


class ListSellers(Query, frozen=True, kw_only=True):
    """All sellers."""


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
    """A customer as now known, in the version of its stream, with its accounts.

    `warnings` are about ids that have not the form of their country.
    """

    customer: Customer
    version: int
    registered_on: date
    forgotten_on: date | None
    documents_kept_until: date | None
    dealer: str
    accounts: list[OwnedAccount]
    warnings: list[str]

    def seen(self) -> Seen:
        """Its stream as it is shown here."""
        return Seen(f"customer/{self.customer.number}", self.version)


class CustomerCard(CustomerEntry):
    """A customer with the open tickets, the most urgent first, and those that ended last, 20 of each at most.

    They are None for who may not list tickets. `GET /v1/tickets?customer=...&state=any` has all of them.
    """

    open_tickets: list[TicketRow] | None
    ended_tickets: list[TicketRow] | None


def _list_customers(query: ListCustomers, reading: Reading) -> Page[CustomerEntry]:
    with reading.source.transaction() as cursor:
        found = parties.list_customers(
            cursor, query.search, query.limit + 1, query.after, reading.dealer or query.dealer
        )
        owned = accounts_of_customers(cursor, [row.customer.number for row in found])
    entries = [CustomerEntry(*_details(row, owned[row.customer.number], reading)) for row in found]
    return page_of(entries, query.limit, lambda entry: entry.customer.number)


def _show_customer(query: ShowCustomer, reading: Reading) -> CustomerCard:
    with reading.source.transaction() as cursor:
        row = parties.customer_named(cursor, query.number)
        owned = accounts_of_customers(cursor, [query.number])
        may_list = reading.permits(operations()[ListTickets].permission)
        tickets = tickets_of_customer(cursor, query.number, TICKETS_OF_CARD) if may_list else (None, None)
    if row is None:
        raise NotFound("no such customer", field="customer", value=query.number)
    return CustomerCard(*_details(row, owned[query.number], reading), *tickets)


def _details(row: parties.CustomerRow, accounts: list[AccountRow], reading: Reading) -> tuple[Any, ...]:
    """The values of an entry."""
    shows_money = reading.permits(operations()[ShowBalance].permission)
    return (
        row.customer,
        row.version,
        row.registered_on,
        row.forgotten_on,
        row.documents_kept_until,
        row.dealer,
        [_owned(account, shows_money=shows_money) for account in accounts],
        list(doubts(row.customer.legal_ids, row.customer.address.country)),
    )


def _owned(row: AccountRow, *, shows_money: bool) -> OwnedAccount:
    balance = row.balance if shows_money else None
    return OwnedAccount(row.number, row.seller, row.billing_day, row.opened_on, balance, row.parked, row.parked_on)


def _list_sellers(query: ListSellers, reading: Reading) -> Page[Seller]:
    with reading.source.transaction() as cursor:
        return Page(parties.list_sellers(cursor), None)


QUERIES: Queries = {ListCustomers: _list_customers, ShowCustomer: _show_customer, ListSellers: _list_sellers}
PERSONS: Persons = {
    ListCustomers: lambda query, page, reading: [card.customer.number for card in page.items],
    ShowCustomer: lambda query, card, reading: [card.customer.number],
}
CONCERNS: Concerns = {
    ListCustomers: Concern("listed", (Named("dealer", ("dealer",), is_optional=True),)),
    ShowCustomer: Concern("named", (Named("customer", ("number",)),)),
    ListSellers: SHARED,
}
