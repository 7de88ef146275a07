"""The content of a printed document: a complete, self-contained snapshot, ready for any printer or exchange format.

Decides the content, not the layout. It is built from facts that never change (the issuing event, and the seller
and customer exactly as they stood when it was issued), so printing it again gives the same content.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from billing_core.kernel.money import Money

DocumentKind = Literal["invoice", "credit-note"]


class DocumentParty(msgspec.Struct, frozen=True, kw_only=True):
    """Seller or buyer as printed. `legal_ids` maps the printed label (IČO, VAT ID) to its value."""

    name: str
    address_lines: tuple[str, ...] = ()
    legal_ids: dict[str, str] = msgspec.field(default_factory=dict)
    email: str | None = None
    phone: str | None = None


class BankDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Where to pay: IBAN and BIC without spaces."""

    iban: str
    bic: str | None = None


class DocumentLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line: what, how many times, for which half-open period, how each amount came about, and the net amount.

    `gross` is the amount with VAT if the price list has its prices with VAT. `units` are what is priced at `unit_price`
    each, in the price list's own terms; without a unit price they say nothing. `subscription` is the code of its
    service, empty for several or none.
    """

    description: str
    from_on: date
    to_on: date
    explanation: str
    vat_rate: Decimal
    net: Money
    quantity: int = 1
    subscription: str = ""
    gross: Money | None = None
    units: Decimal = Decimal(1)
    unit_price: Decimal | None = None


class TaxSummaryLine(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The document's net lines of one VAT rate (percent), their sum and the tax on it, rounded once."""

    rate: Decimal
    base: Money
    vat: Money


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice or a credit note. A credit note carries negative amounts and names what it corrects; why a clerk
    credited it is not printed.

    VAT is due as of its tax point. `settled` is what payments and credits have settled of an invoice when it is
    printed; without it nothing. If the account has a document for each service or each address, `service` is the
    code of the subscription and `service_name` what its tariff is called, or `address` the code of the address. It
    speaks the `language` that the buyer had when it was issued.
    """

    kind: DocumentKind
    number: str
    issued_on: date
    tax_point_on: date
    due_on: date
    account: str
    payment_reference: str
    seller: DocumentParty
    buyer: DocumentParty
    bank: BankDetails | None
    lines: tuple[DocumentLine, ...]
    taxes: tuple[TaxSummaryLine, ...]
    net: Money
    vat: Money
    gross: Money
    corrects: str | None = None
    service: str = ""
    service_name: str = ""
    address: str = ""
    settled: Money | None = None
    language: str = "en"

    @property
    def to_pay(self) -> Money:
        """What is still to pay of an invoice: 544.50 of which 100.00 is settled leaves 444.50."""
        return self.gross if self.settled is None else self.gross - self.settled
