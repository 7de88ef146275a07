"""Every count of a report on base and sales is that of the rows to which it leads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapters.reports.ready import ready_reports, ready_views
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.agreements import differences
from projections.reports.definition import Report, is_for_dealers
from projections.reports.parameters import values_of
from tests.adapters.reports.asked import answer, behind
from tests.adapters.reports.base_books import TODAY, make_base
from tests.operators import Operator

SUBJECTS = {"base", "sales"}
# What is asked for without a default of the report: a year, and days that lie within it.
GIVEN = {"from": "2026-01-01", "to": "2026-05-01", "on": "2026-04-10"}
# Reports about what lies ahead have no rows on some days; everything else has some in these books.
MAY_BE_EMPTY = {"services-without-charges", "lost-customers", "lost-customers-by-month"}


def test_every_count_leads_to_so_many_rows_and_totals_that_must_agree_do(operator: Operator):
    make_base(operator)
    chosen = [report for report in ready_reports().values() if report.subject in SUBJECTS]

    wrong = [each for report in chosen for each in wrongly_counted(operator, report)]
    empty = {report.name for report in chosen if not answer(operator, report.name, TODAY, given_to(report))}
    with operator.application.tables.transaction(LIVE_SCHEMA) as cursor:
        differing = list(map(str, differences(cursor, ready_reports(), ready_views(), TODAY)))

    assert wrong == []
    assert differing == []
    assert empty <= MAY_BE_EMPTY
    assert shown_to_east(operator) == ({"A0002", "A0004", "A0007"}, [])


def shown_to_east(operator: Operator) -> tuple[set[str], list[tuple[str, Any]]]:
    """Whom the reports of every subject show to the dealer `east`, and what they show of customers of others."""
    own = {number for (number,) in operator.select("SELECT number FROM live.customers WHERE dealer = 'east'")}
    shown: set[str] = set()
    of_others = []
    for report in ready_reports().values():
        if not is_for_dealers(report, ready_views()):
            continue
        named = [column.name for column in report.columns if column.kind in ("customer", "account")]
        for row in answer(operator, report.name, TODAY, given_to(report), dealer="east"):
            found = {row[name] for name in named if row[name]}
            shown |= found & own
            of_others += [(report.name, each) for each in found - own]
    return shown, of_others


def wrongly_counted(operator: Operator, report: Report) -> Iterator[tuple[str, str, int, int]]:
    given = given_to(report)
    values = values_of(report, given, TODAY)
    drills = {column.name: column.drill for column in report.columns if column.kind == "count" and column.drill}
    for row in answer(operator, report.name, TODAY, given):
        for name, drill in drills.items():
            rows = len(behind(operator, drill, row, values, TODAY))
            if row[name] != rows:
                yield report.name, name, row[name], rows


def given_to(report: Report) -> dict[str, str]:
    return {name: value for name, value in GIVEN.items() if report.parameter(name) is not None}
