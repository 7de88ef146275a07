"""Which months are closed, and which figures were frozen then?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

import msgspec

from billing_core.kernel.events import Event
from billing_core.reports.closings import (
    MONTH_KIND,
    FrozenFigures,
    ReportMonthClosed,
    ReportMonthCompared,
    ReportMonthReopened,
)
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

COLUMNS = {
    "seller": "text", "month": "date", "report": "text", "figures": "text", "figures_hash": "text",
    "closed_by": "text", "closed_at": "timestamptz", "differs": "bool",
}  # fmt: skip
UPDATE_DIFFERS = """
    UPDATE report_closings AS frozen SET differs = frozen.report = ANY(string_to_array(compared.differing, ' '))
    FROM unnest(%b::text[], %b::date[], %b::text[]) AS compared (seller, month, differing)
    WHERE frozen.seller = compared.seller AND frozen.month = compared.month
"""
SELECT_MONTHS = """
    SELECT seller, month, count(*), min(closed_by), min(closed_at), count(*) FILTER (WHERE differs) FROM report_closings
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
    version = 2
    tables = ("report_closings",)
    by_stream = True
    definition = """
        CREATE TABLE report_closings (
            seller text COLLATE "C", month date, report text COLLATE "C", figures text NOT NULL,
            figures_hash text NOT NULL, closed_by text NOT NULL, closed_at timestamptz NOT NULL,
            differs boolean NOT NULL, PRIMARY KEY (seller, month, report));
    """
    indexes = ""
    streams = (MONTH_KIND,)
    folds: tuple[type[Event], ...] = (ReportMonthClosed, ReportMonthReopened, ReportMonthCompared)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        closed: dict[tuple[str, date, str], tuple[object, ...]] = {}
        reopened: set[tuple[str, date]] = set()
        compared: dict[tuple[str, date], str] = {}
        for entry in page:
            match entry.event:
                case ReportMonthReopened(seller=seller, month=month):
                    reopened.add((seller, month))
                    closed = {key: row for key, row in closed.items() if key[:2] != (seller, month)}
                    compared.pop((seller, month), None)
                case ReportMonthCompared(seller=seller, month=month, differing=differing):
                    compared[seller, month] = " ".join(differing)
                case ReportMonthClosed(seller=seller, month=month, figures=figures) as fact:
                    closed[seller, month, figures.report] = (
                        seller, month, figures.report, msgspec.json.encode(figures).decode(),
                        fact.figures_hash, entry.origin.actor, entry.recorded_at, False,
                    )  # fmt: skip
        if reopened:
            sellers, months = zip(*sorted(reopened), strict=True)
            cursor.execute(
                "DELETE FROM report_closings WHERE (seller, month) IN (SELECT * FROM unnest(%b::text[], %b::date[]))",
                (list(sellers), list(months)),
            )
        if closed:
            insert_rows(cursor, "report_closings", COLUMNS, closed.values())
        if compared:
            cursor.execute(UPDATE_DIFFERS, as_columns([(*key, names) for key, names in compared.items()], 3))


# --- queries


class ClosedMonthEntry(msgspec.Struct, frozen=True):
    """A closed month of a seller: how many reports were frozen, by whom and when.

    `differing` of them answered otherwise when the program compared them last, which it does every night.
    """

    seller: str
    month: str
    reports: int
    closed_by: str
    closed_at: datetime
    differing: int


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
