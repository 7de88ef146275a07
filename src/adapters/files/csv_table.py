"""A CSV file as a table: a header that is checked first, and rows that are read one at a time.

Decides when a file or a row cannot be read as a table. Does not know what the cells mean.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from billing_core.kernel.errors import BillingError, InvalidValue, NotFound
from billing_core.kernel.repetitions import first_repeated
from commands.platform.batch import BatchReport

CSV = "text/csv"
LONGEST_VALUE_SHOWN = 80
# A bank writes whose account it is, period and balances above the columns' names.
MOST_LINES_OF_HEADING = 100

Row = TypeVar("Row")


class CsvRow(NamedTuple):
    """The line on which a row starts, and its cells by column, without surrounding spaces."""

    line: int
    cells: dict[str, str]


class _Record(NamedTuple):
    """Cells as the CSV rules cut them, or why they could not be cut."""

    first_line: int
    last_line: int
    cells: list[str]
    fault: str = ""


class CsvTable:
    """An open file whose header has been read; `rows` can be walked once.

    The header is the first line; if some `columns` must be there, the first line near the top that has all of them.
    `by` names the source of the column names.
    """

    def __init__(
        self, path: Path, delimiter: str = ",", encoding: str = "utf-8", columns: Collection[str] = (), by: str = ""
    ) -> None:
        self._path = path
        self._delimiter = delimiter
        # Spreadsheets put a byte order mark before UTF-8, which must not become part of the first column's name.
        self._encoding = "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
        self._records = self._read()
        self.header = self._header_below_heading(columns, by) if columns else self._header()

    def require_columns(self, known: Collection[str], by: str) -> None:
        """The file has exactly the known columns; `by` names the source of the column names."""
        unknown = [name for name in self.header if name not in known]
        there = set(self.header)
        missing = [name for name in known if name not in there]
        if unknown:
            raise InvalidValue(
                f"{self._path} has a column that {by} does not know, only {', '.join(known)}; "
                "is it the right file? Name the column there, or take it out of the file",
                field="unknown column",
                value=", ".join(unknown),
            )
        if missing:
            raise InvalidValue(
                f"{by} names a column that {self._path} does not have; check that it is the right file",
                field="missing column",
                value=", ".join(missing),
            )

    def rows(self, report: BatchReport) -> Iterator[CsvRow]:
        """Every row that has as many cells as there are columns; the others are reported. Empty lines are skipped."""
        for record in self._records:
            fault = record.fault or self._fault_of(record.cells)
            if fault:
                if record.last_line > record.first_line:
                    fault += f" (read up to line {record.last_line}; look for a quote that is not closed)"
                report.reject(record.first_line, InvalidValue(fault, field="row", value=self._shown(record.cells)))
                continue
            cells = {name: cell.strip() for name, cell in zip(self.header, record.cells, strict=True)}
            yield CsvRow(record.first_line, cells)

    def read(self, read_row: Callable[[CsvRow], Row], report: BatchReport) -> Iterator[Row]:
        """What is read of each row; a row that is refused is reported, and the others continue."""
        for row in self.rows(report):
            try:
                found = read_row(row)
            except BillingError as error:
                report.reject(row.line, error)
                continue
            yield found

    def _header(self) -> tuple[str, ...]:
        record = next(self._records, None)
        if record is None:
            raise InvalidValue("is empty; its first line must name the columns", field="file", value=self._path)
        header = tuple(cell.strip() for cell in record.cells)
        if record.fault or _is_garbled(record.cells):
            raise InvalidValue(
                f"its first line cannot be read as column names in {self._encoding}", field="file", value=self._path
            )
        if twice := first_repeated(header):
            raise self._stands_twice(twice[1])
        return header

    def _header_below_heading(self, columns: Collection[str], by: str) -> tuple[str, ...]:
        nearest: list[str] = []
        for record in islice(self._records, MOST_LINES_OF_HEADING):
            header = [cell.strip() for cell in record.cells]
            if set(columns) <= set(header):
                return self._with_columns_once(header, columns)
            nearest = max(nearest, header, key=lambda names: len(set(columns) & set(names)))
        raise InvalidValue(
            f"{by} names a column that {self._path} does not have; check that it is the right file, and "
            "the profile with its delimiter and encoding",
            field="missing column",
            value=", ".join(name for name in columns if name not in nearest),
        )

    def _with_columns_once(self, header: list[str], columns: Collection[str]) -> tuple[str, ...]:
        if twice := first_repeated(name for name in header if name in columns):
            raise self._stands_twice(twice[1])
        return tuple(header)

    def _stands_twice(self, column: str) -> InvalidValue:
        return InvalidValue(
            f"stands twice in the header of {self._path}; rename one of the two",
            field="column",
            value=column,
        )

    def _read(self) -> Iterator[_Record]:
        try:
            # Bytes that are no text are kept as marks, so that only the row they stand in is lost.
            file = self._path.open(encoding=self._encoding, errors="surrogateescape", newline="")
        except OSError as error:
            raise NotFound(f"cannot be read: {error.strerror}", field="file", value=self._path) from None
        with file:
            reader = csv.reader(file, delimiter=self._delimiter, strict=True)
            while True:
                first_line = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield _Record(first_line, reader.line_num, [], f"is not well-formed CSV: {error}")
                    continue
                except (UnicodeError, OSError) as error:
                    raise InvalidValue(
                        f"cannot be read beyond line {reader.line_num} in {self._encoding}: {error}",
                        field="file",
                        value=self._path,
                    ) from None
                if cells:
                    yield _Record(first_line, reader.line_num, cells)

    def _fault_of(self, cells: list[str]) -> str:
        if len(cells) != len(self.header):
            return f"has {len(cells)} cells, but the header names {len(self.header)} columns"
        if _is_garbled(cells):
            return f"holds bytes that are not text in {self._encoding}"
        return ""

    def _shown(self, cells: list[str]) -> str:
        text = self._delimiter.join(cells).encode("utf-8", errors="replace").decode()
        return text if len(text) <= LONGEST_VALUE_SHOWN else text[:LONGEST_VALUE_SHOWN] + "..."


def _is_garbled(cells: list[str]) -> bool:
    """Whether a byte is no text; those not decoded became surrogates, which cannot be encoded again."""
    text = "".join(cells)
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return "\0" in text


def count_rows(path: Path) -> int:
    """The approximate number of rows of a file, for showing progress."""
    with path.open("rb") as file:
        return max(0, sum(1 for _ in file) - 1)
