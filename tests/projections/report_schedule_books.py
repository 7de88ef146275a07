"""Scheduled reports for the books on which every read model is tried."""

from __future__ import annotations

from datetime import date, datetime

from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.attachments import Attachment
from billing_core.reports.schedules import ReportSchedule, apply_report_schedule, note_made
from commands.platform.ports import Append
from commands.reports.schedules import (
    EndReportSchedule,
    MakeReportDue,
    NoteReportNotMade,
    NoteReportSent,
    ScheduleReport,
    schedule_stream,
)
from tests.operators import Operator

OWNER = "owner@isp.test"


def keep_report_schedules(operator: Operator) -> None:
    """One that failed on a day and was made and sent on the next, and one that was ended."""
    for code in ("income", "unread"):
        operator.tell(ScheduleReport(schedule=ReportSchedule(code=code, report="income-by-method", recipients=(OWNER,),
                                                             seller="north")))  # fmt: skip
    operator.tell(EndReportSchedule(code="unread", reason="nobody reads it"))
    failed_on = _come_due(operator)
    operator.tell(NoteReportNotMade(code="income", on=failed_on, reason="took too long"))
    made_on = _come_due(operator)
    _made(operator, made_on)
    operator.tell(NoteReportSent(code="income", on=made_on, recipient=OWNER))


def _come_due(operator: Operator) -> date:
    """The next instant of the schedule comes, seen at that instant."""
    known = operator.application.store.load(schedule_stream("income"), apply_report_schedule)
    assert known is not None and isinstance(known.next_at, datetime)
    origin = origin_of_process("clerk")._replace(recorded_at=known.next_at)
    operator.application.bus.execute(MakeReportDue(code="income", due_at=known.next_at), origin)
    return known.next_at.date()


def _made(operator: Operator, on: date) -> None:
    """A file that was never kept, as the events alone tell of it."""
    file = Attachment(content_hash="5" * 64, media_type="text/csv", size_bytes=1_000)
    stream = schedule_stream("income")
    with operator.application.store.transaction() as transaction:
        known, version = transaction.load(stream, apply_report_schedule)
        assert known is not None
        events = note_made(known, on, file, "income.csv")
        transaction.append([Append(stream, version, events)], [], origin_of_process("clerk"))
