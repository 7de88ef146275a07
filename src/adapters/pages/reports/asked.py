"""What a page of a report is asked for: its parameters by their names in the address, typed as on other pages."""

from __future__ import annotations

from typing import Any

from adapters.pages.forms import Choice, Field
from adapters.pages.typed import amount_typed, day_typed
from adapters.pages.visit import Visit
from adapters.views.reports.asking import DescribeReport
from projections.reports.definition import Parameter, Report

FIELDS = {"day": "day", "text": "text", "count": "whole", "amount": "amount", "choice": "choice"}


def words_of(visit: Visit, report: Report | None = None) -> dict[str, Any]:
    """The words of the query: the report, what it is asked for, and the order of its rows."""
    known = report or visit.ask(DescribeReport, report=visit.path["report"])
    given = {each.name: _read(each, typed, visit) for each in known.parameters if (typed := typed_in(each, visit))}
    return {"report": known.name, "given": given, "sort": visit.query.get("sort", "")}


def typed_in(parameter: Parameter, visit: Visit) -> str:
    """The value of a parameter as it stands in the address."""
    return visit.query.get(parameter.name, "").strip()


def field_of(parameter: Parameter, visit: Visit) -> Field:
    """The field of a parameter in the filter of the page."""
    choices = [Choice(value, value) for value in parameter.choices]
    title = visit.translated(parameter.title)
    return Field(parameter.name, title, FIELDS[parameter.kind], choices=choices, is_required=bool(parameter.default))  # type: ignore[arg-type]


def _read(parameter: Parameter, typed: str, visit: Visit) -> str:
    match parameter.kind:
        case "day":
            return day_typed(typed, visit.today)
        case "amount":
            return amount_typed(typed)
    return typed
