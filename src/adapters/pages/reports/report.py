"""The page of a report: question, filter, chart, rows a hundred at a time, totals, and the ways out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from adapters.pages.page import Shown
from adapters.pages.reports.asked import field_of, typed_in, words_of
from adapters.pages.reports.cells import NUMERIC, Writer
from adapters.pages.reports.charts import drawn, key_of
from adapters.pages.reports.drawings import drawings_of
from adapters.pages.reports.ways_out import WAYS_OUT
from adapters.pages.reports.words import SUBJECTS, said
from adapters.pages.visit import Visit
from adapters.views.reports.asking import AskReport, DescribeReport, ListReports, ReportAnswer
from billing_core.kernel.errors import InvalidValue
from commands.reports.schedules import ScheduleReport
from projections.reports.definition import Report

TEMPLATE = "reports/report.html"
ROWS, ROWS_OF_CHART = 100, 1_000


class Head(NamedTuple):
    """The head of a column: the address in which the rows stand in its order, and how they stand now."""

    title: str
    address: str
    order: str
    is_number: bool


def report(visit: Visit) -> Shown:
    """The answer to what the address asks; what is wrong with it is said at the field."""
    known: Report = visit.ask(DescribeReport, report=visit.path["report"])
    try:
        words = words_of(visit, known)
        answer: ReportAnswer = visit.ask(AskReport, **words, after=visit.query.get("after", ""), limit=ROWS)
    except InvalidValue as error:
        if known.parameter(error.field or "") is None:
            raise
        return Shown(
            TEMPLATE, {**_frame(known, visit), "answer": None, "filters": _filters(known, {}, error, visit)}, 422
        )
    seen = {entry.report for entry in visit.ask(ListReports).items}
    writer = Writer(visit, answer, seen, known.keys)
    drawings = drawings_of(known, _rows_of_chart(known, answer, words, visit), visit)
    return Shown(TEMPLATE, {
        **_frame(known, visit), "answer": answer, "filters": _filters(known, answer.given, None, visit),
        "heads": [_head(place, known, visit) for place in range(len(known.columns))],
        "rows": [writer.cells(row) for row in answer.rows], "totals": _totals(known, answer, writer),
        "drawings": [(each, drawn(each), key_of(each)) for each in drawings], "ways": _ways(visit),
    })  # fmt: skip


def _frame(known: Report, visit: Visit) -> dict[str, Any]:
    texts = {name: said(getattr(known, name), visit) for name in ("title", "question", "about")}
    names = {each.name for each in known.parameters}
    by_mail = f"/report-schedules/new?of={quote(known.name)}" if visit.may(ScheduleReport) else ""
    return {"report": known, **texts, "subject": SUBJECTS[known.subject], "drawings": [], "ways": [],
            "by_mail": by_mail, "is_filtered": any(name in names for name in visit.query),
            "has_days": any(each.kind == "day" for each in known.parameters)}  # fmt: skip


def _filters(known: Report, given: dict[str, str], error: InvalidValue | None, visit: Visit) -> list[Any]:
    """Each field with its value: the effective one, or what was typed if that is wrong."""
    found = []
    for parameter in known.parameters:
        field = field_of(parameter, visit)
        fault = error.message if error is not None and error.field == parameter.name else ""
        found.append((field, given.get(parameter.name, "") or typed_in(parameter, visit), field.choices, fault))
    return found


def _head(place: int, known: Report, visit: Visit) -> Head:
    """A click sorts by the column, numbers from the largest on; another one turns the order round."""
    column, sort = known.columns[place], visit.query.get("sort", "")
    is_number = column.kind in NUMERIC
    first, second = (f"-{column.name}", column.name) if is_number else (column.name, f"-{column.name}")
    order = {column.name: "ascending", f"-{column.name}": "descending"}.get(sort, "")
    address = visit.address(sort=second if sort == first else first, after=None)
    return Head(said(column.title, visit), address, order, is_number)


def _totals(known: Report, answer: ReportAnswer, writer: Writer) -> list[list[Any]]:
    """A line for each currency."""
    return [
        [writer.total(column, each.sums, each.currency) for column in known.columns] for each in answer.totals
    ]  # fmt: skip


def _rows_of_chart(known: Report, answer: ReportAnswer, words: dict[str, Any], visit: Visit) -> Sequence[Any]:
    """All rows, in the order of the report, if the page does not have them already."""
    if known.chart is None:
        return []
    if answer.next is None and not visit.query.get("after") and not words["sort"]:
        return answer.rows
    whole: ReportAnswer = visit.ask(AskReport, **{**words, "sort": ""}, limit=ROWS_OF_CHART)
    return whole.rows


def _ways(visit: Visit) -> list[tuple[str, str]]:
    """The buttons of the files: label and address."""
    path, asked = visit.request.url.path, visit.address(after=None).partition("?")[2]
    tail = f"?{asked}" if asked else ""
    return [(way.label, f"{path}/{way.part}{tail}") for way in WAYS_OUT if visit.may(way.query)]
