"""Every view and every report that comes with the program, by its file: what must hold of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from adapters.bootstrap.application import Application
from adapters.reports.ready import ready_reports, ready_views
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.answers import Asked, every_row, rows_of, totals_of
from projections.reports.definition import Column, Report, is_for_dealers, views_of
from projections.reports.parameters import values_of
from projections.reports.views import DEALER, NotForDealers, View
from tests.operators import application_on, fresh_database

TODAY = date(2026, 6, 11)
NUMERIC = {"count", "quantity", "money", "share"}
# What a parameter without a default is given, so that its condition is decided too.
GIVEN = {"day": "2026-06-01", "count": "1", "amount": "1.00", "text": "x"}
# What the program tells of itself is there from its first day.
OF_ITSELF = {"audit", "operation"}

reports = pytest.mark.parametrize("report", ready_reports().values(), ids=lambda report: report.name)
views = pytest.mark.parametrize("view", ready_views().values(), ids=lambda view: view.name)


@pytest.fixture(scope="module")
def base(server_url: str, opened_business: str) -> Iterator[Application]:
    """A base without a customer, for all tests of this module: they only read."""
    with fresh_database(server_url, opened_business) as url, application_on(url) as application:
        yield application


def given_all(report: Report) -> dict[str, str]:
    return {each.name: each.choices[0] if each.choices else GIVEN[each.kind] for each in report.parameters}


@views
def test_a_view_has_the_columns_that_its_file_names_and_each_is_explained_in_the_database(
    view: View, base: Application
):
    with base.tables.transaction("public") as cursor:
        cursor.execute(
            """SELECT column_name, col_description(('report.' || table_name)::regclass, ordinal_position::int)
               FROM information_schema.columns WHERE table_schema = 'report' AND table_name = %s
               ORDER BY ordinal_position""",
            (view.name,),
        )
        assert cursor.fetchall() == [(column.name, column.about) for column in view.columns]


@views
def test_a_view_for_dealers_names_the_dealer_of_each_row(view: View):
    assert (view.column(DEALER) is not None) or view.reach != "dealer"


@reports
def test_a_report_names_columns_parameters_and_other_reports_that_there_are(report: Report):
    named = [column.name for column in report.columns]
    assert len(set(named)) == len(named)
    assert report.question.endswith("?")
    for column in report.columns:
        assert column.kind != "money" or report.has_currency, "amounts need a column `currency`"
        assert not column.total or column.kind in NUMERIC - {"share"}
        if column.drill is not None:
            behind = ready_reports()[column.drill.report]
            for name, source in column.drill.given.items():
                assert behind.parameter(name) is not None, name
                known = report.parameter(source[1:]) if source.startswith(":") else report.column(source)
                assert known is not None, source
    for name in filter(None, (report.chart.of, report.chart.over, report.chart.by) if report.chart else ()):
        assert report.column(name) is not None, name
    for agreement in report.agrees:
        other = ready_reports()[agreement.report]
        assert (report.column(agreement.column) or Column(name="", title="")).total
        assert (other.column(agreement.of) or Column(name="", title="")).total


@reports
@pytest.mark.parametrize("given", [{}, None], ids=["by default", "with every parameter"])
def test_a_report_is_answered_on_an_empty_base_sorted_by_each_column(
    report: Report, given: dict[str, str] | None, base: Application
):
    values = values_of(report, given_all(report) if given is None else given, TODAY)
    with base.tables.transaction(LIVE_SCHEMA) as cursor:
        for sort in ("", *(column.name for column in report.columns)):
            found = rows_of(cursor, Asked(report, values, sort=sort), ready_views(), 10)
            assert found == [] or report.subject in OF_ITSELF
        assert totals_of(cursor, Asked(report, values), ready_views()) == [] or found


@reports
def test_a_dealer_is_shown_rows_of_the_dealers_own_customers_or_refused(report: Report, base: Application):
    asked = Asked(report, values_of(report, {}, TODAY), "east")
    with base.tables.transaction(LIVE_SCHEMA) as cursor:
        if is_for_dealers(report, ready_views()):
            assert list(every_row(cursor, asked, ready_views())) == []
        else:
            assert any(view.reach == "house" for view in views_of(report, ready_views()))
            with pytest.raises(NotForDealers):
                rows_of(cursor, asked, ready_views())
