"""Tickets as a CSV file: one row each, for a spreadsheet or another program.

Dates and instants are those of ISO 8601, instants in UTC; several steps or tags stand in one cell, with spaces between.
A text that a spreadsheet would take for a formula begins with an apostrophe: anybody may write the subject of a mail.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TextIO

from projections.work.tickets import COLUMNS, TicketRow

FORMULA = ("=", "+", "-", "@", "\t", "\r")
LEFT_OUT = frozenset({"sequence", "actions"})
NAMES = tuple(name for name in COLUMNS if name not in LEFT_OUT)


def write_tickets(into: TextIO, tickets: Iterable[TicketRow]) -> int:
    """Write a heading and a row for each ticket; how many there were."""
    writer = csv.writer(into, lineterminator="\n")
    writer.writerow(NAMES)
    count = 0
    for count, row in enumerate(tickets, 1):  # noqa: B007  (the last number is the count)
        writer.writerow([_cell(getattr(row, name)) for name in NAMES])
    return count


def _cell(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="seconds")
        case str() if value.startswith(FORMULA):
            return f"'{value}"
        case list():
            return " ".join(map(str, value))
        case None:
            return ""
    return value
