"""Import of batches of usage, of price lists and of ported numbers."""

from __future__ import annotations

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.files.csv_table import CSV, count_rows
from adapters.files.usage_csv import read_usage_records
from adapters.jobs import price_lists, rating
from commands.platform.batch import BatchReport
from commands.platform.identity import new_id
from commands.usage.ports import BatchId


class ImportUsage(Job, frozen=True, kw_only=True):
    """Import the usage records of a CSV file as one batch.

    A record that cannot be booked is rejected and reported; the others are booked. The same batch again changes
    nothing, and different content under its name is refused.
    """

    source: str = "file"
    batch: str


def import_usage(asked: ImportUsage, work: Work) -> BatchReport:
    """Receive the records of the file, then book them."""
    assert work.file is not None
    report, count = BatchReport(), count_rows(work.file)
    name = BatchId(asked.source, asked.batch)
    records = read_usage_records(work.file, report)
    usage = work.app.usage_import()
    with work.watch("Records", "rows", count) as advance:
        was_booked = usage.receive(name, records, work.origin, advance)
    with work.watch("Booking", "records", count) as advance:
        usage.book(name, work.origin._replace(command_id=new_id()), advance)
    usage.report(name, report, was_booked=was_booked)
    work.app.runner.catch_up()
    report.rejected.sort(key=lambda row: row.line)
    return report


JOBS: Jobs = {ImportUsage: Kind(import_usage, takes=CSV), **price_lists.JOBS, **rating.JOBS}
