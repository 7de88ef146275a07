"""Purge of usage rows: months are archived, if a folder is set, then their rows are removed one month after another."""

from __future__ import annotations

from pathlib import Path

import msgspec

from adapters.bootstrap.application import Application
from adapters.files.usage_archive import ArchivedMonth, write_month
from adapters.postgres.usage_months import csv_of, months_with_rows
from billing_core.usage.retention import months_to_purge
from commands.platform.identity import new_id
from commands.platform.ports import Origin
from commands.platform.progress import Progress
from commands.usage.retention import PurgeUsageRows


class PurgedMonth(msgspec.Struct, frozen=True):
    """A month whose rows were removed, how many, and the file in which they are archived; empty if in none."""

    month: str
    rows: int
    archive: str


class UsagePurge:
    """Removes rows of usage by months, in the name of who asks for it; a rehearsal removes and writes nothing."""

    def __init__(self, app: Application, archive: Path | None, *, is_rehearsal: bool = False) -> None:
        self._app = app
        self._archive = archive
        self._is_rehearsal = is_rehearsal

    def months(self, before: str) -> list[str]:
        """The months with rows before a month, the oldest first."""
        with self._app.tables.transaction("billing") as cursor:
            return months_to_purge(months_with_rows(cursor), before)

    def purge(self, before: str, origin: Origin, progress: Progress) -> list[PurgedMonth]:
        """Purge them month by month; what was done stays done if it is cut off."""
        found = []
        for month in self.months(before):
            found.append(self._purge_month(month, origin._replace(command_id=new_id())))
            progress(1)
        return found

    def _purge_month(self, month: str, origin: Origin) -> PurgedMonth:
        if self._is_rehearsal:
            answer = self._app.bus.rehearse(PurgeUsageRows(month=month), origin)
            return PurgedMonth(month, answer.result["rows"], "")
        if self._archive is None:
            answer = self._app.execute(PurgeUsageRows(month=month), origin)
            return PurgedMonth(month, answer.result["rows"], "")
        file = archive_month(self._app, month, self._archive)
        archived = PurgeUsageRows(month=month, archive_hash=file.content_hash, archived_rows=file.rows)
        return PurgedMonth(month, self._app.execute(archived, origin).result["rows"], str(file.path))


def archive_month(app: Application, month: str, folder: Path) -> ArchivedMonth:
    """Write the rows of a month to its file."""
    with app.tables.reading("billing") as cursor:
        return write_month(folder, month, csv_of(cursor, month))
