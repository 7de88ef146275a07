"""Sellers and customers, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from billing_core.parties import Customer, CustomerChanged, CustomerRegistered, NumberSeriesOpened, SellerRegistered


def customer_text(customer: Customer) -> str:
    """Kind, name, address, legal ids and contacts."""
    ids = (f"{label} {value}" for label, value in customer.legal_ids.items())
    contacts = (contact for contact in (customer.email, customer.phone) if contact)
    return ", ".join([customer.kind, customer.name, *customer.address.lines(), *ids, *contacts])


def _seller(fact: SellerRegistered) -> str:
    return ", ".join([fact.seller.name, *fact.seller.address.lines()])


def _series(fact: NumberSeriesOpened) -> str:
    return f"{fact.kind} numbers from {fact.series.number(1)} on"


SENTENCES: Sentences = {
    CustomerRegistered: lambda fact: customer_text(fact.customer),
    CustomerChanged: lambda fact: customer_text(fact.customer),
    SellerRegistered: _seller,
    NumberSeriesOpened: _series,
}
