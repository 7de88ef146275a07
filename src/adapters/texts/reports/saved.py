"""Saved reports and closed months, in words."""

from __future__ import annotations

from adapters.texts.amounts import counted
from adapters.texts.sentences import Sentences
from billing_core.reports.closings import ReportMonthClosed, ReportMonthCompared, ReportMonthReopened
from billing_core.reports.saved import ReportRemoved, ReportSaved


def _saved(fact: ReportSaved) -> str:
    readers = f"its maker {fact.maker} alone" if fact.is_private else f"who may ask reports about {fact.subject}"
    return f"report {fact.report}, “{fact.title}”, over view {fact.tree.view}, for {readers}"


def _closed(fact: ReportMonthClosed) -> str:
    figures = fact.figures
    rows = counted(sum(each.rows for each in figures.totals), "row")
    return f"report {figures.report} of {fact.month:%Y-%m} of seller {fact.seller} is frozen: {rows}"


def _compared(fact: ReportMonthCompared) -> str:
    said = f"{', '.join(fact.differing)} changed since" if fact.differing else "everything agrees again"
    return f"{fact.month:%Y-%m} of seller {fact.seller} is compared with what was frozen: {said}"


SENTENCES: Sentences = {
    ReportSaved: _saved,
    ReportRemoved: lambda fact: f"report {fact.report} is removed, because: {fact.reason}",
    ReportMonthClosed: _closed,
    ReportMonthCompared: _compared,
    ReportMonthReopened: lambda fact: (
        f"month {fact.month:%Y-%m} of seller {fact.seller} is open again, because: {fact.reason}"
    ),
}
