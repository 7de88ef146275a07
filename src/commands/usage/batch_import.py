"""Book batches of usage that were received: one, all that are not booked yet, and what was refused of them."""

from __future__ import annotations

import logging
from collections.abc import Collection

import msgspec

from billing_core.kernel.errors import BillingError, Unavailable
from billing_core.usage.mediation.deliveries import batch_name
from commands.platform.ports import Origin, Store
from commands.platform.progress import Progress, unwatched
from commands.platform.timed_work import Stopped
from commands.usage.batch import batch_now
from commands.usage.booking import Booking
from commands.usage.ports import BatchId, UsageRecords, UsageTargets
from commands.usage.rating import Rating

logger = logging.getLogger(__name__)


class UnbookedBatches(msgspec.Struct):
    """What became of the batches that were not booked, by name.

    `booked` are those that are booked now, with the number of their refused records; `failed` could not be booked, and
    why.
    """

    booked: dict[str, int] = {}
    failed: dict[str, str] = {}


class UsageImport:
    """Books batches."""

    def __init__(self, store: Store, records: UsageRecords, targets: UsageTargets, rating: Rating) -> None:
        self._store = store
        self._records = records
        self._booking = Booking(store, records, targets, rating)

    def book(self, batch: BatchId, origin: Origin, progress: Progress = unwatched) -> None:
        """Book what is not booked yet of a batch."""
        self._booking.book(batch, origin, progress)

    def book_unbooked(self, origin: Origin, progress: Progress, without: Collection[str] = ()) -> UnbookedBatches:
        """Book every batch that was received and not booked; one that fails keeps no other from being booked.

        `without` names batches that are left as they are.
        """
        found = UnbookedBatches()
        for batch in self._records.unbooked():
            name = batch_name(*batch)
            if name in without:
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
