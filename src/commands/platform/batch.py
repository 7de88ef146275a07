"""Batch work on rows of a file: bad rows are reported as data, and the others continue."""

from __future__ import annotations

import msgspec

from billing_core.kernel.errors import BillingError


class Rejected(msgspec.Struct, frozen=True):
    """A rejected row: its line in the file, the column or field, the value, and the reason."""

    line: int
    field: str
    value: str
    reason: str


class BatchReport(msgspec.Struct):
    """The result for the rows of a file; `skipped` are those that are none of its business, as money paid out."""

    accepted: int = 0
    unchanged: int = 0
    skipped: int = 0
    rejected: list[Rejected] = []

    def reject(self, line: int, error: BillingError) -> None:
        """Note a row that a rule refused."""
        self.rejected.append(Rejected(line, error.field or "", error.value or "", error.message))

    def merge(self, other: BatchReport) -> None:
        """Add the result of another part of the rows."""
        self.accepted += other.accepted
        self.unchanged += other.unchanged
        self.skipped += other.skipped
        self.rejected += other.rejected
