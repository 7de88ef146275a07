"""Invoices printed per second on one core. The limit is 80 invoices/s, the least that is accepted."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

from adapters.documents.pdf import render_pdf
from benchmarks.measurement import report
from billing_core.invoicing.documents import BankDetails, Document, DocumentLine, DocumentParty, TaxSummaryLine
from billing_core.kernel.money import Money

INVOICES = 400
LEAST_PER_SECOND = 80


def main() -> None:
    """Two lines, a VAT summary and a payment QR each; every invoice differs."""
    render_pdf(invoice(0))
    started = time.process_time()
    for running in range(1, INVOICES + 1):
        render_pdf(invoice(running))
    report("invoice_pdf", INVOICES / (time.process_time() - started), "invoices/s per core", LEAST_PER_SECOND)


def invoice(running: int) -> Document:
    """An invoice with two lines, unlike those of other numbers."""

    def euros(amount: str) -> Money:
        return Money(Decimal(amount) + running, "EUR")

    line = DocumentLine(
        description="Internet 100: monthly fee",
        from_on=date(2026, 3, 1),
        to_on=date(2026, 4, 1),
        explanation="1 month at 19.90 EUR, price list internet-100",
        vat_rate=Decimal(20),
        net=euros("19.90"),
    )
    return Document(
        kind="invoice",
        number=f"1{running:09d}",
        issued_on=date(2026, 3, 1),
        tax_point_on=date(2026, 3, 1),
        due_on=date(2026, 3, 15),
        account=f"{running:08d}",
        payment_reference=f"1{running:09d}",
        seller=DocumentParty(name="Network Operator Ltd", address_lines=("1 Mast Street", "1000 Sofia", "BG")),
        buyer=DocumentParty(name=f"Иван Петров {running}", address_lines=("5 Harbour Road", "4000 Plovdiv", "BG")),
        bank=BankDetails(iban="BG80BNBG96611020345678", bic="BNBGBGSD"),
        lines=(line, line),
        taxes=(TaxSummaryLine(rate=Decimal(20), base=euros("39.80"), vat=euros("7.96")),),
        net=euros("39.80"),
        vat=euros("7.96"),
        gross=euros("47.76"),
    )
