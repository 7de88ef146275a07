"""Sellers: the legal entities that issue documents.

Decides which details a seller must have. How its documents are numbered is decided in `number_series` and `numbering`.
"""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import AlreadyExists, InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.kernel.languages import require_language
from billing_core.parties.bank_details import bank_as_kept, require_bank
from billing_core.parties.details import Address, contacts, require_details, require_text
from billing_core.parties.number_series import (
    SERIES_CLAIM,
    NumberSeries,
    NumberSeriesOpened,
    SeriesKind,
    require_series,
)

MOST_RETENTION_YEARS = 100

# --- values and events


class Seller(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The legal entity that issues documents, and how many years after that of issue the law makes it keep them.

    `series` are those of the kinds of document that it has issued or is about to: a kind needs none before its first
    use. `language`, as ISO 639 has it, is that of customers who have none of their own; empty is English.
    """

    code: str
    name: str
    address: Address
    time_zone: str
    series: dict[SeriesKind, NumberSeries]
    legal_ids: dict[str, str] = msgspec.field(default_factory=dict)
    iban: str | None = None
    bic: str | None = None
    email: str | None = None
    phone: str | None = None
    document_retention_years: int = 10
    language: str = ""


@event("seller-registered")
class SellerRegistered(Event, frozen=True, kw_only=True):
    seller: Seller

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """How the numbers of each of its series begin."""
        series = self.seller.series.items()
        return tuple(Claim(SERIES_CLAIM, each.claim_key, stream, kind) for kind, each in series)


@event("seller-changed")
class SellerChanged(Event, frozen=True, kw_only=True):
    """The seller's details from now on, complete, and those before; its number series go on as they are."""

    seller: Seller
    before: Seller


# --- state


def apply_seller(state: Seller | None, fact: Event) -> Seller | None:
    """Fold one event of a seller's stream."""
    match fact:
        case SellerRegistered(seller=seller):
            return seller
        case SellerChanged(seller=seller) if state is not None:
            return msgspec.structs.replace(seller, series=state.series)
        case NumberSeriesOpened(kind=kind, series=series) if state is not None:
            return msgspec.structs.replace(state, series={**state.series, kind: series})
    return state


# --- decisions


def register_seller(existing: Seller | None, seller: Seller, on: date) -> list[Event]:
    """A seller exists once; registering the same seller again changes nothing, whatever series it opened since."""
    seller = as_kept(seller)
    if existing is not None:
        first = {kind: series for kind, series in seller.series.items() if not _is_followed(existing.series.get(kind))}
        if existing == msgspec.structs.replace(seller, series={**existing.series, **first}):
            return []
        raise AlreadyExists("is registered with other details", field="seller", value=seller.code)
    require_seller(seller)
    require_series(seller.series)
    return [SellerRegistered(effective_on=on, seller=seller)]


def _is_followed(series: NumberSeries | None) -> bool:
    """Whether the series came after one that was used up."""
    return series is not None and series.numbers_before > 0


def require_seller(seller: Seller) -> None:
    """Details that documents can show and that a bank understands."""
    require_text(seller.code, "seller code")
    require_details("seller", seller.name, seller.address, contacts(seller.email, seller.phone, seller.legal_ids))
    if not 0 <= seller.document_retention_years <= MOST_RETENTION_YEARS:
        raise InvalidValue(f"must be 0 to {MOST_RETENTION_YEARS}", field="document retention years",
                           value=seller.document_retention_years)  # fmt: skip
    require_bank(seller.iban, seller.bic, "seller")
    require_language(seller.language, "seller language")


def as_kept(seller: Seller) -> Seller:
    """The seller with IBAN and BIC as banks exchange them."""
    return msgspec.structs.replace(seller, **bank_as_kept(seller.iban, seller.bic))
