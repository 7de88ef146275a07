"""The fields of a report that is being built: from a view's columns to rows of selects, and from these to its tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from adapters.edge.models import written
from adapters.pages.filled_in import rows_read, rows_typed
from adapters.pages.forms import Choice, Field
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.views.reports.building import ViewEntry
from billing_core.kernel.errors import InvalidValue
from billing_core.reports.trees import USUAL_ROWS, Comparison, ReportTree

FIGURES = (
    Choice("", ""), Choice("count", N_("Number of")), Choice("sum", N_("Sum of")), Choice("average", N_("Average of")),
    Choice("smallest", N_("Smallest")), Choice("largest", N_("Largest")),
)  # fmt: skip
SPANS = (
    Choice("", N_("As it is")), Choice("day", N_("By day")), Choice("month", N_("By month")),
    Choice("quarter", N_("By quarter")), Choice("year", N_("By year")),
)  # fmt: skip
COMPARISONS: Mapping[Comparison, str] = {
    "=": N_("is"), "not": N_("is not"), "<": N_("is less than"), "<=": N_("is at most"), ">": N_("is more than"),
    ">=": N_("is at least"), "one of": N_("is one of"), "begins with": N_("begins with"), "empty": N_("is empty"),
}  # fmt: skip
# Between the values of `is one of`.
BETWEEN = ";"
assert set(COMPARISONS) == set(get_args(Comparison))


def fields_of(view: ViewEntry) -> tuple[Field, ...]:
    """The fields for the columns of a view."""
    names = [Choice("", ""), *(Choice(column.name, column.name) for column in view.columns)]
    comparisons = [Choice(value, label) for value, label in COMPARISONS.items()]
    return (
        Field("columns", N_("Columns, for a list of rows"), "rows", columns=(
            Field("column", N_("Column"), "choice", choices=names),
        )),
        Field("groups", N_("Groups"), "rows", columns=(
            Field("column", N_("Column"), "choice", choices=names), Field("by", N_("Days"), "choice", choices=SPANS),
        )),
        Field("figures", N_("Figures"), "rows", columns=(
            Field("kind", N_("Figure"), "choice", choices=FIGURES),
            Field("column", N_("Of column"), "choice", choices=names),
        )),
        Field("conditions", N_("Only rows whose"), "rows", columns=(
            Field("column", N_("Column"), "choice", choices=names),
            Field("comparison", N_("Comparison"), "choice", choices=comparisons),
            Field("values", N_("Value")), Field("asked", N_("Or asked for as")),
        )),
        Field("order", N_("Order, a column of the answer on each line"), "list",
              hint=N_("A minus before it puts the largest value first"), width=6),
        Field("most", N_("At most so many rows"), "whole", width=3),
    )  # fmt: skip


def tree_typed(visit: Visit, view: ViewEntry) -> dict[str, Any]:
    """The tree that the fields give, in the words of `save-report`."""
    by_name = {field.name: field for field in fields_of(view)}
    tree: dict[str, Any] = {"view": view.view}
    tree["columns"] = [row["column"] for row in rows_read(by_name["columns"], visit)]
    tree["order"] = _lines(visit, "order")
    tree["groups"] = rows_read(by_name["groups"], visit)
    tree["figures"] = rows_read(by_name["figures"], visit)
    tree["conditions"] = [_condition(row) for row in rows_read(by_name["conditions"], visit)]
    most = visit.first("most").strip() or str(USUAL_ROWS)
    if not most.isdecimal():
        raise InvalidValue("must be a whole number", field="most", value=most)
    return {**tree, "most": most}


def values_typed(visit: Visit, view: ViewEntry) -> dict[str, Any]:
    """What was typed, to be shown again."""
    rows = {field.name: rows_typed(field, visit) for field in fields_of(view) if field.kind == "rows"}
    return {**rows, "order": _lines(visit, "order"), "most": visit.first("most")}


def values_of(tree: ReportTree) -> dict[str, Any]:
    """The values of the fields for a tree that was saved."""
    words = written(tree)
    conditions = [
        {**row, "values": f"{BETWEEN} ".join(row.get("values", ()))} for row in words.get("conditions", ())
    ]  # fmt: skip
    columns = [{"column": name} for name in words.get("columns", ())]
    return {"order": [], "groups": [], "figures": [], **words, "columns": columns, "conditions": conditions}


def _condition(row: Mapping[str, str]) -> dict[str, Any]:
    text, is_list = row.get("values", ""), row.get("comparison") == "one of"
    values: Sequence[str] = [each.strip() for each in text.split(BETWEEN)] if is_list else [text]
    return {**row, "values": [value for value in values if value]}


def _lines(visit: Visit, name: str) -> list[str]:
    return [line.strip() for line in visit.first(name).splitlines() if line.strip()]
