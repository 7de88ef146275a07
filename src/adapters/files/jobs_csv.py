"""Jobs of technicians as a CSV file: one row each, for the pay-roll.

Amounts are exact and have a currency column; a job without any rate has neither.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import TextIO

from projections.work.pay import PaidJob

COLUMNS = ("technician", "on", "appointment", "ticket", "crew", "job_kind", "amount", "currency")


def write_jobs(into: TextIO, jobs: Iterable[PaidJob]) -> None:
    """Write a heading and a row for each job."""
    writer = csv.writer(into, lineterminator="\n")
    writer.writerow(COLUMNS)
    for job in jobs:
        amount = ("", "") if job.amount is None else (f"{job.amount.amount:f}", job.amount.currency)
        writer.writerow((job.technician, job.on, job.appointment, job.ticket, job.crew, job.job_kind, *amount))
