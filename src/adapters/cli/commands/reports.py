"""Reports: which there are, and the answer to one."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from adapters.cli.commands import closings, forecasts, report_upkeep
from adapters.cli.options import AsJson, AsOfName, Limit
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, say, table, tell

LINES_AT_ONCE = 1_000
Given = Annotated[
    list[str] | None, typer.Argument(metavar="PARAMETER=VALUE", help="What it is asked for, as in from=2026-05-01.")
]


class Format(StrEnum):
    """The formats of files; `csv-excel` is for Excel in countries that write a decimal comma."""

    CSV = "csv"
    CSV_EXCEL = "csv-excel"
    XLSX = "xlsx"
    PDF = "pdf"
    JSON = "json"
    PARQUET = "parquet"
    SVG = "svg"


def report(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The report; without one all are listed.")] = "",
    given: Given = None,
    sort: Annotated[str, typer.Option("--sort", metavar="COLUMN", help="In this order; -COLUMN: most first.")] = "",
    asof: AsOfName = None,
    archive: Annotated[
        bool, typer.Option("--archive", help="Read months that have ended from their files: for long questions.")
    ] = False,
    as_json: AsJson = False,
    limit: Limit = 100,
    form: Annotated[
        Format | None, typer.Option("--format", help="Write all rows as a file of this format, with --output.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="The file that is written.")] = None,
    language: Annotated[
        str, typer.Option("--language", metavar="CODE", help="With --format: titles in this language, as cs; else en.")
    ] = "",
) -> None:
    """Answer a report: its rows, and its totals by currency; or all of it as a file."""
    from adapters.views.query import Reading, queries
    from adapters.views.reports.archived import ask_archived
    from adapters.views.reports.asking import AskReport, ListReports
    from billing_core.kernel.errors import InvalidValue

    words = dict(text.partition("=")[::2] for text in given or [])
    if "" in words.values():
        raise InvalidValue("must be PARAMETER=VALUE", field="parameter", value=" ".join(given or []))
    if (form is None) != (output is None) or (form and not name):
        raise typer.BadParameter("go together, with the name of a report", param_hint="--format and --output")
    if form is not None and output is not None:
        _write(context, Written(name, words, sort, form, output, language), asof)
        return
    asked = AskReport(report=name, given=words, sort=sort, limit=min(limit, LINES_AT_ONCE)) if name else ListReports()
    if archive and (asof or not name):
        raise InvalidValue("answers a report as the books are now", field="archive", value=asof or "")
    with opened_to_read(context, asof) as app:
        reading = Reading(app, app.queries, app.queries.on or origin_of(context).today)
        if archive and isinstance(asked, AskReport):
            found: Any = ask_archived(asked, reading)
        else:
            found = queries()[type(asked)](asked, reading)
    if as_json:
        print_json(found)
    elif name:
        tell_answer(found)
    else:
        lines = table(("report", "left"), ("subject", "left"), ("question", "left"))
        for entry in found.items:
            add(lines, entry.report, entry.subject, entry.question)
        console().print(lines)


class Written(NamedTuple):
    """A report that is written to a file."""

    report: str
    given: dict[str, str]
    sort: str
    form: Format
    output: Path
    language: str


def _write(context: typer.Context, wanted: Written, asof: str | None) -> None:
    from adapters.cli.ask import save
    from adapters.views.query import Reading, queries
    from adapters.views.reports.files import question_of

    query = question_of(wanted.form.value, wanted.language, report=wanted.report, given=wanted.given, sort=wanted.sort)
    with opened_to_read(context, asof) as app:
        origin = origin_of(context)
        reading = Reading(app, app.queries, app.queries.on or origin.today, actor=origin.actor)
        save(queries()[type(query)](query, reading), wanted.output)
    tell(f"Written to {wanted.output}.")


def tell_answer(found: object) -> None:
    """The rows of an answer with its totals."""
    from adapters.views.reports.asking import ReportAnswer

    assert isinstance(found, ReportAnswer)
    say(f"{found.title}: " + ", ".join(f"{name} {value}" for name, value in found.given.items()))
    if not found.rows:
        tell("No rows.")
        return
    numeric = {"count", "quantity", "money", "share"}
    lines = table(*((column.title, "right" if column.kind in numeric else "left") for column in found.columns))
    for row in found.rows:
        add(lines, *row)
    for total in found.totals:
        add(lines, *(total.sums.get(column.name, "") if column.name != "currency" else total.currency
                     for column in found.columns), style="bold")  # fmt: skip
    console().print(lines)
    if found.next:
        say("... and more: see it with --limit")


GROUPS = {**report_upkeep.GROUPS, **closings.GROUPS}
COMMANDS = {"report": report, **report_upkeep.COMMANDS, **closings.COMMANDS, **forecasts.COMMANDS}
