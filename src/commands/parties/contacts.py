"""Contact persons of a customer: put and removed."""

from __future__ import annotations

from billing_core.parties.contacts import (
    Contact,
    CustomerContactPut,
    CustomerContactRemoved,
    put_contact,
    remove_contact,
)
from billing_core.parties.customers import require_current
from commands.parties.customers import customer_stream, load_customer
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class PutContact(Command, frozen=True, kw_only=True):
    """A person who is asked for a customer, with roles, phones and e-mails. The same `contact` is replaced as a whole.

    `contact` is a code within the customer, as in `accounts` or `1`. Roles are billing, technical, signatory and other.
    """

    customer: str
    contact: str
    details: Contact


class RemoveContact(Command, frozen=True, kw_only=True):
    """Remove a contact person of a customer."""

    customer: str
    contact: str


# --- handlers


def handle_put_contact(command: PutContact, transaction: Transaction, origin: Origin) -> Decision:
    existing, version = load_customer(transaction, command.customer)
    require_current(existing)
    put = CustomerContactPut(
        effective_on=origin.today, customer=command.customer, contact=command.contact, details=command.details
    )
    return Decision((Append(customer_stream(command.customer), version, put_contact(existing.contacts, put)),))


def handle_remove_contact(command: RemoveContact, transaction: Transaction, origin: Origin) -> Decision:
    existing, version = load_customer(transaction, command.customer)
    require_current(existing)
    removed = CustomerContactRemoved(effective_on=origin.today, customer=command.customer, contact=command.contact)
    return Decision((Append(customer_stream(command.customer), version, remove_contact(existing.contacts, removed)),))


HANDLERS: Handlers = {PutContact: handle_put_contact, RemoveContact: handle_remove_contact}
