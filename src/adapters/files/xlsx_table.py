"""A sheet of an XLSX workbook as a table, in the shape of a CSV file: a header, and rows of texts.

Decides which workbooks and cells cannot be read as texts. Does not know what the cells mean.

    cell            text                    cell              text
    49              49                      '0049 (a text)    0049
    0.05            0.05                    0.1 + 0.2         refused: a formula
    49.0            49                      0.30000000000000004 refused: more than 15 digits, which no sheet shows
    1 March 2027    2027-03-01              #REF!             refused: an error of the sheet

A number of a sheet is a float. The text is its shortest decimal form, which is what was typed up to 15 digits; one with
more digits was computed, and what was meant is not known.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from adapters.files.csv_table import LONGEST_VALUE_SHOWN, CsvRow
from billing_core.kernel.errors import InvalidValue
from commands.platform.batch import BatchReport

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP_BEGINNING = b"PK\x03\x04"
OLD_OFFICE_BEGINNING = b"\xd0\xcf\x11\xe0"
MOST_UNPACKED_BYTES = 400 * 2**20
MOST_DIGITS = 15
MOST_COLUMNS = 200
MOST_SHEETS = 20
UNREADABLE = (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, ParseError, AttributeError, IndexError)


def is_xlsx(path: Path) -> bool:
    """Whether a file begins as a workbook does; an old or encrypted one is refused."""
    with path.open("rb") as file:
        beginning = file.read(4)
    if beginning == OLD_OFFICE_BEGINNING:
        raise InvalidValue("is an old or encrypted Excel file; save it as XLSX without a password", field="file",
                           value=path)  # fmt: skip
    return beginning == ZIP_BEGINNING


class XlsxTable:
    """The sheet of a workbook that has the header; `rows` can be walked once, after `find_header`."""

    def __init__(self, path: Path) -> None:
        from openpyxl import load_workbook

        self._path = path
        _require_size(path)
        try:
            # The library refuses a path without its ending, which a file that was sent does not have.
            packed = BytesIO(path.read_bytes())
            self._sheets: list[Any] = load_workbook(packed, read_only=True, keep_links=False).worksheets
        except UNREADABLE as error:
            raise self._unreadable(error) from None
        self._rows: Iterator[tuple[int, tuple[Any, ...]]] = iter(())
        self.header: tuple[str, ...] = ()

    def find_header(self, is_header: Callable[[tuple[str, ...]], object], most: int) -> tuple[str, ...]:
        """The first row that is the header, among the first rows of a sheet: a cover may come before the sheet.

        Nothing if there is none. A cell that cannot be read is shown as it is.
        """
        for sheet in self._sheets[:MOST_SHEETS]:
            self._rows = self._rows_of(sheet)
            for _, row in islice(self._read(), most):
                cells = tuple(_shown(cell) for cell in row)[:MOST_COLUMNS]
                if is_header(cells):
                    return cells
        return ()

    def _rows_of(self, sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
        # The sheet may claim any dimensions, and rows are padded to what it claims.
        sheet.reset_dimensions()
        return enumerate(sheet.iter_rows(), start=1)

    def rows(self, report: BatchReport) -> Iterator[CsvRow]:
        """Every row below the header with a text for each column; one with a faulty cell is reported."""
        for line, cells in self._read():
            try:
                texts = [_text(cell, name) for cell, name in zip(cells, self.header, strict=False)]
            except InvalidValue as error:
                report.reject(line, error)
                continue
            if any(texts):
                texts += [""] * (len(self.header) - len(texts))
                yield CsvRow(line, dict(zip(self.header, texts, strict=True)))

    def _read(self) -> Iterator[tuple[int, tuple[Any, ...]]]:
        try:
            yield from self._rows
        except UNREADABLE as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: Exception) -> InvalidValue:
        return InvalidValue(f"cannot be read as an XLSX workbook: {str(error)[:LONGEST_VALUE_SHOWN]}", field="file",
                            value=self._path)  # fmt: skip


def _require_size(path: Path) -> None:
    """A small archive may claim to hold any amount; the claim bounds what is unpacked of it."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise InvalidValue(f"cannot be read as an XLSX workbook: {error}", field="file", value=path) from None
    if unpacked > MOST_UNPACKED_BYTES:
        raise InvalidValue(
            f"would be {unpacked:,} bytes unpacked, over {MOST_UNPACKED_BYTES // 2**20} MiB; split it, or send it as "
            "CSV",
            field="file", value=path,
        )  # fmt: skip


def _text(cell: Any, column: str) -> str:
    """The text of a cell, or why it has none."""
    value, kind = cell.value, cell.data_type
    if value is None:
        return ""
    if kind in ("f", "e"):
        reason = "is a formula; paste its values" if kind == "f" else "is an error of the sheet"
        raise InvalidValue(reason, field=column, value=_shown(cell))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value, column)
    return _day(value, column) if isinstance(value, date | time) else str(value).strip()


def _number(value: float, column: str) -> str:
    exact = Decimal(repr(value))
    if not exact.is_finite() or len(exact.normalize().as_tuple().digits) > MOST_DIGITS:
        raise InvalidValue(f"has more than {MOST_DIGITS} digits, so it was computed; round it, or write it as text",
                           field=column, value=repr(value))  # fmt: skip
    return f"{exact.normalize():f}"


def _day(value: date | time, column: str) -> str:
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    if isinstance(value, time | datetime):
        raise InvalidValue("is a time of day; write a date or a text", field=column, value=value)
    return value.isoformat()


def _shown(cell: Any) -> str:
    text = "" if cell.value is None else str(cell.value).strip()
    return text if len(text) <= LONGEST_VALUE_SHOWN else text[:LONGEST_VALUE_SHOWN] + "..."
