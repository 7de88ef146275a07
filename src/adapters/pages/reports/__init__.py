"""Reports: the catalogue, the page of each, its files, dashboards, the builder, closed months, and what is sent."""

from __future__ import annotations

from adapters.pages.page import N_, Entry, Page
from adapters.pages.reports import archive, builder, closings, dashboard, forecasts, schedules, ways_out
from adapters.pages.reports.catalogue import catalogue
from adapters.pages.reports.report import report
from adapters.views.reports.asking import AskReport, ListReports

PAGES = (
    Page("/reports", catalogue, ListReports),
    Page("/reports/{report}", report, AskReport),
    *ways_out.PAGES,
    *dashboard.PAGES,
    *builder.PAGES,
    *closings.PAGES,
)
LISTS = (*builder.LISTS, *closings.LISTS, *schedules.LISTS)
FORMS = (*builder.FORMS, *closings.FORMS, *schedules.FORMS)
JOB_FORMS = (*closings.JOB_FORMS, *archive.JOB_FORMS, *forecasts.JOB_FORMS)
SET_UP = (*builder.SET_UP, *closings.SET_UP, *archive.SET_UP, *forecasts.SET_UP, *schedules.SET_UP)
MENU = (dashboard.ENTRY, Entry(N_("Reports"), "/reports", "chart", ListReports, (3, 1), "r"))
