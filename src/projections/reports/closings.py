"""Which months are closed, and which figures were frozen then?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

import msgspec

from billing_core.kernel.events import Event
from billing_core.reports.closings import MONTH_KIND, FrozenFigures, ReportMonthClosed, ReportMonthReopened
from projections.platform.projection import Cursor, LoggedEvent, insert_rows

COLUMNS = {
    "seller": "text", "month": "date", "report": "text", "figures": "text", "figures_hash": "text",
    "closed_by": "text", "closed_at": "timestamptz",
}  # fmt: skip
SELECT_MONTHS = """
    SELECT seller, month, count(*), min(closed_by), min(closed_at) FROM report_closings
    WHERE %(seller)s IN ('', seller) AND to_char(month, 'YYYY-MM') || ' ' || seller < %(before)s
    GROUP BY seller, month ORDER BY to_char(month, 'YYYY-MM') || ' ' || seller DESC LIMIT %(limit)s
"""
SELECT_FIGURES = """
    SELECT figures, figures_hash FROM report_closings WHERE seller = %(seller)s AND month = %(month)s ORDER BY report
"""
LAST = "~"  # After every month in order.


class ReportClosings:
    """The frozen figures of each month that is closed; of one that is open again there are none."""

    name = "report-closings"
    version = 1
    tables = ("report_closings",)
    by_stream = True
    definition = """
        CREATE TABLE report_closings (
            seller text COLLATE "C", month date, report text COLLATE "C", figures text NOT NULL,
            figures_hash text NOT NULL, closed_by text NOT NULL, closed_at timestamptz NOT NULL,
            PRIMARY KEY (seller, month, report));
    """
    indexes = ""
    streams = (MONTH_KIND,)
    folds: tuple[type[Event], ...] = (ReportMonthClosed, ReportMonthReopened)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        closed: dict[tuple[str, date, str], tuple[object, ...]] = {}
        reopened: set[tuple[str, date]] = set()
        for entry in page:
            match entry.event:
                case ReportMonthReopened(seller=seller, month=month):
                    reopened.add((seller, month))
                    closed = {key: row for key, row in closed.items() if key[:2] != (seller, month)}
                case ReportMonthClosed(seller=seller, month=month, figures=figures) as fact:
                    closed[seller, month, figures.report] = (
                        seller, month, figures.report, msgspec.json.encode(figures).decode(),
                        fact.figures_hash, entry.origin.actor, entry.recorded_at,
                    )  # fmt: skip
        if reopened:
            sellers, months = zip(*sorted(reopened), strict=True)
            cursor.execute(
                "DELETE FROM report_closings WHERE (seller, month) IN (SELECT * FROM unnest(%b::text[], %b::date[]))",
                (list(sellers), list(months)),
            )
        if closed:
            insert_rows(cursor, "report_closings", COLUMNS, closed.values())


# --- queries


class ClosedMonthEntry(msgspec.Struct, frozen=True):
    """A closed month of a seller: how many reports were frozen, by whom and when."""

    seller: str
    month: str
    reports: int
    closed_by: str
    closed_at: datetime


def closed_months(cursor: Cursor, seller: str, before: str, limit: int) -> list[ClosedMonthEntry]:
    """The closed months of a seller or of all, the newest first; before one, as in `2026-05 north`."""
    cursor.execute(SELECT_MONTHS, {"seller": seller, "before": before or LAST, "limit": limit})
    return [ClosedMonthEntry(code, f"{month:%Y-%m}", *others) for code, month, *others in cursor.fetchall()]


def frozen_figures(cursor: Cursor, seller: str, month: date) -> list[tuple[FrozenFigures, str]]:
    """The frozen figures of a month by report, each with its hash; none if the month is not closed."""
    cursor.execute(SELECT_FIGURES, {"seller": seller, "month": month})
    return [(msgspec.json.decode(figures, type=FrozenFigures), digest) for figures, digest in cursor.fetchall()]


def sellers_of_months(cursor: Cursor, streams: Collection[str]) -> Mapping[str, str]:
    """The sellers of the streams of months: their names say it."""
    named = (stream.split("/") for stream in streams if stream.startswith(f"{MONTH_KIND}/"))
    return {"/".join(parts): parts[1] for parts in named}
