"""Customers: who receives documents.

Decides which details a customer must have. What a customer buys and owes lives with the account; whether it may be
forgotten is decided in `forgetting`.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from billing_core.kernel.errors import AlreadyExists, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.languages import require_language
from billing_core.kernel.personal import OnDocuments, Personal, PersonNumber, erased
from billing_core.parties.details import Address, contacts, require_details, require_printable, require_text
from billing_core.parties.forgotten import CustomerForgotten

CustomerKind = Literal["person", "company"]

# --- values and events


class Customer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person or a company. `legal_ids` maps the kind of id (VAT ID, company id) to its value.

    `language` is the one in which the customer is written to, as ISO 639 has it; empty is the seller's.
    """

    number: PersonNumber
    kind: CustomerKind
    name: OnDocuments[str]
    address: OnDocuments[Address] = Address()
    legal_ids: OnDocuments[dict[str, str]] = msgspec.field(default_factory=dict)
    email: Personal[str | None] = None
    phone: Personal[str | None] = None
    attributes: Personal[dict[str, str]] = msgspec.field(default_factory=dict)
    language: OnDocuments[str] = ""


@event("customer-registered")
class CustomerRegistered(Event, frozen=True, kw_only=True):
    customer: Customer


@event("customer-changed")
class CustomerChanged(Event, frozen=True, kw_only=True):
    """The customer's details from now on, complete, and those before."""

    customer: Customer
    before: Customer


@event("customer-registration-corrected")
class CustomerRegistrationCorrected(Event, frozen=True, kw_only=True):
    """The customer exists since `effective_on`, whatever was recorded before."""

    customer: PersonNumber
    reason: Personal[str]


@event("customer-assigned")
class CustomerAssigned(Event, frozen=True, kw_only=True):
    """From now on the customer belongs to a dealer, whose operators serve it; without one to the house itself."""

    customer: str
    dealer: str


# --- state


class CustomerState(msgspec.Struct):
    """The customer as now known, the date since which it exists, how it was forgotten, and its dealer, if any.

    `changed_on` is the day of the first change of its details.
    """

    customer: Customer
    registered_on: date
    forgotten: CustomerForgotten | None = None
    changed_on: date | None = None
    dealer: str = ""


def apply_customer(state: CustomerState | None, fact: Event) -> CustomerState | None:
    """Fold one event of a customer's stream."""
    if isinstance(fact, CustomerRegistered):
        return CustomerState(fact.customer, fact.effective_on)
    if isinstance(fact, CustomerChanged) and state is not None:
        changed_on = state.changed_on or fact.effective_on
        return CustomerState(fact.customer, state.registered_on, changed_on=changed_on, dealer=state.dealer)
    if isinstance(fact, CustomerRegistrationCorrected) and state is not None:
        return msgspec.structs.replace(state, registered_on=fact.effective_on)
    if isinstance(fact, CustomerAssigned) and state is not None:
        return msgspec.structs.replace(state, dealer=fact.dealer)
    if isinstance(fact, CustomerForgotten) and state is not None:
        return CustomerState(erased(state.customer), state.registered_on, fact, dealer=state.dealer)
    return state


class Standing(msgspec.Struct, frozen=True):
    """Whether a customer was forgotten, without anything personal."""

    forgotten_on: date | None = None


def apply_standing(standing: Standing | None, fact: Event) -> Standing:
    """Fold one event of a customer's stream."""
    if isinstance(fact, CustomerForgotten):
        return Standing(fact.effective_on)
    return standing or Standing()


# --- decisions


def register_customer(existing: CustomerState | None, customer: Customer, on: date, dealer: str = "") -> list[Event]:
    """A customer's number is used once; registering the same customer of the same dealer again changes nothing."""
    if existing is not None:
        if (existing.customer, existing.dealer) == (customer, dealer):
            return []
        raise AlreadyExists("another customer has this number", field="customer number", value=customer.number)
    require_customer(customer)
    registered = CustomerRegistered(effective_on=on, customer=customer)
    if not dealer:
        return [registered]
    return [registered, CustomerAssigned(effective_on=on, customer=customer.number, dealer=dealer)]


def assign_customer(existing: CustomerState, dealer: str, on: date) -> list[Event]:
    """Another dealer, or none, for a customer; the dealer it has changes nothing."""
    if existing.dealer == dealer:
        return []
    return [CustomerAssigned(effective_on=on, customer=existing.customer.number, dealer=dealer)]


def require_not_forgotten(existing: CustomerState) -> None:
    """Nothing more may be known of, or sold to, a customer that was forgotten."""
    forgotten = existing.forgotten
    require_known(existing.customer.number, Standing(forgotten.effective_on if forgotten else None))


def require_known(number: str, standing: Standing) -> None:
    """A customer that was not forgotten."""
    if standing.forgotten_on is not None:
        raise RuleViolation(
            f"was forgotten on {standing.forgotten_on}; register a returning customer under a new number",
            field="customer number",
            value=number,
        )


def require_customer(customer: Customer) -> None:
    require_text(customer.number, "customer number")
    require_details(
        "customer", customer.name, customer.address, contacts(customer.email, customer.phone, customer.legal_ids)
    )
    for field, value in customer.attributes.items():
        require_printable(value, f"customer {field}")
    require_language(customer.language, "customer language")
