"""Reports that must agree: a pair of tables that differ is named with both totals, and each currency by itself."""

from __future__ import annotations

from datetime import date

import pytest

from adapters.bootstrap.registry import differing_reports
from adapters.reports.ready import ready_reports, ready_views
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.agreements import differences, spans_of
from projections.reports.definition import Agreement, Column, Parameter, Report
from projections.reports.views import View, ViewColumn
from tests.operators import Operator

TODAY = date(2026, 2, 11)
DAYS = (Parameter(name="from", title="From", kind="day"), Parameter(name="to", title="Before", kind="day"))
COLUMNS = (
    Column(name="amount", title="Amount", kind="money", total=True), Column(name="currency", title="Currency"),
)  # fmt: skip


def view(name: str, sql: str) -> View:
    columns = (ViewColumn("on", "day", ""), ViewColumn("amount", "money", ""), ViewColumn("currency", "text", ""))
    return View(name=name, title="", about="", reach="house", columns=columns, sql=sql)


def report(name: str, agrees: tuple[Agreement, ...] = ()) -> Report:
    sql = f"""SELECT sum(amount) AS amount, currency FROM report.{name} AS entry
              WHERE "on" >= :from AND "on" < :to GROUP BY currency"""
    return Report(
        name=name, title="", subject="money", question="?", parameters=DAYS, columns=COLUMNS, sql=sql, agrees=agrees
    )  # fmt: skip


VIEWS = {
    "entries": view(
        "entries",
        'SELECT booked_on AS "on", amount, currency FROM income WHERE account <> \'\' AND kind IN '
        "('received', 'assigned') AND method = 'transfer'",
    ),
    "arrivals": view(
        "arrivals", 'SELECT received_on AS "on", amount, currency FROM payments WHERE method = \'transfer\''
    ),
}  # fmt: skip
PAIR = {
    "entries": report("entries", (Agreement(column="amount", report="arrivals", of="amount"),)),
    "arrivals": report("arrivals"),
}


def found(operator: Operator) -> list[str]:
    with operator.application.tables.transaction(LIVE_SCHEMA) as cursor:
        return [str(each) for each in differences(cursor, PAIR, VIEWS, TODAY)]


def test_last_month_this_month_and_the_year_are_asked():
    assert spans_of(date(2026, 12, 31)) == [
        (date(2026, 11, 1), date(2026, 12, 1)), (date(2026, 12, 1), date(2027, 1, 1)),
        (date(2026, 1, 1), date(2027, 1, 1)),
    ]  # fmt: skip
    assert spans_of(date(2026, 1, 1))[0] == (date(2025, 12, 1), date(2026, 1, 1))


def test_a_damaged_table_is_named_by_the_reports_that_differ(trade: Operator):
    trade.application.runner.catch_up()
    assert found(trade) == []
    assert trade.execute("UPDATE live.payments SET amount = amount + 1 WHERE payment = 'bank:R00002'") == 1
    totals = "entries.amount = 262.00 EUR, arrivals.amount = 263.00 EUR"
    assert found(trade) == [
        f"{totals} (from 2026-01-01, to 2026-02-01)", f"{totals} (from 2026-01-01, to 2026-03-01)",
    ]  # fmt: skip
    assert trade.execute("UPDATE live.payments SET currency = 'CZK' WHERE payment = 'bank:R00002'") == 1
    assert len(found(trade)) == 4


@pytest.mark.parametrize("on", [date(2026, month, 11) for month in (1, 2, 3, 4)])
def test_the_reports_of_the_program_agree_on_these_books(trade: Operator, on: date):
    trade.application.runner.catch_up()
    with trade.application.tables.transaction(LIVE_SCHEMA) as cursor:
        assert list(differences(cursor, ready_reports(), ready_views(), on)) == []
        assert list(differing_reports(cursor)) == []


def test_a_damaged_document_is_named_by_the_reports_of_the_program_that_differ(trade: Operator):
    """Documents, their lines and their VAT stand in tables of their own."""
    trade.application.runner.catch_up()
    assert trade.execute("UPDATE live.documents SET net = net + 1, vat = vat - 1 WHERE number = '1000000001'") == 1

    with trade.application.tables.transaction(LIVE_SCHEMA) as cursor:
        named = {(each.report, each.agreement.report) for each in differences(
            cursor, ready_reports(), ready_views(), TODAY)}  # fmt: skip

    assert {("documents-by-month", "document-lines"), ("vat-by-month", "documents-by-tax-point")} <= named
