"""Batch work on rows of a file: bad rows are reported as data, and the others continue."""

from __future__ import annotations

import msgspec

from billing_core.kernel.errors import BillingError

# A file of millions of rows may be wrong throughout: so many rejections are kept, the others are counted.
MOST_KEPT = 100_000


class Rejected(msgspec.Struct, frozen=True):
    """A rejected row: its line in the file, the column or field, the value, and the reason."""

    line: int
    field: str
    value: str
    reason: str


class BatchReport(msgspec.Struct):
    """The result for the rows of a file.

    `waiting` are rows whose money waits until somebody recognises it; `skipped` are those that are none of its
    business, as money paid out.
    """

    accepted: int = 0
    waiting: int = 0
    unchanged: int = 0
    skipped: int = 0
    rejected: list[Rejected] = []
    rejected_beyond: int = 0

    def reject(self, line: int, error: BillingError) -> None:
        """Note a row that a rule refused."""
        self._keep([Rejected(line, error.field or "", error.value or "", error.message)])

    @property
    def rejections(self) -> int:
        """How many rows were rejected, with those that are not kept."""
        return len(self.rejected) + self.rejected_beyond

    def merge(self, other: BatchReport) -> None:
        """Add the result of another part of the rows."""
        self.accepted += other.accepted
        self.waiting += other.waiting
        self.unchanged += other.unchanged
        self.skipped += other.skipped
        self._keep(other.rejected)
        self.rejected_beyond += other.rejected_beyond

    def _keep(self, rejected: list[Rejected]) -> None:
        kept = rejected[: MOST_KEPT - len(self.rejected)]
        self.rejected += kept
        self.rejected_beyond += len(rejected) - len(kept)
