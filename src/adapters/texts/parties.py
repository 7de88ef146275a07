"""Sellers and customers, in words."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from adapters.texts.sentences import Sentences
from billing_core.kernel.changes import differences
from billing_core.parties.consents import (
    ConsentEntry,
    ConsentPurposePut,
    CustomerConsentGiven,
    CustomerConsentWithdrawn,
)
from billing_core.parties.contacts import Contact, CustomerContactPut, CustomerContactRemoved
from billing_core.parties.customers import (
    Customer,
    CustomerAssigned,
    CustomerChanged,
    CustomerRegistered,
    CustomerRegistrationCorrected,
)
from billing_core.parties.families import CustomerChildAdded, CustomerChildRemoved, CustomerParentAssigned
from billing_core.parties.merges import (
    CustomerMerged,
    CustomerMergeUndone,
    CustomerRecordGivenBack,
    CustomerRecordTakenOver,
)
from billing_core.parties.number_series import NumberSeriesOpened
from billing_core.parties.sellers import Seller, SellerChanged, SellerRegistered


def customer_text(customer: Customer) -> str:
    """Kind, name, addresses, legal ids, and how the customer is reached and came."""
    ids = (f"{label} {value}" for label, value in customer.legal_ids.items())
    named = {
        "post to": ", ".join(customer.postal_address.lines()),
        "installed at": ", ".join(customer.installation_address.lines()),
        "language": customer.language,
        "IBAN": customer.iban,
        "came by": customer.source,
    }
    others = (f"{name} {value}" for name, value in named.items() if value)
    reached = (contact for contact in (customer.email, customer.phone) if contact)
    return ", ".join([customer.kind, customer.name, *customer.address.lines(), *ids, *reached, *others])


def contact_text(contact: Contact) -> str:
    """Name, roles, and the ways to reach a contact person."""
    roles = f" ({', '.join(contact.roles)})" if contact.roles else ""
    others = [*contact.phones, *contact.emails, contact.language, contact.note]
    return ", ".join([f"{contact.name}{roles}", *(other for other in others if other)])


def consent_text(purpose: str, history: Sequence[ConsentEntry]) -> str:
    """The present state of a consent: since when, by which channel, and to which wording."""
    last = history[-1]
    if last.wording_version is None:
        return f"{purpose}: no consent since {last.on}, by {last.channel}"
    return f"{purpose}: agrees to wording {last.wording_version} since {last.on}, by {last.channel}"


def seller_text(seller: Seller) -> str:
    """Name, address, legal ids, bank account and contacts."""
    ids = (f"{label} {value}" for label, value in seller.legal_ids.items())
    others = (seller.iban, seller.bic, seller.email, seller.phone)
    return ", ".join([seller.name, *seller.address.lines(), *ids, *(value for value in others if value)])


def differences_text(before: msgspec.Struct, after: msgspec.Struct) -> str:
    """Each changed field with its value now and before: `city Riga (before: none)`.

    Details that were erased do not differ.
    """
    found = (
        f"{_field(each.field)} {each.after or 'none'} (before: {each.before or 'none'})"
        for each in differences(before, after)
    )
    return ", ".join(found) or "erased"


def _field(name: str) -> str:
    """The words for a field by its dotted name: `city`, and `postal address city` of another address."""
    group, _, last = name.rpartition(".")
    words = last if group in ("", "address", "legal_ids", "custom_fields") else f"{group} {last}"
    return words.replace("_", " ")


def _assigned(fact: CustomerAssigned) -> str:
    return f"belongs to dealer {fact.dealer}" if fact.dealer else "belongs to no dealer any more"


def _parent(fact: CustomerParentAssigned) -> str:
    if not fact.parent:
        return "has no parent any more"
    return f"is a child of customer {fact.parent}, which {'pays' if fact.is_paid_by_parent else 'does not pay'} for it"


def _merged(fact: CustomerMerged) -> str:
    accounts = f" with the accounts {', '.join(fact.accounts)}" if fact.accounts else ""
    return f"is the same as customer {fact.into} and merged into it{accounts}: {fact.reason}"


def _contact(fact: CustomerContactPut) -> str:
    return f"contact {fact.contact}: {contact_text(fact.details) or 'erased'}"


def _series(fact: NumberSeriesOpened) -> str:
    return f"{fact.kind} numbers from {fact.series.first} on"


SENTENCES: Sentences = {
    CustomerRegistered: lambda fact: customer_text(fact.customer),
    CustomerChanged: lambda fact: differences_text(fact.before, fact.customer),
    CustomerRegistrationCorrected: lambda fact: f"exists since {fact.effective_on}: {fact.reason}",
    CustomerAssigned: _assigned,
    CustomerContactPut: _contact,
    CustomerContactRemoved: lambda fact: f"contact {fact.contact} is removed",
    CustomerConsentGiven: lambda fact: f"agrees to {fact.purpose}, wording {fact.wording_version}, by {fact.channel}",
    CustomerConsentWithdrawn: lambda fact: f"does not agree to {fact.purpose}, by {fact.channel}",
    ConsentPurposePut: lambda fact: f"{fact.purpose.name}, wording {fact.version}: {fact.purpose.wording}",
    CustomerParentAssigned: _parent,
    CustomerChildAdded: lambda fact: f"is the parent of customer {fact.child}",
    CustomerChildRemoved: lambda fact: f"is not the parent of customer {fact.child} any more",
    CustomerMerged: _merged,
    CustomerMergeUndone: lambda fact: f"is another one than customer {fact.into} after all: {fact.reason}",
    CustomerRecordTakenOver: lambda fact: f"customer {fact.other} is the same one and was merged into it",
    CustomerRecordGivenBack: lambda fact: f"customer {fact.other} is another one after all",
    SellerRegistered: lambda fact: seller_text(fact.seller),
    SellerChanged: lambda fact: differences_text(fact.before, fact.seller),
    NumberSeriesOpened: _series,
}
