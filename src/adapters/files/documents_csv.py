"""Documents as a CSV file: one row each, for a spreadsheet or another program.

Amounts are exact and have a currency column; dates are ISO dates. An amount of a credit note is negative.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from typing import TextIO

from billing_core.kernel.money import total
from projections.billing import DocumentRow
from projections.documents import state_of

COLUMNS = (
    "number", "kind", "state", "seller", "customer", "account", "issued_on", "tax_point_on", "due_on", "currency",
    "net", "vat", "gross", "open", "corrects", "service", "address",
)  # fmt: skip


def write_documents(into: TextIO, documents: Iterable[DocumentRow], today: date) -> int:
    """Write a heading and a row for each document; how many there were."""
    writer = csv.writer(into, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for count, row in enumerate(documents, 1):  # noqa: B007  (the last number is the count)
        writer.writerow(_row(row, today))
    return count


def _row(row: DocumentRow, today: date) -> tuple[object, ...]:
    currency = row.gross.currency
    net = total((tax.base for tax in row.taxes), currency)
    return (
        row.number, row.kind, state_of(row, today), row.seller.code, row.customer.code, row.account, row.issued_on,
        row.tax_point_on, row.due_on, currency, f"{net.amount:f}", f"{(row.gross - net).amount:f}",
        f"{row.gross.amount:f}", f"{row.open_amount.amount:f}", row.corrects or "",
        row.subject.subscription if row.subject else "", row.subject.address if row.subject else "",
    )  # fmt: skip
