"""Dealers: legal entities that bring customers and serve them, by operators of their own.

Decides which details a dealer must have. Which customers are a dealer's is a fact of the customer (`parties`); what its
operators may do is decided by their roles (`staff`), and always for the dealer's own customers only.
"""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.kernel.errors import AlreadyExists
from billing_core.kernel.events import Event, event
from billing_core.parties.bank_details import bank_as_kept, require_bank
from billing_core.parties.details import Address, contacts, require_details, require_text

# --- values and events


class Dealer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A legal entity. `legal_ids` maps the kind of id (VAT ID, company id) to its value."""

    code: str
    name: str
    address: Address = Address()
    legal_ids: dict[str, str] = msgspec.field(default_factory=dict)
    is_vat_payer: bool = False
    iban: str | None = None
    bic: str | None = None
    email: str | None = None
    phone: str | None = None


@event("dealer-registered")
class DealerRegistered(Event, frozen=True, kw_only=True):
    dealer: Dealer


@event("dealer-changed")
class DealerChanged(Event, frozen=True, kw_only=True):
    """The dealer's details from now on, complete."""

    dealer: Dealer


# --- state


def apply_dealer(dealer: Dealer | None, fact: Event) -> Dealer | None:
    """The dealer after an event of its stream."""
    return fact.dealer if isinstance(fact, DealerRegistered | DealerChanged) else dealer


# --- decisions


def register_dealer(existing: Dealer | None, dealer: Dealer, on: date) -> list[Event]:
    """A dealer's code is used once; registering the same dealer again changes nothing."""
    dealer = _checked(dealer)
    if existing is not None:
        if existing == dealer:
            return []
        raise AlreadyExists("is registered with other details", field="dealer", value=dealer.code)
    return [DealerRegistered(effective_on=on, dealer=dealer)]


def change_dealer(existing: Dealer, dealer: Dealer, on: date) -> list[Event]:
    """New details, complete; the same details change nothing."""
    dealer = _checked(dealer)
    return [] if existing == dealer else [DealerChanged(effective_on=on, dealer=dealer)]


def _checked(dealer: Dealer) -> Dealer:
    """The dealer with details that documents can show, and its bank account as banks exchange it."""
    require_text(dealer.code, "dealer code")
    require_details("dealer", dealer.name, dealer.address, contacts(dealer.email, dealer.phone, dealer.legal_ids))
    require_bank(dealer.iban, dealer.bic, "dealer")
    return msgspec.structs.replace(dealer, **bank_as_kept(dealer.iban, dealer.bic))
