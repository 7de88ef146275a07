"""Import of batches of usage, and another try of records that wait."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.bootstrap.reading_again import by_profile
from adapters.files.csv_table import CSV, count_rows
from adapters.files.profile_files import name_of, sent_profile
from adapters.files.usage_profile import UsageProfile
from billing_core.kernel.errors import InvalidValue
from commands.platform.batch import BatchReport, Rejected
from commands.platform.identity import new_id
from commands.platform.progress import unwatched
from commands.usage.batch import batch_now
from commands.usage.mediation import IncomingBatch, Received, WaitingUsage
from commands.usage.ports import BatchId
from projections.usage.waiting import WaitingPlace, waiting_after

if TYPE_CHECKING:
    from adapters.files.usage_sources.preview import UsagePreview
    from adapters.files.usage_sources.usage_file import UsageFile

# The profile of a file without one, and how much of a file is shown before it is imported.
OWN_FORM = "accounts"
MOST_SHOWN = 50
# As many that wait are named in a report; all of them are listed by `billing usage waiting`.
MOST_NAMED = 10_000


class ImportUsage(Job, frozen=True, kw_only=True):
    """Import the usage records of a file as one batch.

    `profile` is the name of a usage profile that comes with the program, or the YAML text of one; that of the program's
    own form, a quantity of a subscription on a day in each row, is `accounts`. A record that cannot be taken is
    rejected and reported; the others are taken. The same batch again changes nothing. A rehearsal shows what would be
    taken of the file.
    """

    source: str = "file"
    batch: str
    profile: str = OWN_FORM

    def __post_init__(self) -> None:
        self.form()

    def form(self) -> UsageProfile:
        """The form of the file; no other file of this machine is ever read."""
        return sent_profile(UsageProfile, self.profile)


def _import_usage(asked: ImportUsage, work: Work) -> BatchReport | UsagePreview:
    if work.is_dry_run:
        return _preview(asked, work)
    return take_in(BatchId(asked.source, asked.batch), asked.form(), work)


def _preview(asked: ImportUsage, work: Work) -> UsagePreview:
    """What would be taken of the file; nothing of it is kept."""
    from adapters.files.usage_sources.preview import preview
    from adapters.files.usage_sources.rows import Reading

    assert work.file is not None
    return preview(work.file, Reading(asked.form(), asked.batch, work.origin.recorded_at), MOST_SHOWN)


def take_in(name: BatchId, profile: UsageProfile, work: Work) -> BatchReport:
    """Give the records of a file to mediation, all of them or none if it is cut off, and book them."""
    # Reading needs libraries that nothing else does.
    from adapters.files.usage_sources.rows import Reading
    from adapters.files.usage_sources.usage_file import UsageFile, numbers_in

    assert work.file is not None
    _require_content(work.file)
    mediation, count = work.app.usage_mediation(), count_rows(work.file)
    kept = work.app.attachments.keep_as_it_came(work.file)
    reading = Reading(profile, name.batch, work.origin.recorded_at)
    numbers = numbers_in(name.batch, profile.file_number)
    batch = IncomingBatch(name.source, name.batch, name_of(profile), kept, numbers)
    with work.watch("Records", "records", count) as advance:
        file = UsageFile(work.file, reading, advance)
        received = mediation.receive(batch, file, work.origin)
    report = _report_of(name, received, file, work)
    _book_taken(name._replace(batch=received.batch), report, work)
    return report


def _report_of(name: BatchId, received: Received, file: UsageFile, work: Work) -> BatchReport:
    """What became of the records, and the first ones that wait; if the batch had come before, all were known."""
    if received.is_known:
        return BatchReport(unchanged=received.taken + received.repeated, rejected_beyond=received.refused)
    report = BatchReport(accepted=received.taken, unchanged=received.repeated, skipped=file.passed_over)
    with work.app.queries.cursor() as cursor:
        waiting = waiting_after(cursor, WaitingPlace(), MOST_NAMED, name.source, name.batch)
    report.rejected += [Rejected(row.line, row.field, row.value, row.reason) for row in waiting]
    report.rejected_beyond = received.refused - len(report.rejected)
    return report


def _book_taken(batch: BatchId, report: BatchReport, work: Work) -> None:
    """Book the records that were taken; those of a day that cannot be booked are refused together."""
    usage = work.app.usage_import()
    with work.watch("Booking", "records", report.accepted) as advance:
        usage.book(batch, work.origin._replace(command_id=new_id()), advance)
    for refused in batch_now(work.app.store, batch).refused if report.accepted else ():
        of_day = f"{refused.records:,} of {refused.component} on {refused.on}: {refused.reason}"
        report.rejected.append(Rejected(0, refused.field, refused.value, of_day))
        report.rejected_beyond += refused.records - 1
        report.accepted -= refused.records
    work.app.runner.catch_up()


def _require_content(path: Path) -> None:
    if not path.stat().st_size:
        raise InvalidValue("is empty", field="file", value=path)


class RetryRefusedUsage(Job, frozen=True, kw_only=True):
    """Try the records of usage again that were refused and wait: all of them, or those of a source or batch.

    Lines that could not be read are read by `profile`, a name or the YAML text of one that was mended; without it by
    the one by which they came, if that comes with the program. Those that are taken are a batch of their own for each
    batch in which they came, and are booked. What was taken before and could not be booked is tried again too.
    """

    source: str = ""
    batch: str = ""
    profile: str = ""

    def __post_init__(self) -> None:
        self.form()

    def form(self) -> UsageProfile | None:
        """The profile that was mended; no other file of this machine is ever read."""
        return sent_profile(UsageProfile, self.profile) if self.profile else None


class Retried(msgspec.Struct, frozen=True):
    """What became of records that waited: taken now, found to be taken before, or they still wait.

    `booked` had been taken, and could not be booked until now.
    """

    taken: int
    repeated: int
    waiting: int
    booked: int


def _retry_refused(asked: RetryRefusedUsage, work: Work) -> Retried:
    return retry_refused(WaitingUsage(asked.source, asked.batch), asked.form(), work)


def retry_refused(waiting: WaitingUsage, profile: UsageProfile | None, work: Work) -> Retried:
    """Try them again, batch by batch."""
    mediation = work.app.usage_mediation(by_profile(profile)) if profile else work.app.usage_mediation()
    with work.watch("Batches", "batches", None) as advance:
        found = mediation.retry(waiting, work.origin, advance)
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
    ImportUsage: Kind(_import_usage, takes=CSV, rehearses=True),
    RetryRefusedUsage: Kind(_retry_refused),
}
