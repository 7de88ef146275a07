"""What do technicians get for the jobs that they did?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec

from billing_core.kernel.money import Money, total
from billing_core.work.job_rates import JobRates, rate_for
from projections.platform.projection import Cursor
from projections.work.appointments import AppointmentRow, Sought, appointments_by_time
from projections.work.job_rates import list_rates, rates_by_kind


class PaidJob(msgspec.Struct):
    """A job of a technician; without an amount there is no rate for it."""

    technician: str
    appointment: str
    ticket: str
    crew: str
    job_kind: str
    on: date
    amount: Money | None


class PaidTechnician(msgspec.Struct):
    """The paid jobs of a technician in one currency, and what they add up to."""

    technician: str
    jobs: int
    amount: Money


class Pay(msgspec.Struct):
    """Sums by technician, and the jobs they are made of."""

    from_on: date
    to_on: date
    technicians: list[PaidTechnician]
    jobs: list[PaidJob]


def pay_of(cursor: Cursor, from_on: date, to_on: date, crew: str = "", technician: str = "") -> Pay:
    """The pay for the appointments that were done in a period, of one crew or technician if it is named."""
    rows = appointments_by_time(cursor, Sought(from_on, to_on, crew, state="done"))
    jobs = [job for job in _jobs(rows, rates_by_kind(list_rates(cursor))) if technician in ("", job.technician)]
    jobs.sort(key=lambda job: (job.technician, job.on, job.appointment))
    return Pay(from_on, to_on, _sums(jobs), jobs)


def _jobs(rows: Sequence[AppointmentRow], rates: Mapping[str, JobRates]) -> Iterator[PaidJob]:
    for row in rows:
        for technician in row.technicians:
            amount = rate_for(rates.get(row.job_kind, JobRates()), row.crew, technician, row.on)
            yield PaidJob(technician, row.number, row.ticket, row.crew, row.job_kind, row.on, amount)


def _sums(jobs: Sequence[PaidJob]) -> list[PaidTechnician]:
    paid: dict[tuple[str, str], list[Money]] = defaultdict(list)
    for job in jobs:
        if job.amount is not None:
            paid[job.technician, job.amount.currency].append(job.amount)
    return [
        PaidTechnician(technician, len(amounts), total(amounts, currency))
        for (technician, currency), amounts in sorted(paid.items())
    ]
