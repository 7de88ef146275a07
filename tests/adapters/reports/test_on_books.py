"""Reports on money and debts, on books in which everything happened once: figures, totals and what must agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from adapters.reports.ready import ready_reports, ready_views
from projections.platform.projection import Cursor
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.agreements import differences
from projections.reports.answers import EMPTY, Asked, rows_of, totals_of
from projections.reports.definition import Drill, Report, is_for_dealers
from projections.reports.parameters import values_of
from projections.reports.views import views_in
from tests.operators import Operator, operator_on

TODAY = date(2026, 5, 31)
WIDE = {"from": "2020-01-01", "to": "2030-01-01"}

VIEWS = {
    "adjustments", "balances", "bank_movements", "bank_statements", "card_payments", "cash_receipts", "cash_sessions",
    "cash_transits", "collection_batches", "collection_items", "credit_limits", "credits", "debits", "debts",
    "dunning_steps", "dunning_stops", "income", "kiosk_differences", "kiosk_refusals", "kiosk_registers",
    "kiosk_transactions", "late_interest", "mandates", "pay_backs", "payment_requests", "payments", "postings",
    "promises", "remittance_acts", "remittances", "service_returns", "settlements", "unpaid_suspensions",
    "voucher_batches", "vouchers_redeemed", "write_offs",
}  # fmt: skip
ASKED = [report for report in ready_reports().values() if VIEWS.intersection(views_in(report.sql))]
# The days on which something of it happened.
DAYS = {
    "reminded-on-a-day": "SELECT max(taken_on) FROM dunning_steps",
    "takings-by-cashier": "SELECT max(business_day) FROM cash_sessions",
    "takings": "SELECT max(business_day) FROM cash_sessions",
}
# Among the rows is what was written at the desks besides takings. Of an invoice that two credits settled at once for
# some days, because one of them was released later than the other one counts, less than nothing was open on those days:
# the rows leave it out, and sums over months do not.
OTHER_ROWS = {
    ("cash-by-day", "receipts"),
    ("days-sales-outstanding", "receivables"),
    ("owed-by-day", "owed"),
    ("owed-by-day", "overdue"),
}
# An account must be named, and nobody was suspended for non-payment for a whole day: `test_debts` has both.
NOTHING = {"account-postings", "suspended-for-money", "suspensions-for-money-by-month"}


@pytest.fixture(scope="module")
def trade(server_url: str, kept_books: str) -> Iterator[Operator]:
    with operator_on(server_url, kept_books) as operator:
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


@pytest.mark.parametrize("report", ASKED, ids=lambda report: report.name)
def test_a_figure_leads_to_the_rows_behind_it(report: Report, trade: Operator):
    """A number leads to so many rows, an amount to rows that sum to it."""
    drills = [column for column in report.columns if column.drill is not None and column.kind in ("count", "money")]
    with trade.application.tables.transaction(LIVE_SCHEMA) as cursor:
        question = asked(cursor, report)
        for row in rows_of(cursor, question, ready_views(), 30):
            figures = dict(zip((column.name for column in report.columns), row, strict=True))
            for column in drills:
                if (behind := _behind(column.drill, question, figures)) is None:
                    continue
                found = [
                    total
                    for total in totals_of(cursor, behind, ready_views())
                    if total.currency in ("", figures.get("currency", total.currency))
                ]
                if (report.name, column.name) in OTHER_ROWS:
                    continue
                if column.kind == "count":
                    assert sum(total.rows for total in found) == figures[column.name], (column.name, figures)
                else:
                    sums = {abs(amount) for total in found for amount in total.sums.values()} or {Decimal(0)}
                    assert abs(figures[column.name]) in sums, (column.name, figures)


def _behind(drill: Drill | None, question: Asked, figures: Mapping[str, Any]) -> Asked | None:
    """What a figure leads to; a row without a value for a parameter leads nowhere."""
    assert drill is not None
    behind, given = ready_reports()[drill.report], dict[str, str]()
    for name, source in drill.given.items():
        value = question.values[source[1:]] if source.startswith(":") else figures[source]
        if value is not None:
            given[name] = f"{value}" or EMPTY
        elif not source.startswith(":"):
            return None
    return Asked(behind, values_of(behind, given, TODAY))


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
