"""Reports asked on the books of a test, by name: rows by the names of their columns, and totals by currency."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from adapters.reports.ready import ready_reports, ready_views
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.answers import EMPTY, Asked, rows_of, totals_of
from projections.reports.definition import Drill
from projections.reports.parameters import values_of
from tests.operators import Operator

Answer = list[dict[str, Any]]


def answer(
    operator: Operator, name: str, today: date, given: Mapping[str, str] | None = None, dealer: str = ""
) -> Answer:
    """The rows of a report, once the read models know everything; those of a dealer if one asks."""
    question = _question(name, today, given or {}, dealer)
    operator.application.runner.catch_up()
    with operator.application.tables.transaction(LIVE_SCHEMA) as cursor:
        found = rows_of(cursor, question, ready_views())
    return [dict(zip((column.name for column in question.report.columns), row, strict=True)) for row in found]


def asked(operator: Operator, name: str, today: date, /, asking: str = "", **given: str) -> Answer:
    """The same, with its parameters as words: `from_` is its parameter `from`."""
    return answer(operator, name, today, _words(given), asking)


def behind(operator: Operator, drill: Drill, row: Mapping[str, Any], values: Mapping[str, Any], today: date) -> Answer:
    """The rows to which a figure leads; one that has no value for what is asked leads nowhere on a page."""
    given = {
        name: values[source[1:]] if source.startswith(":") else EMPTY if row[source] == "" else row[source]
        for name, source in drill.given.items()
    }
    return answer(operator, drill.report, today, {name: str(value) for name, value in given.items() if value})


def totals(operator: Operator, name: str, today: date, /, **given: str) -> dict[str, dict[str, Any]]:
    """The totals of a report by currency, asked in the same way."""
    question = _question(name, today, _words(given), "")
    operator.application.runner.catch_up()
    with operator.application.tables.transaction(LIVE_SCHEMA) as cursor:
        return {each.currency: each.sums for each in totals_of(cursor, question, ready_views())}


def only(rows: Answer, *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of the rows."""
    return [tuple(row[column] for column in columns) for row in rows]


def _words(given: Mapping[str, str]) -> dict[str, str]:
    return {word.removesuffix("_"): value for word, value in given.items()}


def _question(name: str, today: date, given: Mapping[str, str], dealer: str) -> Asked:
    report = ready_reports()[name]
    return Asked(report, values_of(report, given, today), dealer)
