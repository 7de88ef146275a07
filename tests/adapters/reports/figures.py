"""The answer to a report on a base that was brought up to date, as a program would read it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from adapters.reports.ready import ready_reports, ready_views
from projections.reports.answers import Asked, rows_of, totals_of
from projections.reports.parameters import values_of
from tests.operators import Operator


def answer(operator: Operator, name: str, today: date, **given: str) -> list[dict[str, Any]]:
    """The rows of a report that is asked for on a day, by the names of its columns; `from` is given as `from_`."""
    asked = _asked(name, today, given)
    names = [column.name for column in asked.report.columns]
    return [dict(zip(names, row, strict=True)) for row in operator.ask(rows_of, asked, ready_views())]


def totals(operator: Operator, name: str, today: date, **given: str) -> dict[str, dict[str, Decimal]]:
    """The totals of a report by currency."""
    found = operator.ask(totals_of, _asked(name, today, given), ready_views())
    return {each.currency: each.sums for each in found}


def _asked(name: str, today: date, given: dict[str, str]) -> Asked:
    report = ready_reports()[name]
    return Asked(report, values_of(report, {word.rstrip("_"): value for word, value in given.items()}, today))
