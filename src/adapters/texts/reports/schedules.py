"""Reports that are sent by themselves, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from billing_core.reports.schedules import (
    ReportSchedule,
    ReportScheduled,
    ReportScheduleEnded,
    ScheduledReportDue,
    ScheduledReportMade,
    ScheduledReportNotMade,
    ScheduledReportSent,
)


def times_text(schedule: ReportSchedule) -> str:
    """`every month on day 1 at 06:30`."""
    on = {"day": "", "week": f" on {schedule.weekday}", "month": f" on day {schedule.day}"}[schedule.every]
    return f"every {schedule.every}{on} at {schedule.at}"


def _scheduled(fact: ReportScheduled) -> str:
    schedule = fact.schedule
    given = "".join(f", {name} {value}" for name, value in schedule.given.items())
    return (
        f"report {schedule.report}{given} is sent as {schedule.form} to {', '.join(schedule.recipients)} "
        f"{times_text(schedule)} on the clock of {schedule.seller}, with the rights of {fact.maker}"
    )


SENTENCES: Sentences = {
    ReportScheduled: _scheduled,
    ScheduledReportDue: lambda fact: f"the report of {fact.effective_on} is due; the next one {fact.next_at:%Y-%m-%d}",
    ScheduledReportMade: lambda fact: f"the report of {fact.effective_on} was made: {fact.name}",
    ScheduledReportNotMade: lambda fact: f"the report of {fact.effective_on} could not be made: {fact.reason}",
    ScheduledReportSent: lambda fact: f"the report of {fact.effective_on} was sent to {fact.recipient}",
    ReportScheduleEnded: lambda fact: f"the report is not sent any more, because: {fact.reason}",
}
