"""How the stored samples of scheduled reports are read."""

from __future__ import annotations

from datetime import UTC, date, datetime

from billing_core.kernel.attachments import Attachment
from billing_core.kernel.events import Event
from billing_core.reports.schedules import (
    ReportSchedule,
    ReportScheduled,
    ReportScheduleEnded,
    ScheduledReportDue,
    ScheduledReportMade,
    ScheduledReportNotMade,
    ScheduledReportSent,
)

ON = date(2026, 6, 1)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SCHEDULE = ReportSchedule(
    code="income", report="income-by-method", recipients=("owner@isp.test",), seller="north", every="month", at="06:30",
    day=1, given={"from": "last-month-begin", "to": "month-begin"},
)  # fmt: skip
SAMPLES: dict[str, Event] = {
    "report-scheduled/1": ReportScheduled(
        effective_on=date(2026, 5, 11), schedule=SCHEDULE, time_zone="Europe/Riga", maker="anna", is_operator=True,
        dealer="", next_at=datetime(2026, 6, 1, 3, 30, tzinfo=UTC),
    ),
    "scheduled-report-due/1": ScheduledReportDue(
        effective_on=ON, next_at=datetime(2026, 7, 1, 3, 30, tzinfo=UTC)
    ),
    "scheduled-report-made/1": ScheduledReportMade(
        effective_on=ON, file=Attachment(content_hash="ab" * 32, media_type=XLSX, size_bytes=6_100),
        name="income-by-method-2026-06-01.xlsx",
    ),
    "scheduled-report-not-made/1": ScheduledReportNotMade(
        effective_on=ON, reason="report: takes longer than 60 seconds and was stopped"
    ),
    "scheduled-report-sent/1": ScheduledReportSent(effective_on=ON, recipient="owner@isp.test"),
    "report-schedule-ended/1": ReportScheduleEnded(effective_on=date(2026, 6, 9), reason="nobody reads it"),
}  # fmt: skip
