"""Reports."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.reports.asking import AskReport, DescribeReport, ListReports
from adapters.views.reports.files import (
    PlotReport,
    PrintReport,
    WriteReportCsv,
    WriteReportJson,
    WriteReportParquet,
    WriteReportSpreadsheetCsv,
    WriteReportWorkbook,
)

ROUTES = (
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
)
