"""What stands on each line of a document, at each VAT rate of it, and which charges wait for a document?

A line names its charge by key. A charge that no document of its own page takes is kept in `unbilled_charges`, a small
table, until one does; then its row moves to the lines. So a line is complete without a look at all charges.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from billing_core.charging.charges import Charge
from billing_core.invoicing.documents import TaxSummaryLine
from billing_core.invoicing.invoices import CreditNoteIssued, DocumentEvent, InvoiceLine
from billing_core.kernel.money import Money
from billing_core.reports.forecasts import PastUsage
from projections.platform.projection import Cursor, as_columns, insert_rows

TABLES = ("document_lines", "document_taxes", "unbilled_charges")
SELECT_USAGE = """
    SELECT account, subscription, component, currency, sum(net) FROM document_lines
    WHERE charge_kind = 'usage' AND issued_on >= %s AND issued_on < %s GROUP BY 1, 2, 3, 4
"""
OF_DOCUMENT = {
    "document": "text", "kind": "text", "account": "text", "seller": "text", "issued_on": "date",
    "tax_point_on": "date",
}  # fmt: skip
OF_LINE = {"line": "int4", "net": "numeric", "charge": "text"}
OF_CHARGE = {
    "posted_on": "date", "subscription": "text", "component": "text", "on_component": "text", "tariff": "text",
    "charge_kind": "text", "from_on": "date", "to_on": "date", "amount": "numeric", "currency": "text",
    "unit_price": "numeric", "quantity": "numeric", "vat_rate": "numeric", "includes_vat": "bool", "agreed": "bool",
    "corrects": "text",
}  # fmt: skip
LINE_COLUMNS = {**OF_DOCUMENT, **OF_LINE, **OF_CHARGE}
UNBILLED_COLUMNS = {"account": "text", "charge": "text", **OF_CHARGE}
TAX_COLUMNS = {**OF_DOCUMENT, "rate": "numeric", "base": "numeric", "vat": "numeric", "currency": "text"}


def _columns(columns: dict[str, str]) -> str:
    """`account text NOT NULL, ...`; what is compared alone by its bytes says so."""
    keys = {"document", "account", "charge"}
    return ", ".join(f'{name} {kind}{" COLLATE " + chr(34) + "C" + chr(34) if name in keys else ""} NOT NULL'
                     for name, kind in columns.items())  # fmt: skip


DEFINITION = f"""
    CREATE TABLE document_lines ({_columns(LINE_COLUMNS)});
    CREATE TABLE document_taxes ({_columns(TAX_COLUMNS)});
    CREATE TABLE unbilled_charges ({_columns(UNBILLED_COLUMNS)}, PRIMARY KEY (account, charge));
"""
INDEXES = """
    CREATE INDEX ON document_lines (document);
    CREATE INDEX ON document_lines (issued_on);
    CREATE INDEX ON document_taxes (document);
    CREATE INDEX ON document_taxes (tax_point_on);
"""
# The lines whose charges were posted by an earlier page.
BILL_WAITING = f"""
    WITH line AS (
        SELECT * FROM unnest({", ".join(f"%b::{kind}[]" for kind in (*OF_DOCUMENT.values(), *OF_LINE.values()))})
            AS line ({", ".join((*OF_DOCUMENT, *OF_LINE))})
    ), taken AS (
        DELETE FROM unbilled_charges USING line
        WHERE unbilled_charges.account = line.account AND unbilled_charges.charge = line.charge
        RETURNING unbilled_charges.*
    )
    INSERT INTO document_lines ({", ".join(LINE_COLUMNS)})
    SELECT {", ".join(f"line.{name}" for name in (*OF_DOCUMENT, *OF_LINE))},
           {", ".join(f"taken.{name}" for name in OF_CHARGE)}
    FROM line JOIN taken USING (account, charge)
"""

Row = tuple[Any, ...]


class Issued(NamedTuple):
    """A document and its account."""

    account: str
    fact: DocumentEvent

    @property
    def row(self) -> Row:
        fact = self.fact
        kind = "credit-note" if isinstance(fact, CreditNoteIssued) else "invoice"
        return fact.number, kind, self.account, fact.seller.code, fact.effective_on, fact.tax_point_on


class Page:
    """The charges and documents of one page of events."""

    def __init__(self) -> None:
        self._posted: dict[tuple[str, str], Row] = {}
        self._lines: list[Row] = []
        self._taxes: list[Row] = []
        self._posted_before: list[Row] = []

    def post(self, account: str, charges: Iterable[Charge], on: date) -> None:
        for charge in charges:
            self._posted[account, charge.key] = _charge_row(charge, on)

    def issue(self, issued: Issued) -> None:
        row = issued.row
        for number, line in enumerate(issued.fact.lines, 1):
            self._bill(row, issued.account, number, line)
        self._taxes += [(*row, *_tax_row(tax)) for tax in issued.fact.taxes]

    def _bill(self, document: Row, account: str, number: int, line: InvoiceLine) -> None:
        of_line = number, line.net.amount, line.charge
        charge = self._posted.pop((account, line.charge), None)
        if charge is None:
            self._posted_before.append((*document, *of_line))
        else:
            self._lines.append((*document, *of_line, *charge))

    def write(self, cursor: Cursor) -> None:
        if self._posted_before:
            cursor.execute(BILL_WAITING, as_columns(self._posted_before, len(OF_DOCUMENT) + len(OF_LINE)))
        if self._lines:
            insert_rows(cursor, "document_lines", LINE_COLUMNS, self._lines)
        if self._taxes:
            insert_rows(cursor, "document_taxes", TAX_COLUMNS, self._taxes)
        if self._posted:
            waiting = [(*key, *row) for key, row in self._posted.items()]
            insert_rows(cursor, "unbilled_charges", UNBILLED_COLUMNS, waiting)


def _charge_row(charge: Charge, posted_on: date) -> Row:
    return (
        posted_on, charge.subscription, charge.component, charge.of, charge.tariff, charge.kind, charge.from_on,
        charge.to_on, charge.amount.amount, charge.amount.currency, charge.unit_price, charge.quantity,
        charge.vat_rate, charge.includes_vat, charge.agreed, charge.corrects or "",
    )  # fmt: skip


def _tax_row(tax: TaxSummaryLine) -> Row:
    return tax.rate, tax.base.amount, tax.vat.amount, tax.base.currency


# --- queries


def usage_by_account(cursor: Cursor, from_on: date, to_on: date) -> dict[str, list[PastUsage]]:
    """The usage on documents that were issued from a day on and before another one, by component of each service."""
    found: dict[str, list[PastUsage]] = {}
    for account, subscription, component, currency, net in cursor.execute(SELECT_USAGE, (from_on, to_on)):
        found.setdefault(account, []).append(PastUsage(subscription, component, Money(net, currency)))
    return found
