"""How the stored samples of the purge of usage rows are read."""

from __future__ import annotations

from datetime import date

from billing_core.kernel.events import Event
from billing_core.usage.retention import MonthSums, UsagePurged

SAMPLES: dict[str, Event] = {
    "usage-purged/1": UsagePurged(
        effective_on=date(2026, 11, 10),
        month="2026-08",
        sums=MonthSums(rows=1_000, seconds=60_000, quantity=5_000_000, bytes_in=7_000, bytes_out=500),
        batches=3,
        rows_hash="6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
        archive_hash="d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35",
    ),
}
