"""Customers: who receives documents.

Decides which details a customer must have. What a customer buys and owes lives with the account; whether it may be
forgotten is decided in `forgetting`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal

import msgspec

from billing_core.kernel.errors import AlreadyExists, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.languages import require_language
from billing_core.kernel.personal import OnDocuments, Personal, PersonNumber, erased
from billing_core.parties.bank_details import bank_as_kept, require_bank
from billing_core.parties.consents import Consents, CustomerConsentGiven, CustomerConsentWithdrawn, apply_consent
from billing_core.parties.contacts import Contact, Contacts, CustomerContactPut, CustomerContactRemoved, apply_contact
from billing_core.parties.details import (
    Address,
    contacts,
    require_address,
    require_details,
    require_printable,
    require_text,
)
from billing_core.parties.families import CustomerChildAdded, CustomerChildRemoved, CustomerParentAssigned, Parent
from billing_core.parties.forgotten import CustomerForgotten
from billing_core.parties.merges import (
    CustomerMerged,
    CustomerMergeUndone,
    CustomerRecordGivenBack,
    CustomerRecordTakenOver,
)

CustomerKind = Literal["person", "company"]

# --- values and events


class Customer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person or a company. `legal_ids` maps the kind of id (VAT ID, company id) to its value.

    `address` is printed on documents. `postal_address` is where letters go and `installation_address` where services
    are, each if it is another one. `language` is the one in which the customer is written to, as ISO 639 has it; empty
    is the seller's. `source` is how the customer came, as in `spring campaign`, `recommendation` or `import`.
    `custom_fields` maps the code of each field that the house defines itself to its value.
    """

    number: PersonNumber
    kind: CustomerKind
    name: OnDocuments[str]
    address: OnDocuments[Address] = Address()
    legal_ids: OnDocuments[dict[str, str]] = msgspec.field(default_factory=dict)
    email: Personal[str | None] = None
    phone: Personal[str | None] = None
    custom_fields: Personal[dict[str, str]] = msgspec.field(default_factory=dict)
    language: OnDocuments[str] = ""
    postal_address: Personal[Address] = Address()
    installation_address: Personal[Address] = Address()
    iban: Personal[str | None] = None
    source: Personal[str] = ""


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


class CustomerState(msgspec.Struct, omit_defaults=True):
    """The customer as now known, the date since which it exists, how it was forgotten, and its dealer, if any.

    `changed_on` is the day of the first change of its details. `merged_into` is the customer that is kept instead of
    it, with the accounts that went there; `merged` are those that point to it. `taken_accounts` came with a merge, also
    if it was undone: documents that were issued meanwhile name this customer.
    """

    customer: Customer
    registered_on: date
    forgotten: CustomerForgotten | None = None
    changed_on: date | None = None
    dealer: str = ""
    contacts: Contacts = {}
    consents: Consents = {}
    parent: Parent | None = None
    children: tuple[str, ...] = ()
    merged_into: str = ""
    merged_accounts: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    taken_accounts: tuple[str, ...] = ()

    @property
    def forgotten_on(self) -> date | None:
        return self.forgotten.effective_on if self.forgotten else None

    @property
    def documents_kept_until(self) -> date | None:
        """The day until which documents still name a forgotten customer."""
        return self.forgotten.kept_until if self.forgotten else None


def apply_customer(state: CustomerState | None, fact: Event) -> CustomerState | None:
    """Fold one event of a customer's stream."""
    if isinstance(fact, CustomerRegistered):
        return CustomerState(fact.customer, fact.effective_on)
    if state is None:
        return None
    change = FOLDS.get(type(fact))
    return msgspec.structs.replace(state, **change(state, fact)) if change else state


Change = Callable[[CustomerState, Any], dict[str, Any]]


def _contacts(state: CustomerState, fact: Any) -> dict[str, Any]:
    return {"contacts": apply_contact(state.contacts, fact)}


def _consents(state: CustomerState, fact: Any) -> dict[str, Any]:
    return {"consents": apply_consent(state.consents, fact)}


