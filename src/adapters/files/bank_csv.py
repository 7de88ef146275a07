"""Reads payments from a bank's CSV file, one row at a time; bad rows are reported, and the others continue.

    source,reference,received_on,amount,currency,payment_reference,payer
    bank,2026-000123,2026-03-14,49.90,EUR,1000000007,Anna Kalniņa

`source` and `reference` together name the payment for good; `payment_reference` is what the payer wrote and is
matched later, as is what belongs to no account. An amount has a point and no more decimals than its currency.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from adapters.files.cells import parse_date
from adapters.files.csv_table import CsvRow, CsvTable
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money, parse_amount, zero
from billing_core.parties import require_text
from commands.payments.bank_file import BankRow
from commands.platform.batch import BatchReport

COLUMNS = ("source", "reference", "received_on", "amount", "currency", "payment_reference", "payer")


def read_bank_rows(path: Path, report: BatchReport) -> Iterator[BankRow]:
    """The payments of a file. The columns are checked at once, the rows as they are walked."""
    table = CsvTable(path)
    table.require_columns(COLUMNS, "a bank file")
    return table.read(_bank_row, report)


def _bank_row(row: CsvRow) -> BankRow:
    cells = row.cells
    for column in ("source", "reference"):
        require_text(cells[column], column)
    return BankRow(
        line=row.line,
        source=cells["source"],
        reference=cells["reference"],
        received_on=parse_date(cells["received_on"], "received_on"),
        amount=_received(cells["amount"], cells["currency"]),
        payment_reference=cells["payment_reference"],
        payer=cells["payer"],
    )


def _received(text: str, currency: str) -> Money:
    amount = parse_amount(text, currency, "amount")
    if amount <= zero(currency):
        raise InvalidValue("must be more than zero; record money paid back as a reversal", field="amount", value=text)
    return amount
