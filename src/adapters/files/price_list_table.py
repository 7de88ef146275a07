"""A table of texts in CSV or XLSX: finds the header, below a heading too, and what separates the cells.

Does not know what the columns mean: `is_header` says which row names them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from adapters.files.csv_table import CsvRow, CsvTable
from adapters.files.xlsx_table import XlsxTable, is_xlsx
from billing_core.kernel.errors import InvalidValue
from commands.platform.batch import BatchReport

MOST_FILE_BYTES = 200 * 2**20
MOST_LINES_OF_HEADING = 50
PEEKED_BYTES = 65_536
DELIMITERS = (";", ",", "\t", "|")
BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class TableForm(NamedTuple):
    """How a CSV file is written, as far as it is stated."""

    delimiter: str = ""
    encoding: str = ""


IsHeader = Callable[[Iterable[str]], object]


class FoundTable(NamedTuple):
    """The names of the columns, and the rows below them that can be read as texts."""

    header: tuple[str, ...]
    rows: Iterator[CsvRow]


def open_table(path: Path, form: TableForm, report: BatchReport, is_header: IsHeader) -> FoundTable:
    """The table in a file; rows that cannot be read are reported as they come. `InvalidValue` without a header."""
    if path.stat().st_size > MOST_FILE_BYTES:
        raise InvalidValue(f"is larger than {MOST_FILE_BYTES // 2**20} MiB; split it", field="file", value=path)
    found = _xlsx(path, report, is_header) if is_xlsx(path) else _csv(path, form, report, is_header)
    return FoundTable(found.header, (row for row in found.rows if any(row.cells.values())))


def _xlsx(path: Path, report: BatchReport, is_header: IsHeader) -> FoundTable:
    table = XlsxTable(path)
    cells = table.find_header(is_header, MOST_LINES_OF_HEADING)
    if not cells:
        raise _no_header(path)
    table.header = _named(cells, path)
    return FoundTable(table.header, table.rows(report))


def _named(cells: tuple[str, ...], path: Path) -> tuple[str, ...]:
    """The names up to the last one; within a merged cell all but the first are empty, so their columns have no name."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    if "" in cells:
        raise InvalidValue(f"of {path} has no name; give each column one in the row of the header, without merged "
                           "cells", field="column", value=cells.index("") + 1)  # fmt: skip
    repeated = next((name for number, name in enumerate(cells) if name in cells[:number]), None)
    if repeated is not None:
        raise InvalidValue(f"stands twice in the header of {path}; rename one of the two", field="column",
                           value=repeated)  # fmt: skip
    return cells


def _csv(path: Path, form: TableForm, report: BatchReport, is_header: IsHeader) -> FoundTable:
    encoding = form.encoding or _encoding_of(path)
    for delimiter in form.delimiter or DELIMITERS:
        for cells in _first_rows(path, delimiter, encoding):
            if is_header(cells):
                named = [cell for cell in cells if cell]
                table = CsvTable(path, delimiter, encoding, named, "the price list")
                return FoundTable(_named(table.header, path), table.rows(report))
    raise _no_header(path)


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        return BYTE_ORDER_MARKS.get(file.read(2), "utf-8")


def _first_rows(path: Path, delimiter: str, encoding: str) -> Iterator[list[str]]:
    """The first rows, read without judging them."""
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors="replace", newline="") as file:
        lines = file.read(PEEKED_BYTES).splitlines()
    try:
        for cells in islice(csv.reader(lines, delimiter=delimiter), MOST_LINES_OF_HEADING):
            yield [cell.strip() for cell in cells]
    except csv.Error:
        return


def _no_header(path: Path) -> InvalidValue:
    return InvalidValue(
        f"has no row with the names of the columns that are needed among its first {MOST_LINES_OF_HEADING}; rename the "
        "columns, and check the delimiter and the encoding",
        field="file", value=path,
    )  # fmt: skip
