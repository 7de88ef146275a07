"""Changes of the details of sellers and customers: what is named changes, everything else stays as it is.

Decides which changes are right, and since when a customer exists. Which details a party must have is decided in
`parties`. A detail that is left out differs from one that is cleared (`kernel.changes`).
"""

from __future__ import annotations

from datetime import date

import msgspec
from msgspec import UNSET, UnsetType

from billing_core.kernel.changes import changed
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.parties.customers import (
    CustomerChanged,
    CustomerKind,
    CustomerRegistrationCorrected,
    CustomerState,
    require_current,
    require_customer,
)
from billing_core.parties.customers import as_kept as customer_as_kept
from billing_core.parties.details import require_text
from billing_core.parties.sellers import Seller, SellerChanged, as_kept, require_seller

# --- values


class AddressChanges(msgspec.Struct, frozen=True, kw_only=True):
    """The named parts of an address; None clears one."""

    street: str | UnsetType | None = UNSET
    city: str | UnsetType | None = UNSET
    postal_code: str | UnsetType | None = UNSET
    country: str | UnsetType | None = UNSET
    house_number: str | UnsetType | None = UNSET
    building: str | UnsetType | None = UNSET
    entrance: str | UnsetType | None = UNSET
    floor: str | UnsetType | None = UNSET
    flat: str | UnsetType | None = UNSET
    district: str | UnsetType | None = UNSET


class SellerChanges(msgspec.Struct, frozen=True, kw_only=True):
    """The named details of a seller; None clears one. Its code and its number series do not change."""

    name: str | UnsetType = UNSET
    address: AddressChanges | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    legal_ids: dict[str, str | None] | UnsetType = UNSET
    iban: str | UnsetType | None = UNSET
    bic: str | UnsetType | None = UNSET
    email: str | UnsetType | None = UNSET
    phone: str | UnsetType | None = UNSET
    document_retention_years: int | UnsetType = UNSET
    language: str | UnsetType | None = UNSET


class CustomerChanges(msgspec.Struct, frozen=True, kw_only=True):
    """The named details of a customer; None clears one. Its number does not change."""

    kind: CustomerKind | UnsetType = UNSET
    name: str | UnsetType = UNSET
    address: AddressChanges | UnsetType = UNSET
    legal_ids: dict[str, str | None] | UnsetType = UNSET
    email: str | UnsetType | None = UNSET
    phone: str | UnsetType | None = UNSET
    custom_fields: dict[str, str | None] | UnsetType = UNSET
    language: str | UnsetType | None = UNSET
    postal_address: AddressChanges | UnsetType = UNSET
    installation_address: AddressChanges | UnsetType = UNSET
    iban: str | UnsetType | None = UNSET
    source: str | UnsetType | None = UNSET


# --- decisions


def change_seller(existing: Seller, changes: SellerChanges, on: date) -> list[Event]:
    """The named details of a seller are others from `on`. The same details change nothing."""
    seller = as_kept(changed(existing, changes))
    require_seller(seller)
    return [] if seller == existing else [SellerChanged(effective_on=on, seller=seller, before=existing)]


def change_customer(existing: CustomerState, changes: CustomerChanges, on: date) -> list[Event]:
    """The named details of a customer are others from `on`; the same details change nothing.

    A customer that was forgotten or merged into another one stays as it is.
    """
    require_current(existing)
    before, customer = existing.customer, customer_as_kept(changed(existing.customer, changes))
    require_customer(customer)
    if on < existing.registered_on:
        raise InvalidValue(
            f"the customer exists only since {existing.registered_on}", field="change of customer on", value=on
        )
    return [] if customer == before else [CustomerChanged(effective_on=on, customer=customer, before=before)]


def correct_registration(
    existing: CustomerState, fact: CustomerRegistrationCorrected, first_account_on: date | None
) -> list[Event]:
    """The customer exists since another day, at the latest since its first account or change; the same changes nothing.

    account opened on 5 March: since 1 March or 5 March is right, since 6 March is refused
    """
    require_current(existing)
    require_text(fact.reason, "reason")
    for first_on, what in ((first_account_on, "an account was opened"), (existing.changed_on, "details changed")):
        if first_on is not None and fact.effective_on > first_on:
            raise RuleViolation(f"{what} on {first_on} already; the customer exists since then or before",
                                field="registered on", value=fact.effective_on)  # fmt: skip
    return [] if fact.effective_on == existing.registered_on else [fact]
