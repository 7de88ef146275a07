"""Reads usage records from a CSV file, one row at a time; bad rows are reported, and the others continue.

    account,subscription,component,on,quantity,reference
    A0001,main,data,2026-05-10,1.5,cdr-000123

A record has the number of its line. `reference` is the source's own id of the record, and may be empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from adapters.files.cells import parse_date
from adapters.files.csv_table import CsvRow, CsvTable
from billing_core.kernel.money import parse_decimal
from billing_core.usage.mediation.batches import UsageRecord, require_record
from commands.platform.batch import BatchReport

COLUMNS = ("account", "subscription", "component", "on", "quantity", "reference")


def read_usage_records(path: Path, report: BatchReport) -> Iterator[UsageRecord]:
    """The records of a file. The columns are checked at once, the rows as they are walked."""
    table = CsvTable(path)
    table.require_columns(COLUMNS, "a usage file")
    return table.read(_record, report)


def _record(row: CsvRow) -> UsageRecord:
    cells = row.cells
    record = UsageRecord(
        number=row.line,
        account=cells["account"],
        subscription=cells["subscription"],
        component=cells["component"],
        on=parse_date(cells["on"], "on"),
        quantity=parse_decimal(cells["quantity"], "quantity"),
        reference=cells["reference"],
    )
    require_record(record)
    return record
