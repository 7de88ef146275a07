"""Ported numbers as a regulator sends them: CSV or XLSX with number, prefix of the operator, first day.

    number        operator prefix   from
    420601000111  42077             2026-05-01

Canonical form, which is hashed and kept: CSV by number and day. A number that is ported twice has two rows; on a day
the last one that has begun holds.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from adapters.files.cells import parse_date
from adapters.files.csv_table import CsvRow
from adapters.files.price_list import SIGNS_IN_NUMBER, without_international_sign
from adapters.files.price_list_columns import columns_named
from adapters.files.price_list_table import TableForm, open_table
from billing_core.kernel.dates import FIRST_DAY
from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.usage.price_lists.checks import require_ported
from billing_core.usage.price_lists.lists import PortedNumber
from commands.platform.batch import BatchReport

COLUMNS = ("number", "prefix", "from")
SPELLINGS = {
    "number": ("number", "msisdn", "phone number", "telephone number", "subscriber number", "cislo"),
    "prefix": ("prefix", "operator prefix", "routing prefix", "routing number", "route", "rn", "operator", "network"),
    "from": ("from", "from day", "valid from", "ported on", "port date", "date", "since", "od"),
}
MOST_NUMBERS = 5_000_000


class Porting(NamedTuple):
    """From a day on a number is priced by another prefix."""

    number: str
    prefix: str
    from_on: date


def read_ported_numbers(path: Path, report: BatchReport) -> list[Porting]:
    """The rows of a file in canonical order; those that cannot be read are reported."""
    table = open_table(path, TableForm(), report, _columns)
    columns = _columns(table.header)
    found: dict[tuple[str, date], Porting] = {}
    for row in table.rows:
        try:
            porting = _porting(row, columns)
            known = found.setdefault((porting.number, porting.from_on), porting)
            if known.prefix != porting.prefix:
                raise InvalidValue(f"is ported to {known.prefix} from the same day in a row above", field="number",
                                   value=porting.number)  # fmt: skip
        except BillingError as error:
            report.reject(row.line, error)
        if len(found) > MOST_NUMBERS:
            raise InvalidValue(f"has more than {MOST_NUMBERS:,} numbers", field="file", value=path)
    report.accepted = len(found)
    return [found[key] for key in sorted(found)]


def _columns(header: Iterable[str]) -> dict[str, str]:
    return columns_named(header, SPELLINGS, required=("number", "prefix"))


def _porting(row: CsvRow, columns: dict[str, str]) -> Porting:
    number, prefix = (_digits(row.cells[columns[field]]) for field in ("number", "prefix"))
    require_ported(PortedNumber(number=number, prefix=prefix))
    written = row.cells[columns["from"]] if "from" in columns else ""
    return Porting(number, prefix, parse_date(written, columns["from"]) if written else FIRST_DAY)


def _digits(written: str) -> str:
    return SIGNS_IN_NUMBER.sub("", without_international_sign(written))


def ported_content(portings: Iterable[Porting]) -> bytes:
    """The canonical bytes of a table."""
    into = io.StringIO()
    writer = csv.writer(into, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(portings)
    return into.getvalue().encode()


def portings_in(path: Path) -> Sequence[Porting]:
    """The rows of a file in canonical form."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        if tuple(next(reader, ())) != COLUMNS:
            raise InvalidValue("is no table of ported numbers in canonical form", field="file", value=path.name)
        return [Porting(number, prefix, date.fromisoformat(from_on)) for number, prefix, from_on in reader]


def ported_on(portings: Iterable[Porting], on: date) -> dict[str, PortedNumber]:
    """The numbers that are ported on a day; rows come in the order of their days, so the last one that has begun holds.

    ported to 77 from 1 May and to 73 from 1 July    ->  on 30 June 77, on 1 July 73
    """
    return {
        each.number: PortedNumber(number=each.number, prefix=each.prefix) for each in portings if each.from_on <= on
    }
