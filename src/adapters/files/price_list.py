"""A price list as operators and carriers send it: rows in CSV or XLSX, and its terms in YAML.

    code: retail                       # the terms
    name: Retail calls
    currency: EUR
    unit: minute                       # second, minute, item, MB, GB, MiB, GiB
    zone: Europe/Prague
    country: CZ                        # whose holidays count
    bands:                             # without them one price holds all the week
      - {code: peak, hours: {monday: ["08:00-20:00"], tuesday: ["08:00-20:00"]}}
      - {code: off-peak}
    rounding: exact                    # or half-up, up, to so many decimals
    from: 2027-01-01
    kind: purchase                     # with carrier: Northern Transit; else a sale list
    columns: {Kód: prefix}             # only for columns that no usual spelling fits
    decimal: ","                       # else a point
    delimiter: ";"                     # found by itself
    encoding: cp1250                   # UTF-8

    Prefix | Destination | Group | Peak | Off-peak | Setup fee | Increment     the rows
    49     | Germany     | eu    | 0.05 | 0.02     | 0.01      | 60/1

Several prefixes may stand in one cell, with commas between them; + and 00 before them are left out, as spaces, brackets
and hyphens are. `420-601` is refused, since it may be a range; `*` stands for every other number. Each row that cannot
be read is reported with its line; the list is whole or it is not taken. Amounts are exact as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec

from adapters.edge.values import Kept
from adapters.files.cells import parse_date
from adapters.files.csv_profile import Delimiter, Encoding
from adapters.files.csv_table import CsvRow
from adapters.files.price_list_columns import IGNORE, SPELLINGS, PriceColumns, columns_named, columns_of
from adapters.files.price_list_table import TableForm, open_table
from adapters.files.yaml_documents import FilePart, document_in, read_document
from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.kernel.money import parse_decimal
from billing_core.usage.price_lists.checks import faults_of, require_terms
from billing_core.usage.price_lists.lists import DestinationPrice, PriceList, PriceListTerms
from billing_core.usage.price_lists.versions import ListedAs
from commands.platform.batch import BatchReport

DecimalSign = Literal[".", ","]
MOST_ROWS = 1_000_000
MOST_PREFIXES_OF_CELL = 10_000
STEPS = re.compile(r"([0-9]{1,12})\s*[/+:]\s*([0-9]{1,12})")
WHOLE = re.compile(r"[0-9]{1,12}")
YES, NO = ("yes", "y", "true", "x", "1", "ano"), ("", "no", "n", "false", "0", "ne")
INTERNATIONAL = re.compile(r"\s*(?:\+|00)\s*(?=[0-9])")
SIGNS_IN_NUMBER = re.compile(r"[\s()-]+")
ALIKE = re.compile(r"([0-9]+)\s*-\s*([0-9]+)")
EVERY_OTHER = "*"


def _require_columns(columns: Mapping[str, str]) -> None:
    known = [*(field for field in SPELLINGS if field != "price"), "price BAND", IGNORE]
    for column, field in columns.items():
        if field not in (*SPELLINGS, IGNORE) and not field.startswith("price "):
            raise ValueError(f"{column}: {field!r} is none of {', '.join(known)}")


class PriceListHead(FilePart, frozen=True, kw_only=True):
    """The terms of a list with its first day, and how the file of its rows is written."""

    terms: PriceListTerms
    listed_as: ListedAs = ListedAs()
    valid_from_on: date | None = None
    columns: Annotated[Mapping[str, str], Kept(_require_columns)] = {}
    decimal: DecimalSign = "."
    delimiter: Delimiter | None = None
    encoding: Encoding | None = None


class PriceListFile(NamedTuple):
    """What a file holds: the list if every row of it is sound, with the lines of its rows, and what is wrong.

    `unread` are the columns that are not read.
    """

    price_list: PriceList | None
    lines: Sequence[int]
    report: BatchReport
    unread: Sequence[str]


def read_head(path: Path) -> PriceListHead:
    """The terms in a YAML file; all its faults in one `InvalidValue`."""
    return _sound(read_document(path).read_as(PriceListHead))


def head_in(text: str) -> PriceListHead:
    """The terms in a YAML text."""
    return _sound(document_in(text, "terms").read_as(PriceListHead))


def _sound(head: PriceListHead) -> PriceListHead:
    require_terms(head.terms)
    return head


def read_price_list(path: Path, head: PriceListHead, valid_from_on: date) -> PriceListFile:
    """All rows of a file; a file that is no table, or lacks a column, is one `InvalidValue`."""
    report = BatchReport()
    form = TableForm(head.delimiter or "", head.encoding or "")
    table = open_table(path, form, report, lambda cells: _is_header(cells, head))
    columns = columns_of(table.header, [band.code for band in head.terms.bands], head.terms.unit, head.columns)
    rows: list[DestinationPrice] = []
    lines: list[int] = []
    reader = _RowReader(columns, head, valid_from_on)
    for row in table.rows:
        try:
            found = list(reader.read(row))
        except BillingError as error:
            report.reject(row.line, error)
            continue
        rows += found
        lines += [row.line] * len(found)
        if len(rows) > MOST_ROWS:
            raise InvalidValue(f"has more than {MOST_ROWS:,} rows; split it", field="file", value=path)
    # That a list has no row is a fault of its own only if nothing else is wrong.
    for fault in faults_of(rows, head.terms) if rows or not report.rejections else ():
        line = lines[fault.row - 1] if lines else 1
        report.reject(line, InvalidValue(_in_lines(fault.reason, lines), field=fault.field, value=fault.value))
    report.rejected.sort(key=lambda each: each.line)
    report.accepted = 0 if report.rejections else len(rows)
    found_list = PriceList(terms=head.terms, valid_from_on=valid_from_on, rows=tuple(rows))
    return PriceListFile(None if report.rejections else found_list, lines, report, columns.unread)


def _is_header(cells: Iterable[str], head: PriceListHead) -> object:
    return columns_named(cells, SPELLINGS, ("prefix", "destination"), head.columns)


def _in_lines(reason: str, lines: Sequence[int]) -> str:
    """The rules count rows; who mends a file counts lines."""
    return re.sub(r"\brow ([0-9]+)\b", lambda match: f"line {lines[int(match[1]) - 1]}", reason)


def without_international_sign(written: str) -> str:
    """`+49 151` and `0049 151` are `49 151`."""
    match = INTERNATIONAL.match(written)
    return written[match.end() :] if match else written


class _RowReader:
    """Reads the rows of a list by its columns and terms."""

    def __init__(self, columns: PriceColumns, head: PriceListHead, valid_from_on: date) -> None:
        self._fields, self._head, self._valid_from_on = columns.fields, head, valid_from_on
        self._prices = [columns.prices[band.code] for band in head.terms.bands]
        self._is_of_calls = head.terms.measure == "seconds"

    def read(self, row: CsvRow) -> Iterator[DestinationPrice]:
        """A row for each of the prefixes that stand in its cell."""
        cells = row.cells
        prices = tuple(self._amount(cells, column) for column in self._prices)
        first, following = self._steps(cells)
        self._require_begun(cells)
        said = DestinationPrice(
            prefix="",
            destination=cells[self._fields["destination"]],
            prices=prices,
            group=self._cell(cells, "group"),
            connection=self._amount_of(cells, "connection") or Decimal(0),
            minimum=self._amount_of(cells, "minimum") or Decimal(0),
            maximum=self._amount_of(cells, "maximum"),
            first=first,
            next=following,
            is_special=self._is_special(cells),
        )
        for prefix in self._prefixes(cells):
            yield msgspec.structs.replace(said, prefix=prefix)

    def _require_begun(self, cells: Mapping[str, str]) -> None:
        """A price that begins after the list does would be charged too early."""
        written = self._cell(cells, "valid_from")
        if written and parse_date(written, self._fields["valid_from"]) > self._valid_from_on:
            raise InvalidValue(
                f"begins after the list, which holds from {self._valid_from_on}; import the later prices as a version "
                "from their day",
                field=self._fields["valid_from"], value=written,
            )  # fmt: skip

    def _cell(self, cells: Mapping[str, str], field: str) -> str:
        return cells[self._fields[field]] if field in self._fields else ""

    def _prefixes(self, cells: Mapping[str, str]) -> list[str]:
        column = self._fields["prefix"]
        written = re.split(r"[,;]", cells[column]) if self._is_of_calls else [cells[column]]
        if len(written) > MOST_PREFIXES_OF_CELL:
            raise InvalidValue(
                f"has more than {MOST_PREFIXES_OF_CELL:,} prefixes", field=column, value=cells[column][:40]
            )
        return [self._prefix(each.strip(), column) for each in written]

    def _prefix(self, written: str, column: str) -> str:
        """`+49 (151)` is 49151; `*` stands for every other number, so that an empty cell is no price for all."""
        if not written:
            raise InvalidValue("is empty; write * for the price of every other number", field=column, value="")
        if written == EVERY_OTHER:
            return ""
        if (found := ALIKE.fullmatch(written)) and len(found[1]) == len(found[2]) and self._is_of_calls:
            raise InvalidValue("may be a range or one number; write all prefixes of the range, or the number without -",
                               field=column, value=written)  # fmt: skip
        return SIGNS_IN_NUMBER.sub("", without_international_sign(written)) if self._is_of_calls else written

    def _amount_of(self, cells: Mapping[str, str], field: str) -> Decimal | None:
        return self._amount(cells, self._fields[field]) if field in self._fields else None

    def _amount(self, cells: Mapping[str, str], column: str) -> Decimal | None:
        """An amount as it is written; None for an empty cell."""
        written = cells[column]
        if not written:
            return None
        sign = self._head.decimal
        if sign == ",":
            if "." in written:
                raise InvalidValue("has a point, but the decimal sign of the list is the comma", field=column,
                                   value=written)  # fmt: skip
        elif "," in written:
            raise InvalidValue('has a comma; write decimal: "," in the terms if it is the decimal sign', field=column,
                               value=written)  # fmt: skip
        return parse_decimal(written.replace(",", "."), column).normalize()

    def _steps(self, cells: Mapping[str, str]) -> tuple[int, int]:
        """`60/1`, or `60` for 60/60; or a column for each."""
        if "steps" in self._fields:
            written = self._cell(cells, "steps")
            if match := STEPS.fullmatch(written):
                return int(match[1]), int(match[2])
            both = _whole(written, self._fields["steps"], "60/1")
            return both, both
        return tuple(  # type: ignore[return-value]
            _whole(self._cell(cells, field), self._fields.get(field, field), "60") for field in ("first", "next")
        )

    def _is_special(self, cells: Mapping[str, str]) -> bool:
        written = self._cell(cells, "special").casefold()
        if written not in (*YES, *NO):
            raise InvalidValue("must be yes or no", field=self._fields["special"], value=written)
        return written in YES


def _whole(written: str, column: str, example: str) -> int:
    if written and not WHOLE.fullmatch(written):
        raise InvalidValue(f"is no step; write it as {example}", field=column, value=written)
    return int(written or 0)
