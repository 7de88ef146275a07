"""Every report on books in which everything happened once: it is answered, and what must agree does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from adapters.reports.ready import ready_reports, ready_views
from projections.platform.projection import Cursor
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.agreements import differences
from projections.reports.answers import Asked, rows_of, totals_of
from projections.reports.definition import Report, is_for_dealers
from projections.reports.parameters import values_of
from tests.operators import Operator, fresh_database, open_application
from tests.projections.conftest import keep_books

TODAY = date(2026, 5, 31)
WIDE = {"from": "2020-01-01", "to": "2030-01-01"}
ASKED = [report for report in ready_reports().values() if report.subject in ("money", "dunning")]
# The days on which something of it happened.
DAYS = {
    "reminded-on-a-day": "SELECT max(taken_on) FROM dunning_steps",
    "takings-by-cashier": "SELECT max(business_day) FROM cash_sessions",
}
# An account must be named, and nobody was suspended for non-payment for a whole day: `test_debts` has both.
NOTHING = {"account-postings", "suspended-for-money", "suspensions-for-money-by-month"}


@pytest.fixture(scope="module")
def trade(server_url: str) -> Iterator[Operator]:
    with fresh_database(server_url) as url, open_application(url) as application:
        operator = Operator(application, url).open_business()
        keep_books(operator)
        application.runner.catch_up()
        yield operator


def asked(cursor: Cursor, report: Report, dealer: str = "") -> Asked:
    given = {name: value for name, value in WIDE.items() if report.parameter(name)}
    if report.name in DAYS:
        ((day,),) = cursor.execute(DAYS[report.name]).fetchall()
        given["on"] = f"{day}"
    return Asked(report, values_of(report, given, TODAY), dealer)


@pytest.mark.parametrize("report", ASKED, ids=lambda report: report.name)
def test_a_report_has_rows_and_its_totals_are_those_of_the_rows(report: Report, trade: Operator):
    with trade.application.tables.transaction(LIVE_SCHEMA) as cursor:
        rows = rows_of(cursor, asked(cursor, report), ready_views())
        assert rows or report.name in NOTHING
        names = [column.name for column in report.columns]
        for total in totals_of(cursor, asked(cursor, report), ready_views()):
            mine = [row for row in rows if not report.has_currency or row[names.index("currency")] == total.currency]
            assert total.rows == len(mine)
            for name, amount in total.sums.items():
                assert amount == sum(row[names.index(name)] or 0 for row in mine), name


def test_reports_that_must_agree_do(trade: Operator):
    with trade.application.tables.transaction(LIVE_SCHEMA) as cursor:
        for today in (date(2026, 2, 11), date(2026, 3, 10), TODAY):
            assert list(map(str, differences(cursor, ready_reports(), ready_views(), today))) == []


@pytest.mark.parametrize("report", ASKED, ids=lambda report: report.name)
def test_a_dealer_is_shown_no_rows_of_others(report: Report, trade: Operator):
    if not is_for_dealers(report, ready_views()):
        pytest.skip("is of the house alone")
    with trade.application.tables.transaction(LIVE_SCHEMA) as cursor:
        assert rows_of(cursor, asked(cursor, report, "nobody"), ready_views()) == []
        cursor.execute("SELECT number, dealer FROM customers")
        dealers = dict(cursor.fetchall())
        names = [column.name for column in report.columns]
        for dealer in set(dealers.values()) - {""}:
            for row in rows_of(cursor, asked(cursor, report, dealer), ready_views()):
                shown = [row[place] for place, name in enumerate(names) if report.columns[place].kind == "customer"]
                assert {dealers[customer] for customer in shown} <= {dealer}
