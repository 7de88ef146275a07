"""One customer with all that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from adapters.bootstrap.operations import operations
from adapters.views.parties.customers import CustomerEntry, details
from adapters.views.persons import Persons
from adapters.views.query import Queries, Query, Reading
from adapters.views.work.tickets import ListTickets
from billing_core.custom_fields import FieldValue, shown_values
from billing_core.kernel.errors import NotFound
from billing_core.parties.consents import ConsentEntry
from billing_core.parties.contacts import Contact
from commands.platform.concerns import Concern, Concerns, Named
from projections import parties
from projections.accounts.balances import accounts_of_customers
from projections.custom_fields import field_set
from projections.notes import tags_of
from projections.work.ticket_lists import tickets_of_customers
from projections.work.tickets import TicketRow

TICKETS_OF_CARD = 20


class ShowCustomer(Query, frozen=True, kw_only=True):
    """A customer with accounts and tickets, contacts, consents, parent and children, and records merged into it."""

    number: str


class Relative(msgspec.Struct):
    """Another customer that belongs to this one."""

    number: str
    name: str


class ShownParent(Relative):
    """The parent, and whether it pays for this customer."""

    pays: bool


class ShownConsent(msgspec.Struct):
    """What a customer agrees to, or not any more; the last entry of the history is the present state."""

    purpose: str
    is_given: bool
    since: date
    history: list[ConsentEntry]


class CustomerCard(CustomerEntry):
    """A customer with the open tickets, the most urgent first, and those that ended last, 20 of each at most.

    They are None for who may not list tickets. `GET /v1/tickets?customer=...&state=any` has all of them. Accounts,
    tags and tickets include those of the records that were `merged` into it. A dealer's operator sees relatives of the
    dealer. `custom_fields` are those that the house asks of such a customer, and those of which a value is kept.
    """

    contacts: dict[str, Contact]
    consents: list[ShownConsent]
    parent: ShownParent | None
    children: list[Relative]
    merged_into: Relative | None
    merged: list[Relative]
    custom_fields: list[FieldValue]
    open_tickets: list[TicketRow] | None
    ended_tickets: list[TicketRow] | None


def _show_customer(query: ShowCustomer, reading: Reading) -> CustomerCard:
    with reading.source.cursor() as cursor:
        row = parties.customer_named(cursor, query.number)
        if row is None:
            raise NotFound("no such customer; `billing customers` lists them", field="customer", value=query.number)
        owned = accounts_of_customers(cursor, [query.number])[query.number]
        may_list = reading.permits(operations()[ListTickets].permission)
        records = parties.records_of(cursor, query.number)
        tags = sorted({tag for noted in tags_of(cursor, records).values() for tag in noted})
        tickets = tickets_of_customers(cursor, records, TICKETS_OF_CARD) if may_list else (None, None)
        others = [*row.children, *records[1:], row.merged_into, row.parent.number if row.parent else ""]
        names = parties.names_of(cursor, others, reading.dealer)
        fields = field_set(cursor, "customer")
    shown = shown_values(fields, [row.customer.kind], row.customer.custom_fields)
    belongings = _belongings(row, names, records[1:])
    return CustomerCard(*details(row, owned, tags, reading), *belongings, shown, *tickets)  # type: ignore[call-arg]


def _belongings(row: parties.CustomerRow, names: Mapping[str, str], merged: Sequence[str]) -> tuple[Any, ...]:
    """Contacts, consents and relatives."""
    consents = [
        ShownConsent(purpose, history[-1].wording_version is not None, history[-1].on, list(history))
        for purpose, history in sorted(row.consents.items())
    ]
    parent = _relatives([row.parent.number] if row.parent else [], names)
    into = _relatives([row.merged_into], names)
    return (
        row.contacts,
        consents,
        ShownParent(parent[0].number, parent[0].name, row.parent.pays) if row.parent and parent else None,
        _relatives(row.children, names),
        into[0] if into else None,
        _relatives(merged, names),
    )


def _relatives(numbers: Sequence[str], names: Mapping[str, str]) -> list[Relative]:
    return [Relative(number, names[number]) for number in numbers if number in names]


def _persons(query: ShowCustomer, card: CustomerCard, reading: Reading) -> list[str]:
    """The customer, and the others whose names are shown."""
    relatives = [card.parent, card.merged_into, *card.children, *card.merged]
    return [card.customer.number, *(relative.number for relative in relatives if relative)]


QUERIES: Queries = {ShowCustomer: _show_customer}
PERSONS: Persons = {ShowCustomer: _persons}
CONCERNS: Concerns = {ShowCustomer: Concern("named", (Named("customer", ("number",)),))}
