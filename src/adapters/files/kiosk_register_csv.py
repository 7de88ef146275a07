"""Reads the daily register of a kiosk's operator from its CSV file: an id and an amount in each row.

    transaction,amount        txn_id;account;sum;date
    17,12.50                  17;1001;12.50;2026-03-02

Columns that are not named are passed over. A cancelled payment is not in the register, or has the amount 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from adapters.files.csv_table import CsvRow, CsvTable
from billing_core.kernel.money import parse_decimal
from billing_core.kiosks.transactions import require_transaction
from commands.platform.batch import BatchReport


class RegisterForm(msgspec.Struct, frozen=True, kw_only=True):
    """The names of the columns, and what stands between two."""

    transaction: str = "transaction"
    amount: str = "amount"
    delimiter: str = ","


class RegisterLine(NamedTuple):
    """A row of the register: `17=12.50`."""

    line: int
    written: str


def read_register(path: Path, form: RegisterForm, report: BatchReport) -> Iterator[RegisterLine]:
    """The lines of a register that have an amount. The columns are checked at once, the rows as they are walked."""
    columns = (form.transaction, form.amount)
    table = CsvTable(path, form.delimiter, columns=columns, by="the form of the register")

    def read(row: CsvRow) -> RegisterLine | None:
        transaction = require_transaction(row.cells[form.transaction])
        amount = parse_decimal(row.cells[form.amount].replace(",", "."), "amount")
        return RegisterLine(row.line, f"{transaction}={amount:f}") if amount else None

    return (line for line in table.read(read, report) if line is not None)
