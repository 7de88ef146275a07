"""Rows as a CSV file with a heading. A text that a spreadsheet would take for a formula begins with an apostrophe."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from billing_core.kernel.money import Money

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The file in UTF-8; an amount is written without its currency."""
    into = StringIO()
    writer = csv.writer(into, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return into.getvalue().encode()


def _cell(value: object) -> object:
    match value:
        case Money(amount=amount):
            return f"{amount:f}"
        case str():
            return defused(value)
        case None:
            return ""
    return value


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
