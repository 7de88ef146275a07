"""Reports."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.reports.asking import AskReport, DescribeReport, ListReports
from adapters.views.reports.building import BuildReport, ListReportViews, ShowSavedReport
from adapters.views.reports.closings import CompareClosedMonth, ListClosedMonths
from adapters.views.reports.dashboards import ListDashboards, ShowDashboard
from adapters.views.reports.files import (
    PlotReport,
    PrintReport,
    WriteReportCsv,
    WriteReportJson,
    WriteReportParquet,
    WriteReportSpreadsheetCsv,
    WriteReportWorkbook,
)
from adapters.views.reports.schedules import ListReportSchedules
from commands.reports.closings import CloseReportMonth, NoteMonthComparison, ReopenReportMonth
from commands.reports.saved import RemoveReport, SaveReport
from commands.reports.schedules import (
    EndReportSchedule,
    MakeReportDue,
    NoteReportMade,
    NoteReportNotMade,
    NoteReportSent,
    ScheduleReport,
)

ROUTES = (
    Route("GET", "/report-schedules", ListReportSchedules),
    Route("PUT", "/report-schedules/{code}", ScheduleReport),
    Route("POST", "/report-schedules/{code}/end", EndReportSchedule),
    Route("POST", "/report-schedules/{code}/make-due", MakeReportDue),
    Route("POST", "/report-schedules/{code}/note-made", NoteReportMade),
    Route("POST", "/report-schedules/{code}/note-not-made", NoteReportNotMade),
    Route("POST", "/report-schedules/{code}/note-sent", NoteReportSent),
    Route("GET", "/reports", ListReports),
    Route("GET", "/reports/{report}", DescribeReport),
    Route("GET", "/reports/{report}/rows", AskReport),
    Route("GET", "/reports/{report}/rows.csv", WriteReportCsv),
    Route("GET", "/reports/{report}/rows-for-excel.csv", WriteReportSpreadsheetCsv),
    Route("GET", "/reports/{report}/rows.xlsx", WriteReportWorkbook),
    Route("GET", "/reports/{report}/rows.pdf", PrintReport),
    Route("GET", "/reports/{report}/rows.json", WriteReportJson),
    Route("GET", "/reports/{report}/rows.parquet", WriteReportParquet),
    Route("GET", "/reports/{report}/chart.svg", PlotReport),
    Route("GET", "/report-views", ListReportViews),
    Route("GET", "/built-reports", BuildReport),
    Route("GET", "/saved-reports/{report}", ShowSavedReport),
    Route("POST", "/saved-reports/{report}", SaveReport),
    Route("POST", "/saved-reports/{report}/remove", RemoveReport),
    Route("GET", "/report-closings", ListClosedMonths),
    Route("GET", "/report-closings/{seller}/{month}", CompareClosedMonth),
    Route("POST", "/report-closings/{seller}/{month}", CloseReportMonth, 201),
    Route("POST", "/report-closings/{seller}/{month}/reopen", ReopenReportMonth),
    Route("POST", "/report-closings/{seller}/{month}/comparison", NoteMonthComparison),
    Route("GET", "/dashboards", ListDashboards),
    Route("GET", "/dashboards/{dashboard}", ShowDashboard),
)
