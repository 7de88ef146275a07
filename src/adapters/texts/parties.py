"""Sellers and customers, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from billing_core.parties import (
    Customer,
    CustomerChanged,
    CustomerRegistered,
    NumberSeriesOpened,
    Seller,
    SellerChanged,
    SellerRegistered,
)


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


def _series(fact: NumberSeriesOpened) -> str:
    return f"{fact.kind} numbers from {fact.series.first} on"


SENTENCES: Sentences = {
    CustomerRegistered: lambda fact: customer_text(fact.customer),
    CustomerChanged: lambda fact: customer_text(fact.customer),
    SellerRegistered: lambda fact: seller_text(fact.seller),
    SellerChanged: lambda fact: seller_text(fact.seller),
    NumberSeriesOpened: _series,
}
