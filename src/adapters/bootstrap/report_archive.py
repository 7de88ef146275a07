"""The archive of reports: months that have ended go to files, and a month that changed later is written again."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from psycopg import Cursor

from adapters.bootstrap.application import Application
from adapters.files.report_months import ArchivedMonth, ArchivedView, path_of, read_list, write_list
from adapters.files.report_parquet import write_month
from adapters.postgres.report_rows import Rows, held_by_month, rows_of_month, types_of
from adapters.reports.ready import ready_views
from billing_core.kernel.errors import InvalidValue
from billing_core.usage.retention import require_month
from commands.platform.ports import Origin
from commands.platform.progress import Progress
from projections.platform.runner import LIVE_SCHEMA, read_checkpoints
from projections.reports.views import View


class WrittenMonth(msgspec.Struct, frozen=True):
    """A month of a view that was written: for the first time, or again because its rows are others by now."""

    view: str
    month: str
    rows: int
    is_again: bool


class ReportArchive:
    """Writes the months of views into a folder; a rehearsal says what it would write."""

    def __init__(self, app: Application, folder: Path, *, is_rehearsal: bool = False) -> None:
        self._app = app
        self._folder = folder
        self._is_rehearsal = is_rehearsal

    def archive(self, before: str, origin: Origin, progress: Progress) -> list[WrittenMonth]:
        """Write what is not yet archived, or is not as archived, of all months before a month, such as `2026-05`.

        All of it is of one moment. A view that was archived further already stays so, and its later months are
        compared, too.
        """
        to_on = first_day(before)
        if to_on > origin.today.replace(day=1):
            raise InvalidValue("must be this month at most: only months that have ended are archived", field="before",
                               value=before)  # fmt: skip
        self._app.runner.catch_up()
        written: list[WrittenMonth] = []
        with self._app.tables.only_runner("report archive"), self._app.tables.reading(LIVE_SCHEMA) as cursor:
            for view in archived_views():
                written += self._archive_view(Rows(cursor, view, ready_views()), to_on, origin.recorded_at)
                progress(1)
        return written

    def _archive_view(self, rows: Rows, to_on: date, now: datetime) -> list[WrittenMonth]:
        """Files first, then the list: what was cut off between them is written again the next time."""
        name, types = rows.view.name, types_of(rows)
        known = read_list(self._folder).get(name)
        months = known.months if known and known.types == types else {}
        before = max(to_on, known.before) if known else to_on
        held = held_by_month(rows, before)
        changed = [month for month in held if months.get(month) != held[month]]
        if not self._is_rehearsal:
            self._folder.mkdir(parents=True, exist_ok=True)
            for month in changed:
                self._write(rows, types, month, held[month])
            noted = ArchivedView(before, types, position_of(rows.cursor), now, held)
            write_list(self._folder, read_list(self._folder) | {name: noted})
            self._remove_others(name, held)
        return [WrittenMonth(name, month, held[month].rows, month in months) for month in changed]

    def _write(self, rows: Rows, types: dict[str, str], month: str, held: ArchivedMonth) -> None:
        from_on = first_day(month)
        # Closed even if writing fails: a transaction cannot end while rows of it are still being sent.
        with closing(rows_of_month(rows, types, from_on, next_month(from_on))) as parts:
            write_month(path_of(self._folder, rows.view.name, month), types, parts, held)

    def _remove_others(self, view: str, held: dict[str, ArchivedMonth]) -> None:
        """Remove the files of months that have no rows any longer, and what was cut off."""
        kept = {path_of(self._folder, view, month) for month in held}
        for path in (self._folder / f"view={view}").glob("month=*"):
            if path not in kept:
                path.unlink()


def archived_views() -> list[View]:
    """The views that grow with the years."""
    return [view for view in ready_views().values() if view.archived_by]


def position_of(cursor: Cursor[Any]) -> int:
    """Up to which position of the log all live read models show the events."""
    return min(position for _, position in read_checkpoints(cursor, LIVE_SCHEMA).values())


def first_day(month: str) -> date:
    """`2026-05` -> 1 May 2026."""
    return date.fromisoformat(f"{require_month(month)}-01")


def next_month(first_on: date) -> date:
    """1 May 2026 -> 1 June 2026."""
    return (first_on + timedelta(days=31)).replace(day=1)
