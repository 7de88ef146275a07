"""Import a batch of usage: receive its records, book them, and report the result of each."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from functools import partial

import msgspec

from billing_core.kernel.errors import BillingError, Unavailable
from billing_core.usage.mediation.batches import UsageRecord, batch_name
from commands.platform.batch import BatchReport, Rejected
from commands.platform.ports import Origin, Store
from commands.platform.progress import Progress, unwatched
from commands.platform.timed_work import Stopped
from commands.usage.batch import batch_now
from commands.usage.booking import Booking
from commands.usage.ports import BatchId, UsageRecords, UsageTargets
from commands.usage.rating import Rating
from commands.usage.receiving import receive_batch

logger = logging.getLogger(__name__)


class UnbookedBatches(msgspec.Struct):
    """What became of the batches that were not booked, by name.

    `booked` are those that are booked now, with the number of their refused records; `cut_off` were not received
    whole; `failed` could not be booked, and why.
    """

    booked: dict[str, int] = {}
    cut_off: list[str] = []
    failed: dict[str, str] = {}


class UsageImport:
    """Takes in batches."""

    def __init__(self, store: Store, records: UsageRecords, targets: UsageTargets, rating: Rating) -> None:
        self._store = store
        self._records = records
        self._booking = Booking(store, records, targets, rating)

    def receive(self, batch: BatchId, records: Iterable[UsageRecord], origin: Origin, progress: Progress) -> bool:
        """Receive what was not received before; whether the batch was booked whole before."""
        was_booked = batch_now(self._store, batch).is_booked
        receive_batch(self._store, batch, records, origin, progress, partial(self.book, origin=origin))
        return was_booked

    def book(self, batch: BatchId, origin: Origin, progress: Progress = unwatched) -> None:
        """Book what is not booked yet of a batch that was received whole."""
        self._booking.book(batch, origin, progress)

    def book_unbooked(self, origin: Origin, progress: Progress, without: Collection[str] = ()) -> UnbookedBatches:
        """Book every batch that was received whole and not booked; one that fails keeps no other from being booked.

        `without` names batches that are left as they are.
        """
        found = UnbookedBatches()
        for batch in self._records.unbooked():
            name = batch_name(*batch)
            if name in without:
                continue
            if not batch_now(self._store, batch).is_received:
                found.cut_off.append(name)
                continue
            try:
                self.book(batch, origin, progress)
            except (Unavailable, Stopped):
                raise
            except BillingError as error:
                found.failed[name] = str(error)
            except Exception as error:
                logger.exception("Usage batch %s could not be booked.", name)
                found.failed[name] = f"{type(error).__name__}: {error}"
            else:
                found.booked[name] = sum(entry.records for entry in batch_now(self._store, batch).refused)
        return found

    def book_refused(self, origin: Origin, progress: Progress = unwatched) -> int:
        """Try again what was refused when batches were booked; how many records are booked now."""
        records = 0
        for batch in self._records.with_refused():
            records += self._booking.book_refused(batch, origin)
            progress(1)
        return records

    def report(self, batch: BatchId, report: BatchReport, *, was_booked: bool) -> None:
        """Add what became of the records: if the batch was booked before, all of them are known."""
        state = batch_now(self._store, batch)
        report.accepted += 0 if was_booked else state.booked
        report.unchanged += state.repeated + (state.booked if was_booked else 0)
        for part in state.parts:
            report.rejected += [Rejected(each.number, each.field, each.value, each.reason) for each in part.refused]
        for number, usage in self._records.numbers_of(batch, state.refused):
            report.rejected.append(Rejected(number, usage.field, usage.value, usage.reason))
