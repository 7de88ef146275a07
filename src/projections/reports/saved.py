"""Which reports did people save?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from billing_core.kernel.events import Event
from billing_core.reports.saved import ReportRemoved, ReportSaved
from billing_core.reports.trees import ReportSubject, ReportTree
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT = """
    INSERT INTO saved_reports (report, details, saved_at)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::timestamptz[])
    ON CONFLICT (report) DO UPDATE SET details = excluded.details, saved_at = excluded.saved_at
"""
SELECT = "SELECT details, saved_at FROM saved_reports WHERE %(report)s IN ('', report) ORDER BY report"


class SavedReports:
    """Every saved report as it was saved last, until it is removed."""

    name = "saved-reports"
    version = 1
    tables = ("saved_reports",)
    by_stream = True
    definition = """
        CREATE TABLE saved_reports (
            report text COLLATE "C" PRIMARY KEY, details text NOT NULL, saved_at timestamptz NOT NULL);
    """
    indexes = ""
    streams = ("saved-report",)
    folds: tuple[type[Event], ...] = (ReportSaved, ReportRemoved)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        last = {entry.number: entry for entry in page}
        removed = [name for name, entry in last.items() if isinstance(entry.event, ReportRemoved)]
        saved = [(name, _details(entry.event), entry.recorded_at) for name, entry in last.items()
                 if isinstance(entry.event, ReportSaved)]  # fmt: skip
        if removed:
            cursor.execute("DELETE FROM saved_reports WHERE report = ANY(%b)", (removed,))
        if saved:
            cursor.execute(UPSERT, as_columns(saved, 3))


# --- queries


class SavedEntry(msgspec.Struct, frozen=True):
    """A saved report: its words, its tree, who made it, and when it was saved last."""

    report: str
    title: str
    subject: ReportSubject
    question: str
    tree: ReportTree
    maker: str
    is_private: bool
    saved_at: datetime | None = None


def saved_reports(cursor: Cursor, report: str = "") -> list[SavedEntry]:
    """Those of a name, or all in order of their names."""
    cursor.execute(SELECT, {"report": report})
    return [
        msgspec.structs.replace(msgspec.json.decode(details, type=SavedEntry), saved_at=saved_at)
        for details, saved_at in cursor.fetchall()
    ]


def _details(fact: ReportSaved) -> str:
    entry = SavedEntry(fact.report, fact.title, fact.subject, fact.question, fact.tree, fact.maker, fact.is_private)
    return msgspec.json.encode(entry).decode()
