"""Reports: the catalogue, the page of each, its files, and the dashboards."""

from __future__ import annotations

from adapters.pages.page import N_, Entry, Page
from adapters.pages.reports import dashboard, ways_out
from adapters.pages.reports.catalogue import catalogue
from adapters.pages.reports.report import report
from adapters.views.reports.asking import AskReport, ListReports

PAGES = (
    Page("/reports", catalogue, ListReports),
    Page("/reports/{report}", report, AskReport),
    *ways_out.PAGES,
    *dashboard.PAGES,
)
MENU = (dashboard.ENTRY, Entry(N_("Reports"), "/reports", "chart", ListReports, (3, 1), "r"))
"""Reports: which are sent by e-mail."""

from __future__ import annotations

from adapters.pages.reports import schedules

LISTS = schedules.LISTS
FORMS = schedules.FORMS
"""Reports: built step by step, those that were saved, and closed months."""

from __future__ import annotations

from adapters.pages.reports import builder, closings

PAGES = (*builder.PAGES, *closings.PAGES)
LISTS = (*builder.LISTS, *closings.LISTS)
FORMS = (*builder.FORMS, *closings.FORMS)
JOB_FORMS = closings.JOB_FORMS
SET_UP = (*builder.SET_UP, *closings.SET_UP)
