"""A saved report that was changed, one that was removed, a closed month, and one that was opened again."""

from __future__ import annotations

from datetime import date

from commands.reports.closings import CloseReportMonth, NoteMonthComparison, ReopenReportMonth
from commands.reports.saved import RemoveReport, SaveReport
from tests.billing_core.samples_of_reports import FIGURES, TREE
from tests.operators import Operator

ON = date(2026, 4, 9)


def keep_reports(operator: Operator) -> None:
    for report in ("own-by-month", "own-unwanted"):
        operator.tell(SaveReport(report=report, title="By month", subject="money", tree=TREE), today=ON)
    operator.tell(SaveReport(report="own-by-month", title="Income", subject="money", tree=TREE), today=ON)
    operator.tell(RemoveReport(report="own-unwanted", reason="nobody asks it"), today=ON)
    for month in ("2026-02", "2026-03"):
        operator.tell(CloseReportMonth(seller="north", month=month, figures=(FIGURES,)), today=ON)
        differing = ("income-by-method",)
        operator.tell(NoteMonthComparison(seller="north", month=month, differing=differing), today=ON)
    operator.tell(ReopenReportMonth(seller="north", month="2026-02", reason="a file was missing"), today=ON)
