"""The catalogue of reports: by subject, and found by words of their titles and questions."""

from __future__ import annotations

import re
from typing import NamedTuple

from adapters.pages.lists import Act
from adapters.pages.page import N_, Shown
from adapters.pages.reports.words import SUBJECTS, said
from adapters.pages.search.marking import folded
from adapters.pages.visit import Visit
from adapters.views.reports.asking import ListReports, ReportEntry
from adapters.views.reports.building import BuildReport
from adapters.views.reports.closings import ListClosedMonths
from adapters.views.reports.schedules import ListReportSchedules

# The lists around the catalogue.
VIEWS = (
    Act(N_("All reports"), "/reports", ListReports),
    Act(N_("Saved reports"), "/reports/saved", ListReports),
    Act(N_("Reports by e-mail"), "/report-schedules", ListReportSchedules),
    Act(N_("Closed months"), "/reports/closings", ListClosedMonths),
)
WORD = re.compile(r"\w+")


class Listed(NamedTuple):
    """A report of the catalogue, as it is read."""

    report: str
    title: str
    question: str


def catalogue(visit: Visit) -> Shown:
    """The reports that the reader may see and that have every word that is sought."""
    sought = visit.query.get("q", "").strip()
    words = WORD.findall(folded(sought))
    found: dict[str, list[Listed]] = {subject: [] for subject in SUBJECTS}
    count = 0
    for entry in visit.ask(ListReports).items:
        listed = Listed(entry.report, said(entry.title, visit), said(entry.question, visit))
        if all(word in _text(entry, listed) for word in words):
            found[entry.subject].append(listed)
            count += 1
    subjects = {
        SUBJECTS[subject]: sorted(listed, key=lambda each: each.title) for subject, listed in found.items() if listed
    }
    return Shown("reports/catalogue.html", {
        "subjects": subjects, "sought": sought, "count": count, "views": VIEWS, "build": BuildReport,
    })  # fmt: skip


def _text(entry: ReportEntry, listed: Listed) -> str:
    """What a report is found by: in the reader's language and in English."""
    return folded(" ".join((entry.report, entry.title, entry.question, listed.title, listed.question)))
