"""Saved reports and closed months, in words."""
"""Forecasts of revenue, in words."""

from __future__ import annotations

from adapters.texts.amounts import counted
from adapters.texts.sentences import Sentences
from billing_core.reports.closings import ReportMonthClosed, ReportMonthReopened
from billing_core.reports.saved import ReportRemoved, ReportSaved


def _saved(fact: ReportSaved) -> str:
    readers = f"its maker {fact.maker} alone" if fact.is_private else f"who may ask reports about {fact.subject}"
    return f"report {fact.report}, “{fact.title}”, over view {fact.tree.view}, for {readers}"


def _closed(fact: ReportMonthClosed) -> str:
    figures = fact.figures
    rows = counted(sum(each.rows for each in figures.totals), "row")
    return f"report {figures.report} of {fact.month:%Y-%m} of seller {fact.seller} is frozen: {rows}"


SENTENCES: Sentences = {
    ReportSaved: _saved,
    ReportRemoved: lambda fact: f"report {fact.report} is removed, because: {fact.reason}",
    ReportMonthClosed: _closed,
    ReportMonthReopened: lambda fact: (
        f"month {fact.month:%Y-%m} of seller {fact.seller} is open again, because: {fact.reason}"
    ),
}
from billing_core.reports.forecasts import RevenueForecast


def _foreseen(fact: RevenueForecast) -> str:
    stopped = f"; {counted(fact.stopped, 'account')} could not be billed" if fact.stopped else ""
    return f"the revenue of {counted(fact.months, 'month')} was foreseen{stopped}"


SENTENCES: Sentences = {RevenueForecast: _foreseen}
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
