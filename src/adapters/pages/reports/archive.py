"""Months of reports as files: writing those that have ended."""

from __future__ import annotations

from adapters.jobs.reports.archive import ArchiveReports
from adapters.pages.forms import Field
from adapters.pages.job_forms import JobForm
from adapters.pages.page import N_, Tile

ARCHIVE = "/set-up/report-archive"

JOB_FORMS = (
    JobForm(
        ARCHIVE, ArchiveReports, N_("Months of reports as files"), N_("Write the files"),
        (Field("before", N_("All months before"), hint=N_("As 2026-05"), is_required=True, width=4),),
    ),
)  # fmt: skip
SET_UP = (
    Tile(
        "books", N_("Months of reports as files"), ARCHIVE, ArchiveReports, N_("Write months that have ended to files")
    ),
)
