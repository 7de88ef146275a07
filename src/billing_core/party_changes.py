"""Changes of the details of a seller: what is named changes, everything else stays as it is.

Decides what the changed details are. Which details a seller must have is decided in `parties`.
"""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.kernel.events import Event
from billing_core.parties import Address, Seller, SellerChanged, as_kept, require_seller

CONTACTS = ("iban", "bic", "email", "phone")

# --- values


class AddressChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The parts of an address that change: None leaves a part as it is, an empty text removes it."""

    street: str | None = None
    city: str | None = None
    postal_code: str | None = None
    country: str | None = None

    def applied_to(self, address: Address) -> Address:
        """The address with the named parts in place of its own."""
        named = {part: text for part, text in msgspec.structs.asdict(self).items() if text is not None}
        return msgspec.structs.replace(address, **named)


class SellerChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The details of a seller that change: None leaves a detail as it is, an empty text removes it.

    Of the address and the legal ids only those change that are named, too.
    """

    name: str | None = None
    address: AddressChange = AddressChange()
    time_zone: str | None = None
    legal_ids: dict[str, str] = msgspec.field(default_factory=dict)
    iban: str | None = None
    bic: str | None = None
    email: str | None = None
    phone: str | None = None
    document_retention_years: int | None = None

    def applied_to(self, seller: Seller) -> Seller:
        """The seller with the named details in place of its own."""
        details = {detail: value for detail, value in msgspec.structs.asdict(self).items() if value is not None}
        contacts = {detail: details.get(detail, getattr(seller, detail)) or None for detail in CONTACTS}
        legal_ids = {kind: value for kind, value in {**seller.legal_ids, **self.legal_ids}.items() if value}
        address = self.address.applied_to(seller.address)
        return msgspec.structs.replace(seller, **details | contacts | {"legal_ids": legal_ids, "address": address})


# --- decisions


def change_seller(existing: Seller, change: SellerChange, on: date) -> list[Event]:
    """A seller with some other details. The same details change nothing.

    North Cable, Pier 1, Riverside; name North Net and city Hillside    North Net, Pier 1, Hillside
    """
    changed = as_kept(change.applied_to(existing))
    require_seller(changed)
    return [] if changed == existing else [SellerChanged(effective_on=on, seller=changed)]
