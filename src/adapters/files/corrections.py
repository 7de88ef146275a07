"""A list of corrections: a YAML file with the right values for wrong records.

    reason: price list of January was mistyped    # why; a correction may have a reason of its own
    id: 0b0e1a52-...                              # only to play an equal file once more
    corrections:
      - {kind: activation, account: A1, subscription: main, on: 2026-03-16}
      - {kind: tariff, account: A1, subscription: main, from: 2026-01-01, to: 2026-03-16, tariff: fast}
      - {kind: price, account: A1, subscription: main, from: 2026-01-01, to: 2026-03-16, component: fee, price: 19.90}
      - {kind: vat, every_account_on: net, from: 2026-01-01, to: 2026-03-01, component: fee, vat: 10}
      - {kind: payment, payment: bank:2026-17, account: A1, to_account: A2, reason: the payer mixed up two numbers}

A period is half-open; without `to` it has no end. `every_account_on` is every account on that tariff in the period, in
place of an account and its subscription. A tariff may have agreed `prices` by component, and for one subscription the
`parameters` that it requires. An activation or a tariff that leaves recorded usage without a price settles it with
`unpriced_usage`: `last-price` or `waive`.

Everything is taken as written, and an unknown key is an error. A file is played once, identified by its content:
comments and layout do not count. It is refused as a whole, with every faulty entry and its line, before anything is
written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid5

import msgspec
from pydantic import ValidationError

from adapters.edge.faults import Part, explained, first_of, found_in
from adapters.edge.models import read_struct, written
from adapters.edge.values import AT_LEAST_ONE
from adapters.files.yaml_documents import Document, FilePart, read_document
from billing_core.billing.unpriced_usage import UnpricedUsage
from billing_core.kernel.errors import InvalidValue
from commands.corrections.account import Correction
from commands.corrections.payment import MovePayment
from commands.corrections.run import CorrectionList, Entry, OfPayment, OnAccount, OnTariff

# The id of a file's run is made of this and of the file's content, so it must never change.
NAMESPACE = UUID("6f2b3c1e-9d57-4f0e-8a41-2f6c4b7d9e10")


class CorrectionSchema(FilePart, frozen=True, kw_only=True, tag_field="kind"):
    reason: str = ""


class ActivationSchema(CorrectionSchema, frozen=True, kw_only=True, tag="activation"):
    account: str
    subscription: str
    on: date
    unpriced_usage: UnpricedUsage | None = None

    def correction(self) -> Correction:
        return Correction(
            subscription=self.subscription,
            activated_on=self.on,
            reason=self.reason,
            unpriced_usage=self.unpriced_usage,
        )


class TermsSchema(CorrectionSchema, frozen=True, kw_only=True):
    """The right terms over a period."""

    account: str = ""
    subscription: str = ""
    every_account_on: str = ""
    from_on: date
    to_on: date | None = None

    def __post_init__(self) -> None:
        if bool(self.account) != bool(self.subscription) or bool(self.account) == bool(self.every_account_on):
            raise ValueError("needs either account and subscription, or every_account_on")
        if self.to_on is not None and self.to_on <= self.from_on:
            raise ValueError(f"to {self.to_on} must lie after from {self.from_on}")

    def correction(self) -> Correction:
        return Correction(
            subscription=self.subscription,
            on_tariff=self.every_account_on,
            from_on=self.from_on,
            to_on=self.to_on,
            reason=self.reason,
            **self.right(),
        )

    def right(self) -> dict[str, Any]:
        """The right terms, as fields of the command."""
        raise NotImplementedError


class TariffSchema(TermsSchema, frozen=True, kw_only=True, tag="tariff"):
    tariff: str
    agreed_prices: Mapping[str, Decimal] = {}
    parameters: Mapping[str, str] = {}
    unpriced_usage: UnpricedUsage | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.parameters and self.every_account_on:
            raise ValueError("has parameters, which belong to one subscription; name it with its account")

    def right(self) -> dict[str, Any]:
        return {
            "tariff": self.tariff,
            "agreed_prices": self.agreed_prices,
            "parameters": self.parameters,
            "unpriced_usage": self.unpriced_usage,
        }


class PriceSchema(TermsSchema, frozen=True, kw_only=True, tag="price"):
    component: str
    price: Decimal

    def right(self) -> dict[str, Any]:
        return {"agreed_prices": {self.component: self.price}}


class VatRateSchema(TermsSchema, frozen=True, kw_only=True, tag="vat"):
    component: str
    vat_rate: Decimal

    def right(self) -> dict[str, Any]:
        return {"vat_rates": {self.component: self.vat_rate}}


class PaymentSchema(CorrectionSchema, frozen=True, kw_only=True, tag="payment"):
    payment: str
    account: str
    to_account: str


AnyCorrection = ActivationSchema | TariffSchema | PriceSchema | VatRateSchema | PaymentSchema


class CorrectionFile(FilePart, frozen=True, kw_only=True):
    reason: str
    id: UUID | None = None
    corrections: Annotated[tuple[AnyCorrection, ...], AT_LEAST_ONE]


def read_corrections(path: Path) -> CorrectionList:
    """The list in a file; every fault of it in one `InvalidValue`."""
    document = read_document(path)
    try:
        listed = read_struct(CorrectionFile, document.written)
    except ValidationError as error:
        faults = first_of(error.errors(), lambda fault: _fault(fault, document))
        raise InvalidValue(faults, field=document.file) from None
    entries = [_entry(item, listed.reason, _place(index, document)) for index, item in enumerate(listed.corrections)]
    content = msgspec.json.encode(written(listed), order="deterministic").decode()
    return CorrectionList(listed.id or uuid5(NAMESPACE, content), listed.reason, entries)


def _entry(item: AnyCorrection, reason: str, place: str) -> Entry:
    match item:
        case PaymentSchema():
            return OfPayment(
                place,
                MovePayment(
                    payment=item.payment,
                    from_account=item.account,
                    to_account=item.to_account,
                    reason=item.reason or reason,
                ),
            )
        case TermsSchema(every_account_on=tariff) if tariff:
            return OnTariff(place, item.correction())
        case TermsSchema() | ActivationSchema():
            return OnAccount(place, item.account, item.correction())
    raise AssertionError("unreachable")


def _place(index: int, document: Document) -> str:
    return f"entry {index + 1} (line {document.line(('corrections', index))})"


def _fault(fault: Any, document: Document) -> str:
    """As a reader of a list looks for it: `entry 2 (line 5), price 'cheap': is not a number ...`."""
    if fault["type"] == "model_type":
        return "must hold `reason` and `corrections`"
    if fault["loc"] == ("corrections",) and fault["type"] == "value_error":
        return "corrections: holds no correction"

    def place(location: Sequence[Part]) -> str:
        names = list(found_in(document.written, location))
        entry = ""
        if len(names) > 1 and names[0] == "corrections":
            entry = _place(int(names[1]), document)
            names = names[2:]
        return ", ".join(part for part in (entry, ".".join(str(name) for name in names)) if part)

    return explained(fault, place)
