"""Import of batches of usage, of price lists and of ported numbers; another try of refused records."""

from __future__ import annotations

import msgspec

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.files.csv_table import CSV, count_rows
from adapters.files.usage_csv import read_usage_records
from adapters.jobs import price_lists, rating
from commands.platform.batch import BatchReport
from commands.platform.identity import new_id
from commands.platform.progress import unwatched
from commands.usage.mediation import WaitingUsage
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


class RetryRefusedUsage(Job, frozen=True, kw_only=True):
    """Try the records of usage again that were refused and wait: all of them, or those of a source or batch.

    Those that are taken are a batch of their own for each batch in which they came, and are booked. What was taken
    before and could not be booked is tried again too.
    """

    source: str = ""
    batch: str = ""


class Retried(msgspec.Struct, frozen=True):
    """What became of records that waited: taken now, found to be taken before, or they still wait.

    `booked` had been taken, and could not be booked until now.
    """

    taken: int
    repeated: int
    waiting: int
    booked: int


def retry_refused(asked: RetryRefusedUsage, work: Work) -> Retried:
    """Try them again, batch by batch."""
    with work.watch("Batches", "batches", None) as advance:
        found = work.app.usage_mediation().retry(WaitingUsage(asked.source, asked.batch), work.origin, advance)
    usage, origin = work.app.usage_import(), work.origin._replace(command_id=new_id())
    booked = usage.book_refused(origin)
    usage.book_unbooked(origin, unwatched)
    work.app.runner.catch_up()
    return Retried(
        sum(batch.taken for batch in found),
        sum(batch.repeated for batch in found),
        sum(batch.refused for batch in found),
        booked,
    )


JOBS: Jobs = {
    ImportUsage: Kind(import_usage, takes=CSV),
    RetryRefusedUsage: Kind(retry_refused),
    **price_lists.JOBS,
    **rating.JOBS,
}
