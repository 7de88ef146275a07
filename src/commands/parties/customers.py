"""Register customers, change their details, and assign them to dealers."""

from __future__ import annotations

from datetime import date

import msgspec
from msgspec import UNSET

from billing_core.custom_fields import FieldSet, accepted_changes, new_values
from billing_core.kernel.changes import changed
from billing_core.kernel.errors import NotFound
from billing_core.parties.customers import (
    Customer,
    CustomerState,
    Standing,
    apply_customer,
    apply_standing,
    assign_customer,
    register_customer,
    require_current,
    require_known,
)
from billing_core.party_changes import CustomerChanges, change_customer
from commands.custom_fields import load_fields
from commands.dealers import load_dealer
from commands.parties.warnings import warned
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concern, Concerns, Named
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class RegisterCustomer(Command, frozen=True, kw_only=True):
    """Register a person or a company as a customer from a day on, by default today; the day may lie in the past.

    The customer belongs to a `dealer` if one is named; what a dealer's operator registers belongs to that dealer.
    """

    customer: Customer
    registered_on: date | None = None
    dealer: str = ""


class ChangeCustomer(Command, frozen=True, kw_only=True):
    """Change the named details of a customer from today on; an empty value clears one, and all others stay."""

    number: str
    changes: CustomerChanges


class AssignCustomer(Command, frozen=True, kw_only=True):
    """The customer belongs to another dealer from today on, or to none: its operators see all of the customer."""

    customer: str
    dealer: str = ""


# --- handlers


def customer_stream(number: str) -> str:
    return f"customer/{number}"


def load_customer(transaction: Transaction, number: str) -> tuple[CustomerState, int]:
    """The customer and its version, or `NotFound`."""
    customer, version = transaction.load(customer_stream(number), apply_customer)
    if customer is None:
        raise NotFound("no such customer; `billing customers` lists them", field="customer number", value=number)
    return customer, version


def load_customer_to_serve(transaction: Transaction, number: str) -> CustomerState:
    """The customer, locked against being forgotten or merged before the transaction ends; refused if it is already."""
    transaction.hold(customer_stream(number))
    customer, _ = load_customer(transaction, number)
    require_current(customer)
    return customer


def require_customer_known(transaction: Transaction, number: str) -> None:
    """Refuse a customer who does not exist, was forgotten or merged into another one, without the lock.

    It is for what ends with the customer anyway: what is written while the customer is being forgotten is encrypted by
    keys that are destroyed, so it says nothing of the person either.
    """
    require_known(number, _standing(transaction, number))


def kept_number(transaction: Transaction, number: str) -> str:
    """The number that is used now for a customer: that into which it was merged, or its own; empty for an empty one."""
    while number and (kept := _standing(transaction, number).merged_into):
        number = kept
    return number


def _standing(transaction: Transaction, number: str) -> Standing:
    standing, _ = transaction.load(customer_stream(number), apply_standing)
    if standing is None:
        raise NotFound("no such customer; `billing customers` lists them", field="customer number", value=number)
    return standing


def handle_register_customer(command: RegisterCustomer, transaction: Transaction, origin: Origin) -> Decision:
    stream = customer_stream(command.customer.number)
    existing, version = transaction.load(stream, apply_customer)
    dealer = command.dealer or origin.dealer
    if dealer:
        load_dealer(transaction, dealer)
    fields = load_fields(transaction, "customer")
    if existing is None:
        customer = with_custom_fields(command.customer, fields)
    else:
        customer = _again(command.customer, existing.customer, fields)
    events = register_customer(existing, customer, command.registered_on or origin.today, dealer)
    return Decision((Append(stream, version, events),), warned(customer))


def with_custom_fields(customer: Customer, fields: FieldSet) -> Customer:
    """A new customer with its values as they are kept, and the defaults of the fields that it was not asked for."""
    return msgspec.structs.replace(customer, custom_fields=new_values(fields, [customer.kind], customer.custom_fields))


def _again(customer: Customer, kept: Customer, fields: FieldSet) -> Customer:
    """A customer that is registered already: what was not said of its fields is as it was kept."""
    differing = {code: value for code, value in customer.custom_fields.items() if kept.custom_fields.get(code) != value}
    values = accepted_changes(fields, [customer.kind], differing)
    said = {code: value for code, value in {**kept.custom_fields, **values}.items() if value is not None}
    return msgspec.structs.replace(customer, custom_fields=said)


def handle_assign_customer(command: AssignCustomer, transaction: Transaction, origin: Origin) -> Decision:
    """What was merged into the customer goes along, so that its tickets and history are the same dealer's."""
    existing, _ = load_customer(transaction, command.customer)
    require_current(existing)
    if command.dealer:
        load_dealer(transaction, command.dealer)
    appends = []
    for number in with_merged(transaction, command.customer):
        state, version = load_customer(transaction, number)
        events = assign_customer(state, command.dealer, origin.today)
        appends.append(Append(customer_stream(number), version, events))
    return Decision(tuple(appends))


def with_merged(transaction: Transaction, number: str) -> list[str]:
    """A customer and all that were merged into it, directly or through others."""
    state, _ = load_customer(transaction, number)
    return [number, *(found for other in state.merged for found in with_merged(transaction, other))]


def handle_change_customer(command: ChangeCustomer, transaction: Transaction, origin: Origin) -> Decision:
    existing, version = load_customer(transaction, command.number)
    changes = command.changes
    if changes.custom_fields is not UNSET:
        kind = existing.customer.kind if changes.kind is UNSET else changes.kind
        values = accepted_changes(load_fields(transaction, "customer"), [kind], changes.custom_fields)
        changes = msgspec.structs.replace(changes, custom_fields=values)
    events = change_customer(existing, changes, origin.today)
    appended = Append(customer_stream(command.number), version, events)
    return Decision((appended,), warned(changed(existing.customer, changes)))


HANDLERS: Handlers = {
    RegisterCustomer: handle_register_customer,
    ChangeCustomer: handle_change_customer,
    AssignCustomer: handle_assign_customer,
}
CONCERNS: Concerns = {
    AssignCustomer: HOUSE,
    RegisterCustomer: Concern(
        "named", (Named("new customer", ("customer.number",)), Named("dealer", ("dealer",), is_optional=True))
    ),
    ChangeCustomer: Concern("named", (Named("customer", ("number",)),)),
}
