"""A small internet provider and one of its customers, whose documents the tests print."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from billing_core.invoicing.documents import BankDetails, Document, DocumentLine, DocumentParty, TaxSummaryLine
from billing_core.kernel.money import Money, rounded, total

MakeLine = Callable[..., DocumentLine]
MakeDocument = Callable[..., Document]


@pytest.fixture
def make_line() -> MakeLine:
    """A line of one month of internet in March 2026; any part of it can be given."""

    def make(
        description: str = "Internet 250 Mbit/s", net: str = "450.00", currency: str = "EUR", **given: object
    ) -> DocumentLine:
        line = DocumentLine(
            description=description,
            from_on=date(2026, 3, 1),
            to_on=date(2026, 4, 1),
            explanation=f"{net} {currency} a month, 1 whole period",
            vat_rate=Decimal(21),
            net=Money(Decimal(net), currency),
        )
        return msgspec.structs.replace(line, **given)

    return make


@pytest.fixture
def make_document(make_line: MakeLine) -> MakeDocument:
    """An invoice whose tax summary and totals follow from its lines; any part of it can be given."""

    def make(*lines: DocumentLine, **given: object) -> Document:
        lines = lines or (make_line(),)
        currency = lines[0].net.currency
        taxes = []
        for rate in sorted({line.vat_rate for line in lines}):
            base = total((line.net for line in lines if line.vat_rate == rate), currency)
            taxes.append(TaxSummaryLine(rate=rate, base=base, vat=rounded(base.amount * rate / 100, currency)))
        net, vat = total((tax.base for tax in taxes), currency), total((tax.vat for tax in taxes), currency)
        document = Document(
            kind="invoice",
            number="2026000123",
            issued_on=date(2026, 4, 1),
            tax_point_on=date(2026, 3, 31),
            due_on=date(2026, 4, 15),
            account="A-1004711",
            payment_reference="2026000123",
            seller=DocumentParty(
                name="Rychlá Síť, s.r.o.",
                address_lines=("Žižkova 1234/5", "130 00 Praha 3"),
                legal_ids={"IČO": "27082440"},
                email="billing@example.com",
            ),
            buyer=DocumentParty(name="Иван Петров", address_lines=("улица Абовяна 5", "Ереван 0001")),
            bank=BankDetails(iban="CZ5855000000001265098001", bic="RZBCCZPP"),
            lines=lines,
            taxes=tuple(taxes),
            net=net,
            vat=vat,
            gross=net + vat,
        )
        return msgspec.structs.replace(document, **given)

    return make
