"""The archive of reports as a job."""

from __future__ import annotations

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.bootstrap.report_archive import ReportArchive, WrittenMonth, archived_views, first_day
from adapters.bootstrap.settings import read_settings
from billing_core.kernel.errors import NotFound


class ArchiveReports(Job, frozen=True, kw_only=True):
    """Write the rows of views of all months before a month, such as `2026-05`, to files of the folder `report_archive`.

    A month that was archived is written again only if its rows have changed. The rows stay in the database, too.
    """

    before: str

    def __post_init__(self) -> None:
        first_day(self.before)


def archive_reports(asked: ArchiveReports, work: Work) -> list[WrittenMonth]:
    """Write view by view; what was written stays so if it is cut off."""
    folder = read_settings().report_archive
    if folder is None:
        raise NotFound("the setting names the folder of the archive", field="report_archive", value="")
    archive = ReportArchive(work.app, folder, is_rehearsal=work.is_dry_run)
    with work.watch("Archive", "views", len(archived_views())) as advance:
        return archive.archive(asked.before, work.origin, advance)


JOBS: Jobs = {ArchiveReports: Kind(archive_reports, rehearses=True)}
