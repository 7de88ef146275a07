"""Sellers and customers, in words."""

from __future__ import annotations

import msgspec

from adapters.texts.sentences import Sentences
from billing_core.kernel.changes import differences
from billing_core.parties.customers import (
    Customer,
    CustomerAssigned,
    CustomerChanged,
    CustomerRegistered,
    CustomerRegistrationCorrected,
)
from billing_core.parties.number_series import NumberSeriesOpened
from billing_core.parties.sellers import Seller, SellerChanged, SellerRegistered


def customer_text(customer: Customer) -> str:
    """Kind, name, address, legal ids and contacts."""
    ids = (f"{label} {value}" for label, value in customer.legal_ids.items())
    contacts = (contact for contact in (customer.email, customer.phone) if contact)
    return ", ".join([customer.kind, customer.name, *customer.address.lines(), *ids, *contacts])


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
        f"{each.field.rpartition('.')[2].replace('_', ' ')} {each.after or 'none'} (before: {each.before or 'none'})"
        for each in differences(before, after)
    )
    return ", ".join(found) or "erased"


def _assigned(fact: CustomerAssigned) -> str:
    return f"belongs to dealer {fact.dealer}" if fact.dealer else "belongs to no dealer any more"


def _series(fact: NumberSeriesOpened) -> str:
    return f"{fact.kind} numbers from {fact.series.first} on"


SENTENCES: Sentences = {
    CustomerRegistered: lambda fact: customer_text(fact.customer),
    CustomerChanged: lambda fact: differences_text(fact.before, fact.customer),
    CustomerRegistrationCorrected: lambda fact: f"exists since {fact.effective_on}: {fact.reason}",
    CustomerAssigned: _assigned,
    SellerRegistered: lambda fact: seller_text(fact.seller),
    SellerChanged: lambda fact: differences_text(fact.before, fact.seller),
    NumberSeriesOpened: _series,
}
