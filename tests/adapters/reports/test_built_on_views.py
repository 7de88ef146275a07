"""Every column of every view is compared, grouped and counted as its kind allows, so its type fits its kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import get_args

from adapters.reports.ready import ready_views
from billing_core.kernel.errors import InvalidValue
from billing_core.reports.trees import Condition, Figure, FigureKind, Group, ReportTree
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.answers import Asked, rows_of
from projections.reports.builder import CURRENCY, PARAMETERS, Naming, built
from projections.reports.parameters import values_of
from projections.reports.views import View
from tests.operators import Operator

TODAY = date(2026, 6, 11)
NAMING = Naming("own-report", "Report", "money", "")
VALUES = {"day": "2026-06-01", "count": "1", "amount": "1.00", "choice": "yes", "text": "x"}


def trees_on(view: View) -> Iterator[ReportTree]:
    """A tree for each thing that can be said of each column; some of them are refused for the column's kind."""
    by_currency = (Group(column=CURRENCY),) if view.column(CURRENCY) else ()
    for column in view.columns:
        name, with_currency = column.name, tuple(dict.fromkeys((column.name, *(each.column for each in by_currency))))
        yield ReportTree(
            view=view.name, columns=with_currency, conditions=(Condition(column=name, comparison="empty"),)
        )
        for kind in get_args(FigureKind):
            yield ReportTree(view=view.name, groups=by_currency, figures=(Figure(kind=kind, column=name),))
        others = tuple(group for group in by_currency if group.column != name)
        for by in ("", "day", "month", "quarter", "year"):
            yield ReportTree(
                view=view.name, groups=(Group(column=name, by=by), *others), figures=(Figure(kind="count"),)
            )
        value = VALUES[PARAMETERS.get(column.kind, "text")]
        for comparison in ("=", "not", "<", ">=", "one of", "begins with"):
            condition = Condition(column=name, comparison=comparison, values=(value,))
            yield ReportTree(view=view.name, figures=(Figure(kind="count"),), conditions=(condition,))


def test_what_can_be_built_on_a_view_can_be_answered(operator: Operator):
    faults, answered = [], 0
    with operator.application.tables.transaction(LIVE_SCHEMA) as cursor:
        for view in ready_views().values():
            for tree in trees_on(view):
                try:
                    report = built(tree, NAMING, ready_views())
                except InvalidValue:
                    continue
                try:
                    with cursor.connection.transaction():
                        rows_of(cursor, Asked(report, values_of(report, {}, TODAY)), ready_views(), 1)
                    answered += 1
                except Exception as fault:
                    said = str(fault).splitlines()[0]
                    faults.append(f"{view.name} {tree.columns} {tree.groups} {tree.figures} {tree.conditions}: {said}")
    assert faults == [], "\n".join(faults)
    assert answered > 1_000
