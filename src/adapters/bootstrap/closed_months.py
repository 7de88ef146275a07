"""Closed months compared with the books: what was frozen, what the same questions answer now, and what differs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from adapters.bootstrap.application import Application
from adapters.reports.ready import ready_reports, ready_views
from billing_core.kernel.errors import NotFound
from billing_core.reports.closings import FrozenFigures, month_of
from billing_core.reports.differences import Difference, differences, missing_columns
from commands.platform.identity import new_id
from commands.platform.ports import Origin
from commands.platform.progress import Progress
from commands.reports.closings import NoteMonthComparison
from projections.platform.projection import Cursor
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.closings import closed_months, frozen_figures
from projections.reports.freezing import figures_of

EVERY = 100_000


class ComparedReport(msgspec.Struct, kw_only=True):
    """A frozen report: its totals then and now, and what differs in totals and rows.

    `gone` says why it cannot be compared: the report, or a column of it, no longer exists.
    """

    report: str
    title: str
    figures_hash: str
    frozen: FrozenFigures
    now: FrozenFigures | None
    differences: list[Difference]
    gone: str = ""

    @property
    def differs(self) -> bool:
        """Whether it does not answer what was frozen."""
        return bool(self.differences or self.gone)


def compared_reports(cursor: Cursor, seller: str, month: date, today: date) -> Iterator[ComparedReport]:
    """Each frozen report of the month with what the same question answers now."""
    for frozen, digest in frozen_figures(cursor, seller, month):
        report = ready_reports().get(frozen.report)
        if report is None or any(report.parameter(name) is None for name in frozen.given):
            yield ComparedReport(
                report=frozen.report, title=frozen.report, figures_hash=digest, frozen=frozen, now=None,
                differences=[], gone="the report no longer exists",
            )  # fmt: skip
            continue
        now = figures_of(cursor, report, frozen.given, ready_views(), today)
        missing = missing_columns(frozen, now)
        yield ComparedReport(
            report=frozen.report, title=report.title, figures_hash=digest, frozen=frozen, now=now,
            differences=differences(frozen, now), gone=f"columns are gone: {', '.join(missing)}" if missing else "",
        )  # fmt: skip


def compare_all(app: Application, origin: Origin, progress: Progress) -> dict[tuple[str, str], tuple[str, ...]]:
    """Compare every closed month, and note those in which other reports differ than when it was compared last.

    All is of one moment; a month that somebody opens meanwhile is passed over.
    """
    app.runner.catch_up()
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    with app.tables.reading(LIVE_SCHEMA) as cursor:
        for entry in closed_months(cursor, "", "", EVERY):
            compared = compared_reports(cursor, entry.seller, month_of(entry.month), origin.today)
            found[entry.seller, entry.month] = tuple(each.report for each in compared if each.differs)
            progress(1)
    for (seller, month), differing in found.items():
        try:
            command = NoteMonthComparison(seller=seller, month=month, differing=differing)
            app.execute(command, origin._replace(command_id=new_id()))
        except NotFound:
            continue
    return found
