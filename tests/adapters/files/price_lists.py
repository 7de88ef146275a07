"""Files of price lists for tests."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from adapters.files.price_list import PriceListFile, head_in, read_price_list

JANUARY = date(2027, 1, 1)
TERMS = """
code: retail
name: Retail calls
currency: EUR
unit: minute
zone: Europe/Prague
country: CZ
"""
BANDS = """
bands:
  - {code: peak, hours: {monday: ["08:00-20:00"], tuesday: ["08:00-20:00"]}}
  - {code: off-peak}
"""


def read(path: Path, terms: str = TERMS) -> PriceListFile:
    return read_price_list(path, head_in(terms), JANUARY)


def read_text(folder: Path, text: str | bytes, terms: str = TERMS) -> PriceListFile:
    path = folder / "list.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path, terms)


def workbook(path: Path, rows: Sequence[Sequence[Any]], change: Callable[[Any], None] | None = None) -> Path:
    """A workbook of one sheet with these rows."""
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(sheet)
    book.save(path)
    return path


def with_sheet_text(path: Path, before: str, after: str) -> Path:
    """The workbook with another text in the XML of its sheet."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    assert before in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(before, after).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def rejected(found: PriceListFile) -> list[tuple[int, str, str]]:
    """Line, column and value of what is wrong."""
    return [(each.line, each.field, each.value) for each in found.report.rejected]
