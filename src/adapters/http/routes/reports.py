"""Reports."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.reports.asking import AskReport, DescribeReport, ListReports

ROUTES = (
    Route("GET", "/reports", ListReports),
    Route("GET", "/reports/{report}", DescribeReport),
    Route("GET", "/reports/{report}/rows", AskReport),
)
