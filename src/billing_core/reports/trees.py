"""What a report that somebody built asks for: a tree of names and values, never a statement.

    sum of amount, number of rows      by method and month of booked_on      where kind is received

    view        income
    groups      booked_on by month, method, currency
    figures     sum of amount, count
    conditions  kind = received

This module knows no view. It decides what can be said of a tree alone; whether its names stand in a view, and which
figure a column can have, is decided where the views are known (`projections.reports.builder`).
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.parties.details import require_printable

MOST_ROWS, USUAL_ROWS = 10_000, 1_000
MOST_COLUMNS, MOST_CONDITIONS, MOST_VALUES = 40, 20, 100
ASKED = re.compile("[a-z][a-z_]{0,29}")
# Parameters that every statement has, the beginning of those with the values of a tree, and words of an answer itself.
RESERVED, FIXED = (
    ("today", "dealer_asking", "report", "sort", "after", "limit", "as_of", "min_position", "given"),
    "fixed_",
)

# Each subject has a permission of its own, which who asks a report of it must hold.
ReportSubject = Literal["money", "base", "sales", "traffic", "work", "dunning", "audit", "operation"]
Span = Literal["", "day", "month", "quarter", "year"]
FigureKind = Literal["count", "sum", "average", "smallest", "largest"]
Comparison = Literal["=", "not", "<", "<=", ">", ">=", "one of", "begins with", "empty"]


class Group(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A column by whose values rows are put together; `by` puts the days of a month, quarter or year together."""

    column: str
    by: Span = ""


class Figure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A figure of a column over the rows of a group.

    `count` without a column is the number of rows, of a column the number of its different values.
    """

    kind: FigureKind
    column: str = ""


class Condition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which rows count: by one of the `values`, or by what is `asked` for under this name when the report is asked.

    What is not given then does not matter. `empty` needs no value.
    """

    column: str
    comparison: Comparison = "="
    values: tuple[str, ...] = ()
    asked: str = ""


class ReportTree(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The rows of a view with some of its columns, or its figures by groups.

    `order` names columns of the answer, each with a minus before it if the largest value comes first. Ties, and
    everything without an order, go by the columns from the left. At most `most` rows are answered.
    """

    view: str
    columns: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    figures: tuple[Figure, ...] = ()
    conditions: tuple[Condition, ...] = ()
    order: tuple[str, ...] = ()
    most: int = USUAL_ROWS


def require_tree(tree: ReportTree) -> None:
    """Refuse a tree that no view can answer."""
    if tree.columns and (tree.groups or tree.figures):
        raise InvalidValue("either columns, or groups and figures, not both", field="columns",
                           value=", ".join(tree.columns))  # fmt: skip
    if not (tree.columns or tree.figures):
        raise InvalidValue("choose columns, or at least one figure", field="figures")
    if len(tree.columns) + len(tree.groups) + len(tree.figures) > MOST_COLUMNS:
        raise InvalidValue(f"a report has at most {MOST_COLUMNS} columns", field="columns")
    if not 1 <= tree.most <= MOST_ROWS:
        raise InvalidValue(f"must be 1 to {MOST_ROWS:,} rows", field="most", value=tree.most)
    _require_once([*tree.columns, *(f"{group.column} {group.by}".strip() for group in tree.groups)], "column")
    _require_once([f"{figure.kind} {figure.column}".strip() for figure in tree.figures], "figure")
    if len(tree.conditions) > MOST_CONDITIONS:
        raise InvalidValue(f"a report has at most {MOST_CONDITIONS} conditions", field="conditions")
    for condition in tree.conditions:
        _require_condition(condition)
    _require_once([each.asked for each in tree.conditions if each.asked], "asked")


def _require_condition(condition: Condition) -> None:
    """One value, several only of `one of`, none of `empty`; or a name under which one is asked for."""
    values, asked = condition.values, condition.asked
    if condition.comparison == "empty":
        if values or asked:
            raise InvalidValue("needs no value", field="empty", value=condition.column)
        return
    if asked:
        if values or condition.comparison == "one of":
            raise InvalidValue("is asked for as one value, so give none here", field=condition.column, value=asked)
        if ASKED.fullmatch(asked) is None or asked in RESERVED or asked.startswith(FIXED):
            raise InvalidValue(f"must be 1 to 30 of the letters a to z and _, neither one of {', '.join(RESERVED)} nor "
                               f"one that begins with {FIXED}", field="asked", value=asked)  # fmt: skip
        return
    if not values or (len(values) > 1 and condition.comparison != "one of"):
        raise InvalidValue(f"needs one value for {condition.comparison!r}", field=condition.column,
                           value=", ".join(values))  # fmt: skip
    if len(values) > MOST_VALUES:
        raise InvalidValue(f"at most {MOST_VALUES} values", field=condition.column, value=len(values))
    for value in values:
        if not value:
            raise InvalidValue("an empty value is compared by `empty`", field=condition.column, value=value)
        require_printable(value, condition.column)


def _require_once(named: list[str], field: str) -> None:
    for each in named:
        if named.count(each) > 1:
            raise InvalidValue("is named twice", field=field, value=each)
