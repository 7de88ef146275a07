"""The ways out of a report page: each a file, with the query that makes it."""

from __future__ import annotations

from typing import NamedTuple

from starlette.responses import Response

from adapters.door.downloads import streamed
from adapters.pages.page import N_, Page
from adapters.pages.reports.asked import words_of
from adapters.pages.visit import Visit
from adapters.views.reports.files import (
    PrintReport,
    WordedQuestion,
    WriteReportCsv,
    WriteReportJson,
    WriteReportParquet,
    WriteReportSpreadsheetCsv,
    WriteReportWorkbook,
)


class WayOut(NamedTuple):
    """A file of a report: the last part of its address, the label of its button, and the query that it answers."""

    part: str
    label: str
    query: type


WAYS_OUT = (
    WayOut("csv", N_("CSV"), WriteReportCsv),
    WayOut("csv-excel", N_("CSV for Excel"), WriteReportSpreadsheetCsv),
    WayOut("xlsx", N_("Workbook"), WriteReportWorkbook),
    WayOut("pdf", N_("PDF"), PrintReport),
    WayOut("json", N_("JSON"), WriteReportJson),
    WayOut("parquet", N_("Parquet"), WriteReportParquet),
)


def _page_of(way: WayOut) -> Page:
    def file(visit: Visit) -> Response:
        worded = {"in_language": visit.language} if issubclass(way.query, WordedQuestion) else {}
        return streamed(visit.ask(way.query, **words_of(visit), **worded))

    return Page(f"/reports/{{report}}/{way.part}", file, way.query)


PAGES = tuple(map(_page_of, WAYS_OUT))
