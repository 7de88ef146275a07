"""A report as CSV, as CSV for spreadsheets, and as JSON; each is written row by row.

    plain                came_in,currency        for programs: names of columns, a point, days as 2026-06-11
                         1250.50,CZK
    for spreadsheets     Came in;Currency        titles of columns, a semicolon, a decimal comma, and a byte order mark,
                         1250,50;CZK             by which Excel knows UTF-8 in countries that write a comma

A text that a spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

import msgspec

from adapters.files.tables_csv import defused
from projections.reports.whole import Value, WholeAnswer

BYTE_ORDER_MARK = "\ufeff"
ROWS_AT_ONCE = 1_000
LINE_END = "\r\n"  # As RFC 4180 has it. With another one, Python leaves a text with a lone \r unquoted.


class _Lines:
    """What a writer of CSV writes to: each line in UTF-8."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, line: str) -> None:
        self._file.write(line.encode())


def write_csv(answer: WholeAnswer, file: BinaryIO) -> None:
    """The rows under the names of the columns."""
    writer = csv.writer(_Lines(file), lineterminator=LINE_END)
    writer.writerow([column.name for column in answer.report.columns])
    writer.writerows([_cell(value) for value in row] for row in answer.rows)


def write_spreadsheet_csv(answer: WholeAnswer, file: BinaryIO) -> None:
    """The rows under the titles of the columns, as Excel opens them in countries that write a decimal comma."""
    file.write(BYTE_ORDER_MARK.encode())
    writer = csv.writer(_Lines(file), delimiter=";", lineterminator=LINE_END)
    writer.writerow([defused(column.title) for column in answer.report.columns])
    writer.writerows([_local_cell(value) for value in row] for row in answer.rows)


def write_json(answer: WholeAnswer, file: BinaryIO) -> None:
    """The same members as an answer of the API, with all rows; they come last, so that they can be read one by one."""
    report = answer.report
    head = {
        "report": report.name, "title": report.title, "given": dict(answer.given), "columns": report.columns,
        "totals": answer.totals,
    }  # fmt: skip
    file.write(msgspec.json.encode(head)[:-1] + b',"rows":[')
    for number, rows in enumerate(_in_parts(answer.rows)):
        file.write((b"," if number else b"") + b",\n".join(map(msgspec.json.encode, rows)))
    file.write(b"]}\n")


def _in_parts(rows: Iterable[tuple[Value, ...]]) -> Iterator[list[tuple[Value, ...]]]:
    part: list[tuple[Value, ...]] = []
    for row in rows:
        part.append(row)
        if len(part) == ROWS_AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _cell(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case datetime() | date():
            return value.isoformat()
        case str():
            return defused(value)
    return str(value)


def _local_cell(value: Value) -> str:
    match value:
        case Decimal():
            return f"{value:f}".replace(".", ",")
        case datetime():  # The clock of the zone; a spreadsheet knows no offsets.
            return f"{value:%Y-%m-%d %H:%M:%S}"
    return _cell(value)
