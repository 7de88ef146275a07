"""Reads what an agency paid from its CSV file, one row at a time; bad rows are reported, the others continue.

    account,invoice,amount,fee,reference,received_on
    A1,1000000007,40.00,8.00,2026-17,2026-05-20

`reference` is the agency's own and names the payment for good. An empty fee is none, an empty day is today.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from adapters.files.csv_table import CsvRow, CsvTable
from billing_core.kernel.dates import require_day
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import parse_decimal
from commands.collection.agency_payments import BookAgencyPayment
from commands.platform.batch import BatchReport

COLUMNS = ("account", "invoice", "amount", "fee", "reference", "received_on")


class AgencyRow(NamedTuple):
    """A row of the file as the command that books it."""

    line: int
    command: BookAgencyPayment


def read_agency_rows(path: Path, agency: str, report: BatchReport) -> Iterator[AgencyRow]:
    """The payments of a file of an agency. The columns are checked at once, the rows as they are walked."""
    table = CsvTable(path)
    table.require_columns(COLUMNS, "the form of an agency's file")
    return table.read(lambda row: AgencyRow(row.line, _command(agency, row)), report)


def _command(agency: str, row: CsvRow) -> BookAgencyPayment:
    cells = row.cells
    return BookAgencyPayment(
        agency=agency,
        account=cells["account"],
        invoice=cells["invoice"],
        amount=parse_decimal(cells["amount"], "amount"),
        fee=parse_decimal(cells["fee"], "fee") if cells["fee"] else Decimal(0),
        reference=cells["reference"],
        received_on=_day(cells["received_on"]) if cells["received_on"] else None,
    )


def _day(text: str) -> date:
    try:
        return require_day(date.fromisoformat(text), "received_on")
    except ValueError as error:
        raise InvalidValue("must be a date as 2026-05-20", field="received_on", value=text) from error
