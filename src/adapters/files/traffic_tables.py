"""Traffic as a CSV file or an XLSX workbook: one row for each value in each step of time.

Instants have their offset in CSV. A workbook knows no time zones: it has the time of the seller's clock, with the
offset in a column of its own, so that the two hours of the night in which the clock goes back stay apart.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import TextIO

from projections.usage.traffic import TrafficRow

COLUMNS = TrafficRow.__struct_fields__
WIDTH = 18


def write_traffic_csv(into: TextIO, rows: Iterable[TrafficRow]) -> None:
    """Write a heading and the rows; what is not known is empty."""
    writer = csv.writer(into, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        at = row.hour_at.isoformat() if row.hour_at else ""
        writer.writerow(
            (row.on, at, row.of, row.records, row.seconds, f"{row.quantity:f}", row.bytes_in, row.bytes_out)
        )


def traffic_workbook(rows: Iterable[TrafficRow]) -> bytes:
    """The rows as a workbook with one sheet, the same bytes each time; dates are dates and counts are numbers."""
    from xlsxwriter import Workbook

    file = BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001  (a workbook knows no time zones)
        strong = book.add_format({"bold": True})
        day, hour = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"))
        sheet = book.add_worksheet("traffic")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(COLUMNS), WIDTH)
        sheet.write_row(0, 0, ("on", "hour_at", "offset", *COLUMNS[2:]), strong)
        for at, row in enumerate(rows, start=1):
            sheet.write_datetime(at, 0, row.on, day)
            if row.hour_at is not None:
                sheet.write_datetime(at, 1, row.hour_at.replace(tzinfo=None), hour)
                sheet.write_string(at, 2, _offset(row.hour_at))
            sheet.write_string(at, 3, row.of)
            for column, number in enumerate((row.records, row.seconds, row.quantity, row.bytes_in, row.bytes_out), 4):
                sheet.write_number(at, column, number)
    return file.getvalue()


def _offset(at: datetime) -> str:
    """`+02:00`."""
    return at.isoformat()[-6:]
