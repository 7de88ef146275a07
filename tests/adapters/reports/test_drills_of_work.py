"""Every figure of a report on traffic, work, audit and operation leads to the rows that make it, on full books."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.reports.ready import ready_reports, ready_views
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.agreements import differences
from projections.reports.definition import Report
from projections.reports.parameters import values_of
from tests.adapters.reports.asked import Answer, answer, behind
from tests.adapters.reports.work_books import fill_store
from tests.operators import Operator
from tests.projections.conftest import trade  # noqa: F401

SUBJECTS = {"traffic", "work", "audit", "operation"}
TODAY = datetime.now(UTC).date()
GIVEN = {"from": "2020-01-01", "to": str(TODAY + timedelta(days=1))}
# What leads to more or to other rows than it counts: a number of services, and the newest batch of a source.
NOT_COUNTED = {("usage-sources", "last_batch"), ("material-by-item", "quantity")}


def test_every_figure_leads_to_the_rows_that_make_it(trade: Operator):  # noqa: F811
    fill_store(trade)
    chosen = [report for report in ready_reports().values() if report.subject in SUBJECTS]

    wrong = [each for report in chosen for each in wrongly_counted(trade, report)]

    assert wrong == []


def test_totals_that_must_agree_do(trade: Operator):  # noqa: F811
    chosen = {name: report for name, report in ready_reports().items() if report.subject in SUBJECTS}
    fill_store(trade)
    trade.application.runner.catch_up()
    with trade.application.tables.reading(LIVE_SCHEMA) as cursor:
        found = [
            each
            for day in ("2026-02-20", "2026-05-20", str(TODAY))
            for each in differences(cursor, chosen, ready_views(), datetime.fromisoformat(day).date())
        ]

    assert list(map(str, found)) == []


def wrongly_counted(operator: Operator, report: Report) -> Iterator[tuple[str, str, Any, int]]:
    given = {name: value for name, value in GIVEN.items() if report.parameter(name) is not None}
    values = values_of(report, given, TODAY)
    for row in answer(operator, report.name, TODAY, given):
        for column in report.columns:
            if column.drill is None or (report.name, column.name) in NOT_COUNTED:
                continue
            rows = behind(operator, column.drill, row, values, TODAY)
            if row[column.name] not in {len(rows), *sums(rows)}:
                yield report.name, column.name, row[column.name], len(rows)


def sums(rows: Answer) -> Iterator[Any]:
    """The sums of the columns that are summed."""
    for name in rows[0] if rows else ():
        if all(isinstance(row[name], int) and not isinstance(row[name], bool) for row in rows):
            yield sum(row[name] for row in rows)
