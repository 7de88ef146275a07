"""Asking a report of an operator's books, for the tests."""

from __future__ import annotations

"""Reports asked on the books of a test, by name, as rows with the names of their columns."""

from __future__ import annotations

from collections.abc import Mapping
"""A report as it is asked in tests: its rows, each by the names of its columns."""

from __future__ import annotations

from datetime import date
from typing import Any

from adapters.reports.ready import ready_reports, ready_views
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.answers import Asked, rows_of, totals_of
from projections.reports.parameters import values_of
from tests.operators import Operator


def asked(name: str, today: date, given: dict[str, str], dealer: str = "") -> Asked:
    report = ready_reports()[name]
    return Asked(report, values_of(report, given, today), dealer)


def rows(operator: Operator, name: str, today: date, **given: str) -> list[dict[str, Any]]:
    """The rows of a report by their columns; `from_` is asked as `from`."""
    question = asked(name, today, {word.rstrip("_"): value for word, value in given.items()})
    operator.application.runner.catch_up()
    with operator.application.tables.transaction(LIVE_SCHEMA) as cursor:
        found = rows_of(cursor, question, ready_views())
    return [dict(zip((column.name for column in question.report.columns), row, strict=True)) for row in found]


def totals(operator: Operator, name: str, today: date, given: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The totals of a report by currency."""
    operator.application.runner.catch_up()
    with operator.application.tables.transaction(LIVE_SCHEMA) as cursor:
        return {each.currency: each.sums for each in totals_of(cursor, asked(name, today, given), ready_views())}
from projections.reports.answers import Asked, rows_of
from projections.reports.parameters import values_of
from tests.operators import Operator

Answer = list[dict[str, Any]]


def answer(operator: Operator, name: str, today: date, given: Mapping[str, str] | None = None) -> Answer:
    """The rows of a report, once the read models know everything."""
    report = ready_reports()[name]
    operator.application.runner.catch_up()
    with operator.application.tables.transaction(LIVE_SCHEMA) as cursor:
        rows = rows_of(cursor, Asked(report, values_of(report, given or {}, today)), ready_views())
    return [dict(zip((column.name for column in report.columns), row, strict=True)) for row in rows]


def picked(rows: Answer, *names: str) -> list[tuple[Any, ...]]:
    """Some columns of each row."""
    return [tuple(row[name] for name in names) for row in rows]

def asked(operator: Operator, name: str, today: date, /, asking: str = "", **given: str) -> list[dict[str, Any]]:
    """The rows of a report on a day, as a dealer is shown them if one asks; `from_` is its parameter `from`."""
    report = ready_reports()[name]
    values = values_of(report, {key.removesuffix("_"): value for key, value in given.items()}, today)
    operator.application.runner.catch_up()
    with operator.application.tables.transaction(LIVE_SCHEMA) as cursor:
        rows = rows_of(cursor, Asked(report, values, asking), ready_views())
    return [dict(zip((column.name for column in report.columns), row, strict=True)) for row in rows]


def only(rows: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of the rows."""
    return [tuple(row[column] for column in columns) for row in rows]
