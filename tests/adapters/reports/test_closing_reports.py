"""The reports whose figures are frozen: what must hold of each."""

from __future__ import annotations

from datetime import date

import pytest

from adapters.reports.ready import ready_reports, ready_views
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.definition import Report
from projections.reports.freezing import FROM, TO, closing_reports, figures_of, given_for
from tests.operators import Operator

MAY = date(2026, 5, 1)

closing = pytest.mark.parametrize("report", list(closing_reports(ready_reports())), ids=lambda report: report.name)


def test_the_money_reports_close():
    assert {"revenue-by-tariff", "vat-by-rate", "income-by-method"} <= {
        report.name for report in closing_reports(ready_reports())
    }


@closing
def test_a_report_that_closes_is_asked_for_a_month_and_has_totals(report: Report):
    assert {name: parameter and parameter.kind for name in (FROM, TO) for parameter in [report.parameter(name)]} == {
        FROM: "day", TO: "day"
    }  # fmt: skip
    assert report.summed
    assert given_for(report, "north", MAY)[TO] == "2026-06-01"


@closing
def test_a_report_that_closes_is_frozen_on_an_empty_base(report: Report, operator: Operator):
    with operator.application.tables.transaction(LIVE_SCHEMA) as cursor:
        frozen = figures_of(cursor, report, given_for(report, "north", MAY), ready_views(), date(2026, 6, 2))

    assert (frozen.rows, frozen.totals, frozen.has_rows) == ((), (), True)
