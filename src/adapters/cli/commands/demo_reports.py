"""The chapter of the demo about reports: three of them, and a figure of the owner's dashboard."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from adapters.bootstrap.application import Application
from adapters.cli.commands.demo_chapters import paragraph
from adapters.cli.commands.reports import tell_answer
from adapters.cli.show import tell
from adapters.views.query import Reading, queries
from adapters.views.reports.asking import AskReport, ReportAnswer
from adapters.views.reports.dashboards import DashboardAnswer, ShowDashboard
from billing_core.kernel.spans import ONE_DAY

ROWS = 6
# The last month of the year, by way of payment and by day, and the entries behind one figure.
ASKED: tuple[tuple[str, dict[str, str]], ...] = (
    ("income-by-method", {}),
    ("income-by-day", {"method": "cash"}),
    ("income-entries", {"method": "cash"}),
)


def tell_reports(app: Application, database: Path, on: date) -> None:
    """Ask three reports as an analyst would, and look at the owner's dashboard."""
    reading = Reading(app, app.queries, on)
    paragraph(
        "A report is a named question with parameters; it is a file of data. Each figure leads to the rows behind it, "
        "and each row to its account and events. Amounts of two currencies are never added:"
    )
    last = on - ONE_DAY
    days = {"from": last.replace(day=1).isoformat(), "to": (on + ONE_DAY).isoformat()}
    for name, given in ASKED:
        words = " ".join(f"{word}={value}" for word, value in {**days, **given}.items())
        tell(f"\nbilling report {name} {words}", "bold")
        answer = queries()[AskReport](AskReport(report=name, given={**days, **given}, limit=ROWS), reading)
        assert isinstance(answer, ReportAnswer)
        tell_answer(answer)
    # On the last day of the year all its months are over.
    shown = queries()[ShowDashboard](ShowDashboard(dashboard="owner"), reading._replace(today=last))
    assert isinstance(shown, DashboardAnswer)
    tell("\nThe owner's dashboard", "bold")
    for figure in shown.figures[:3]:
        for value in figure.values:
            amount = f"{value.value} {value.currency}".rstrip()
            tell(f"{figure.title}: {amount}, {value.compared} on the same days of the month before")
    tell(f"\nbilling --data {database} ask list-reports lists them all.")
