"""Which reports are sent by e-mail, when is each due next, and what became of the last one?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from billing_core.kernel.events import Event
from billing_core.reports.schedules import (
    KnownSchedule,
    ReportScheduled,
    ReportScheduleEnded,
    ScheduledReportDue,
    ScheduledReportMade,
    ScheduledReportNotMade,
    ScheduledReportSent,
    apply_report_schedule,
)
from projections.platform.area import Invariant
from projections.platform.deadlines import Deadline, DeadlineFolds
from projections.platform.projection import Cursor, LoggedEvent, as_columns

WAKE = "scheduled-report"
UPSERT = """
    INSERT INTO report_schedules (code, dealer, is_open, due_on, failure, content_hash, details)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::bool[], %b::date[], %b::text[], %b::text[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET dealer = excluded.dealer, is_open = excluded.is_open, due_on = excluded.due_on,
        failure = excluded.failure, content_hash = excluded.content_hash, details = excluded.details
"""


class ReportSchedules:
    """Every schedule as now known, with the last file that could be made."""

    name = "report_schedules"
    version = 1
    tables = ("report_schedules",)
    by_stream = True
    definition = """
        CREATE TABLE report_schedules (
            code text COLLATE "C" PRIMARY KEY, dealer text NOT NULL, is_open bool NOT NULL, due_on date,
            failure text NOT NULL, content_hash text, details text NOT NULL
        );
    """
    indexes = ""
    streams = ("report-schedule",)
    folds: tuple[type[Event], ...] = (
        ReportScheduled, ScheduledReportDue, ScheduledReportMade, ScheduledReportNotMade, ScheduledReportSent,
        ReportScheduleEnded,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        codes = list({entry.number for entry in page})
        rows = cursor.execute("SELECT code, details FROM report_schedules WHERE code = ANY(%s)", (codes,)).fetchall()
        known: dict[str, KnownSchedule] = {code: _read(details) for code, details in rows}
        for entry in page:
            schedule = apply_report_schedule(known.get(entry.number), entry.event)
            assert schedule is not None
            known[entry.number] = schedule
        cursor.execute(UPSERT, as_columns((_row(code, each) for code, each in known.items()), 7))


def _row(code: str, known: KnownSchedule) -> tuple[object, ...]:
    content_hash = known.last.file.content_hash if known.last else None
    details = msgspec.json.encode(known).decode()
    return code, known.dealer, known.next_at is not None, known.due_on, known.failure, content_hash, details


def _read(details: str) -> KnownSchedule:
    return msgspec.json.decode(details, type=KnownSchedule)


# --- queries


def report_schedules_after(cursor: Cursor, dealer: str, after: str, limit: int) -> list[KnownSchedule]:
    """Schedules in order of code, after a code; those that are over too. For a dealer those of its own operators."""
    statement = """
        SELECT details FROM report_schedules WHERE code > %s AND (%s = '' OR dealer = %s) ORDER BY code LIMIT %s
    """
    return [_read(details) for (details,) in cursor.execute(statement, (after, dealer, dealer, limit)).fetchall()]


ATTACHED = "SELECT content_hash FROM report_schedules WHERE content_hash IS NOT NULL"
INVARIANTS: dict[str, Invariant] = {
    "every scheduled report could be made when it was last due":
        "SELECT code || ', ' || due_on || ': ' || failure FROM report_schedules WHERE is_open AND failure <> ''",
}  # fmt: skip

# --- deadlines


def _due(entry: LoggedEvent) -> Iterator[Deadline]:
    assert isinstance(entry.event, ReportScheduled | ScheduledReportDue)
    at = entry.event.next_at
    yield Deadline(WAKE, at.date(), at=at)


def _ended(entry: LoggedEvent) -> Iterator[Deadline]:
    yield Deadline(WAKE, None)


DEADLINES: DeadlineFolds = {ReportScheduled: _due, ScheduledReportDue: _due, ReportScheduleEnded: _ended}
