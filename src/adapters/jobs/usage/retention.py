"""The purge of usage rows as a job."""

from __future__ import annotations

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.bootstrap.settings import read_settings
from adapters.bootstrap.usage_retention import PurgedMonth, UsagePurge
from billing_core.confirmation import ConfirmationNeeded
from billing_core.usage.retention import require_month


class PurgeUsage(Job, frozen=True, kw_only=True):
    """Remove the rows of usage of all months before a month, `2026-05` in UTC, for good; their sums stay.

    If the setting `usage_archive` names a folder, each month is archived there first. It is done only if it is
    `confirmed`.
    """

    before: str
    confirmed: bool = False

    def __post_init__(self) -> None:
        require_month(self.before)


def purge_usage(asked: PurgeUsage, work: Work) -> list[PurgedMonth]:
    """Purge month by month, the oldest first."""
    if not (asked.confirmed or work.is_dry_run):
        raise ConfirmationNeeded("removes rows of usage for good")
    purge = UsagePurge(work.app, read_settings().usage_archive, is_rehearsal=work.is_dry_run)
    with work.watch("Purge", "months", len(purge.months(asked.before))) as advance:
        return purge.purge(asked.before, work.origin, advance)


JOBS: Jobs = {PurgeUsage: Kind(purge_usage, rehearses=True)}
