"""Closing a month: its reports are asked, and their figures recorded."""

from __future__ import annotations

import msgspec

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.reports.ready import ready_reports, ready_views
from billing_core.reports.closings import FrozenFigures, apply_month, month_of, month_stream, require_ended
from commands.reports.closings import CloseReportMonth
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.freezing import closing_reports, figures_of, given_for


class CloseMonth(Job, frozen=True, kw_only=True):
    """Freeze the figures of a month of a seller that has ended: of all reports that close; `month` as 2026-05.

    A dry run shows the figures that would be frozen.
    """

    seller: str
    month: str


class FrozenReport(msgspec.Struct):
    """A report that was frozen: how many rows, and its totals by currency."""

    report: str
    rows: int
    totals: dict[str, dict[str, str]]


class MonthClosing(msgspec.Struct):
    """What was frozen, up to which position of the log."""

    seller: str
    month: str
    log_position: int
    reports: list[FrozenReport]


def close_month(asked: CloseMonth, work: Work) -> MonthClosing:
    """Ask the reports once the read models show everything, then record their figures at once.

    If it was cut off between both, nothing is recorded and it is done again; if after it, what is recorded stands.
    """
    require_ended(month_of(asked.month), work.origin.today)
    if work.again and (recorded := _recorded(asked, work)):
        return _closing(asked, recorded)
    position = work.app.runner.catch_up()
    figures = figures_now(asked, work, position)
    command = CloseReportMonth(seller=asked.seller, month=asked.month, figures=figures)
    work.give(command)
    if not work.is_dry_run:
        work.app.runner.catch_up()
    return _closing(asked, figures)


def figures_now(asked: CloseMonth, work: Work, position: int) -> tuple[FrozenFigures, ...]:
    """The figures of all reports that close, all of one state of the books."""
    reports, month = list(closing_reports(ready_reports())), month_of(asked.month)
    with (
        work.watch("Figures", "reports", len(reports)) as advance,
        work.app.tables.reading(LIVE_SCHEMA) as cursor,
    ):
        found = []
        for report in reports:
            given = given_for(report, asked.seller, month)
            found.append(figures_of(cursor, report, given, ready_views(), work.origin.today, position))
            advance(1)
    return tuple(found)


def _recorded(asked: CloseMonth, work: Work) -> tuple[FrozenFigures, ...]:
    """What is recorded of the month already."""
    stream = month_stream(asked.seller, month_of(asked.month))
    known, _ = work.app.bus.look(lambda transaction: transaction.load(stream, apply_month))
    return tuple(known.figures.values()) if known is not None else ()


def _closing(asked: CloseMonth, figures: tuple[FrozenFigures, ...]) -> MonthClosing:
    return MonthClosing(asked.seller, asked.month, figures[0].log_position if figures else 0, [
        FrozenReport(
            each.report, sum(total.rows for total in each.totals),
            {total.currency: {name: f"{value:f}" for name, value in total.sums.items()} for total in each.totals},
        )
        for each in figures
    ])  # fmt: skip


JOBS: Jobs = {CloseMonth: Kind(close_month, rehearses=True)}
