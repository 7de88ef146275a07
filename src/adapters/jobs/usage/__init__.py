"""Usage: import of records, another try of what waits, price lists, rating again, purge of old records."""

from __future__ import annotations

from adapters.bootstrap.jobs import Jobs
from adapters.jobs.usage import (
    price_lists,
    rating,
    records,
    retention,
)

JOBS: Jobs = {
    **records.JOBS,
    **price_lists.JOBS,
    **rating.JOBS,
    **retention.JOBS,
}
