"""Import a batch of usage: receive its records, book them, and report the result of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from billing_core.usage.batches import UsageRecord
from commands.platform.batch import BatchReport, Rejected
from commands.platform.ports import Origin, Store
from commands.usage.batch import batch_now
from commands.usage.booking import Booking
from commands.usage.ports import BatchId, UsageRecords, UsageTargets
from commands.usage.receiving import receive_batch

Progress = Callable[[int], None]


class UsageImport:
    """Takes in batches."""

    def __init__(self, store: Store, records: UsageRecords, targets: UsageTargets) -> None:
        self._store = store
        self._records = records
        self._booking = Booking(store, records, targets)

    def receive(self, batch: BatchId, records: Iterable[UsageRecord], origin: Origin, progress: Progress) -> bool:
        """Receive what was not received before; whether the batch was booked whole before."""
        was_booked = batch_now(self._store, batch).is_booked
        receive_batch(self._store, batch, records, origin, progress)
        return was_booked

    def book(self, batch: BatchId, origin: Origin, progress: Progress) -> None:
        """Book what is not booked yet of a batch that was received whole."""
        self._booking.book(batch, origin, progress)

    def report(self, batch: BatchId, report: BatchReport, *, was_booked: bool) -> None:
        """Add what became of the records: if the batch was booked before, all of them are known."""
        state = batch_now(self._store, batch)
        report.accepted += 0 if was_booked else state.booked
        report.unchanged += state.repeated + (state.booked if was_booked else 0)
        for part in state.parts:
            report.rejected += [Rejected(each.number, each.field, each.value, each.reason) for each in part.refused]
        for number, usage in self._records.numbers_of(batch, state.refused):
            report.rejected.append(Rejected(number, usage.field, usage.value, usage.reason))
