"""What does a technician get for a kind of job, from which day on?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.work.job_rates import JobRates, JobRateSet, apply_job_rates
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT = """
    INSERT INTO job_rates (job_kind, crew, technician, from_on, amount, currency)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::date[], %b::numeric[], %b::text[])
    ON CONFLICT (job_kind, crew, technician, from_on) DO UPDATE
    SET amount = excluded.amount, currency = excluded.currency
"""


class Rates:
    """Every rate with the day from which it holds."""

    name = "job_rates"
    version = 1
    tables = ("job_rates",)
    by_stream = True
    definition = """
        CREATE TABLE job_rates (
            job_kind text COLLATE "C", crew text COLLATE "C", technician text COLLATE "C", from_on date,
            amount numeric NOT NULL, currency text NOT NULL, PRIMARY KEY (job_kind, crew, technician, from_on)
        );
    """
    indexes = ""
    streams = ("job-rates",)
    folds: tuple[type[Event], ...] = (JobRateSet,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        newest = {}
        for entry in page:
            fact = entry.event
            assert isinstance(fact, JobRateSet)
            key = (fact.job_kind, fact.crew, fact.technician, fact.effective_on)
            newest[key] = (fact.amount.amount, fact.amount.currency)
        cursor.execute(UPSERT, as_columns(((*key, *amount) for key, amount in newest.items()), 6))


class JobRateRow(msgspec.Struct):
    """A rate; of everybody if neither a crew nor a technician is named."""

    job_kind: str
    crew: str
    technician: str
    from_on: date
    amount: Money

    @property
    def key(self) -> str:
        return f"{self.job_kind}:{self.crew}:{self.technician}:{self.from_on}"


def list_rates(cursor: Cursor) -> list[JobRateRow]:
    """Every rate, in order of its key: kind of job, crew, technician and day."""
    rows = cursor.execute("SELECT * FROM job_rates").fetchall()
    found = (
        JobRateRow(job_kind, crew, technician, from_on, Money(amount, currency))
        for job_kind, crew, technician, from_on, amount, currency in rows
    )
    return sorted(found, key=lambda row: row.key)


def rates_by_kind(rows: Iterable[JobRateRow]) -> dict[str, JobRates]:
    """The rates for each kind of job."""
    found: dict[str, JobRates] = {}
    for row in rows:
        fact = JobRateSet(effective_on=row.from_on, job_kind=row.job_kind, amount=row.amount, crew=row.crew,
                          technician=row.technician)  # fmt: skip
        rates = apply_job_rates(found.get(row.job_kind), fact)
        assert rates is not None
        found[row.job_kind] = rates
    return found
