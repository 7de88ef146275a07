"""The LOG as a CSV file: one row for each change, for a spreadsheet or another program."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import TextIO

import msgspec

COLUMNS = (
    "position", "recorded_at", "actor", "role", "channel", "source", "stream", "event", "effective_on", "what",
    "command_id", "correlation_id",
)  # fmt: skip


def write_changes(into: TextIO, changes: Iterable[msgspec.Struct]) -> None:
    """Write a heading and a row for each change; instants in UTC."""
    writer = csv.writer(into, lineterminator="\n")
    writer.writerow(COLUMNS)
    for change in changes:
        writer.writerow(str(getattr(change, column)) for column in COLUMNS)
