"""The reference pages of reports and of the views that they read, as their files have them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from adapters.reports.ready import ready_reports, ready_views
from projections.reports.definition import Column, Parameter, Report, is_for_dealers, views_of
from projections.reports.views import Reach, View

GENERATED = "This page is generated from the files of the {}: `python -m adapters.docs` writes it."
REPORTS_HEAD = (
    "Every report that comes with the program: what it answers, what it can be asked for, and its columns. A parameter "
    "without a default does not matter until it has a value. Totals are by currency: amounts of two currencies are "
    "never added."
)
VIEWS_HEAD = (
    "The tables of the schema `report` of the database, which reports and programs of other makers read. A role that "
    "may read them and nothing else is made by `billing reports access NAME`."
)
REACH: dict[Reach, str] = {
    "dealer": "An operator of a dealer reads the rows of the dealer's own customers.",
    "shared": "Operators of all dealers read the same rows.",
    "house": "It is of the house alone.",
}
REPORTS_PAGE, VIEWS_PAGE = "reports.md", "report-views.md"


def report_pages() -> Iterator[tuple[str, str]]:
    """Each page by its file name."""
    yield REPORTS_PAGE, _page("Reports", REPORTS_HEAD, "reports", _subjects())
    yield VIEWS_PAGE, _page("Views of reports", VIEWS_HEAD, "views", map(_view, ready_views().values()))


def _page(title: str, head: str, files: str, parts: Iterator[str]) -> str:
    return "\n\n".join([f"# {title}", head, GENERATED.format(files), *parts]) + "\n"


def _subjects() -> Iterator[str]:
    for subject, reports in groupby(ready_reports().values(), key=lambda report: report.subject):
        yield f"## Subject {subject}"
        yield from map(_report, reports)


def _report(report: Report) -> str:
    views = [f"[{view.name}]({VIEWS_PAGE}#{view.name})" for view in views_of(report, ready_views())]
    asked_by = f"Permission `{report.wanted}`." + (
        " Operators of dealers may ask it." if is_for_dealers(report, ready_views()) else ""
    )
    parts = [
        f"### {report.name}", f"**{report.title}.** {report.question}", _one_line(report.about),
        f"{asked_by} It reads {', '.join(views)}.", _parameters(report.parameters), _columns(report.columns),
        _agreements(report),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part)


def _parameters(parameters: Sequence[Parameter]) -> str:
    rows = [
        (f"`{each.name}`", each.title, " or ".join(f"`{choice}`" for choice in each.choices) or each.kind,
         f"`{each.default}`" if each.default else "")
        for each in parameters
    ]  # fmt: skip
    return _table(("parameter", "title", "takes", "default"), rows)


def _columns(columns: Sequence[Column]) -> str:
    rows = [
        (f"`{each.name}`", each.title, each.kind, "yes" if each.total else "",
         f"[{each.drill.report}](#{each.drill.report})" if each.drill else "")
        for each in columns
    ]  # fmt: skip
    return _table(("column", "title", "kind", "total", "rows behind it"), rows)


def _agreements(report: Report) -> str:
    return "\n".join(
        f"The total of `{each.column}` is that of `{each.of}` of [{each.report}](#{each.report})."
        for each in report.agrees
    )


def _view(view: View) -> str:
    rows = [(f"`{column.name}`", column.kind, column.about) for column in view.columns]
    files = f" It is kept as files by the month of `{view.archived_by}`." if view.archived_by else ""
    return "\n\n".join(
        [f"## {view.name}", f"**{view.title}.** {_sentence(view.about)} {REACH[view.reach]}{files}",
         _table(("column", "kind", "meaning"), rows)]
    )  # fmt: skip


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return _one_line(text).replace("|", "\\|")


def _sentence(text: str) -> str:
    """With a full stop at its end."""
    line = _one_line(text)
    return line if line.endswith((".", "?", "!")) else f"{line}."


def _one_line(text: str) -> str:
    """A sentence of a file, which may run over several lines there."""
    return " ".join(text.split())