# The fields of the state that each event changes.
FOLDS: dict[type[Event], Change] = {
    CustomerChanged: lambda state, fact: {
        "customer": fact.customer, "changed_on": state.changed_on or fact.effective_on
    },
    CustomerRegistrationCorrected: lambda state, fact: {"registered_on": fact.effective_on},
    CustomerAssigned: lambda state, fact: {"dealer": fact.dealer},
    CustomerContactPut: _contacts,
    CustomerContactRemoved: _contacts,
    CustomerConsentGiven: _consents,
    CustomerConsentWithdrawn: _consents,
    CustomerParentAssigned: lambda state, fact: {
        "parent": Parent(fact.parent, fact.is_paid_by_parent) if fact.parent else None
    },
    CustomerChildAdded: lambda state, fact: {"children": with_number(state.children, fact.child)},
    CustomerChildRemoved: lambda state, fact: {"children": without_number(state.children, fact.child)},
    CustomerMerged: lambda state, fact: {"merged_into": fact.into, "merged_accounts": fact.accounts},
    CustomerMergeUndone: lambda state, fact: {"merged_into": "", "merged_accounts": ()},
    CustomerRecordTakenOver: lambda state, fact: {
        "merged": with_number(state.merged, fact.other),
        "taken_accounts": tuple(sorted({*state.taken_accounts, *fact.accounts})),
    },
    CustomerRecordGivenBack: lambda state, fact: {"merged": without_number(state.merged, fact.other)},
    CustomerForgotten: lambda state, fact: {
        "customer": erased(state.customer), "forgotten": fact, "contacts": {}, "consents": {}
    },
}  # fmt: skip


def with_number(numbers: tuple[str, ...], number: str) -> tuple[str, ...]:
    """The numbers of customers with another one, in order."""
    return tuple(sorted({*numbers, number}))


def without_number(numbers: tuple[str, ...], number: str) -> tuple[str, ...]:
    return tuple(each for each in numbers if each != number)


class Standing(msgspec.Struct, frozen=True):
    """Whether a customer was forgotten or merged into another one, without anything personal."""

    forgotten_on: date | None = None
    merged_into: str = ""


def apply_standing(standing: Standing | None, fact: Event) -> Standing:
    """Fold one event of a customer's stream."""
    standing = standing or Standing()
    match fact:
        case CustomerForgotten():
            return Standing(fact.effective_on, standing.merged_into)
        case CustomerMerged():
            return Standing(standing.forgotten_on, fact.into)
        case CustomerMergeUndone():
            return Standing(standing.forgotten_on)
    return standing


# --- decisions


def register_customer(existing: CustomerState | None, customer: Customer, on: date, dealer: str = "") -> list[Event]:
    """A customer's number is used once; registering the same customer of the same dealer again changes nothing."""
    customer = as_kept(customer)
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


def require_current(existing: CustomerState) -> None:
    """Nothing more may be known of, or sold to, a customer that was forgotten or merged into another one."""
    require_known(existing.customer.number, Standing(existing.forgotten_on, existing.merged_into))


def require_known(number: str, standing: Standing) -> None:
    """A customer that was neither forgotten nor merged into another one."""
    if standing.forgotten_on is not None:
        raise RuleViolation(
            f"was forgotten on {standing.forgotten_on}; register a returning customer under a new number",
            field="customer number",
            value=number,
        )
    if standing.merged_into:
        raise RuleViolation(f"was merged into customer {standing.merged_into}; use that number",
                            field="customer number", value=number)  # fmt: skip


def emails_of(customer: Customer, contacts: Mapping[str, Contact]) -> list[str]:
    """The addresses from which the customer and its contacts write."""
    emails = [customer.email or "", *(email for contact in contacts.values() for email in contact.emails)]
    return [email for email in emails if email]


def require_customer(customer: Customer) -> None:
    require_text(customer.number, "customer number")
    require_details(
        "customer", customer.name, customer.address, contacts(customer.email, customer.phone, customer.legal_ids)
    )
    require_address(customer.postal_address, "customer postal address")
    require_address(customer.installation_address, "customer installation address")
    require_language(customer.language, "customer language")
    require_printable(customer.source, "customer source")
    require_bank(customer.iban, None, "customer")


def as_kept(customer: Customer) -> Customer:
    """The customer with its IBAN as banks exchange it."""
    return msgspec.structs.replace(customer, iban=bank_as_kept(customer.iban, None)["iban"])
