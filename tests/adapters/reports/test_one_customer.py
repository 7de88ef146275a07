"""Every report on a base of one customer, who was billed once and paid: nothing is divided by what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from adapters.reports.ready import ready_reports, ready_views
from projections.platform.projection import Cursor
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.answers import Asked, Row, part_of, rows_of, totals_of
from projections.reports.definition import Report, is_for_dealers
from projections.reports.parameters import values_of
from tests.adapters.reports.asked import only
from tests.adapters.reports.asked import totals as totals_asked
from tests.operators import Operator, application_on, bank_row, fresh_database

TODAY = date(2026, 1, 31)
SPAN = {"from": "2026-01-01", "to": "2026-02-01"}
# The price without and with VAT of 20 %.
NET, GROSS = Decimal("20.00"), Decimal("24.00")
FIGURES = {
    "revenue-by-month": ("revenue", NET), "documents-by-month": ("gross", GROSS), "vat-by-rate": ("vat", GROSS - NET),
    "income-by-method": ("income", GROSS), "settlements-by-month": ("amount", GROSS),
    "largest-customers": ("revenue", NET), "revenue-per-account": ("revenue", NET),
    "postings": ("amount", Decimal(0)),
}  # fmt: skip


@pytest.fixture(scope="module")
def base(server_url: str, opened_business: str) -> Iterator[Operator]:
    with fresh_database(server_url, opened_business) as url, application_on(url) as application:
        operator = Operator(application, url)
        operator.subscriber("A0001")
        operator.bill(date(2026, 1, 2))
        operator.take_in([bank_row(2, "24.00", "A0001")])
        application.runner.catch_up()
        yield operator


def question(report: Report, dealer: str = "") -> Asked:
    given = {name: value for name, value in SPAN.items() if report.parameter(name)}
    return Asked(report, values_of(report, given, TODAY), dealer)


def summed(report: Report, rows: list[Row]) -> dict[str, dict[str, Decimal]]:
    """The sums of the rows by currency, without what is nothing."""
    names = [column.name for column in report.columns]
    found: dict[str, dict[str, Decimal]] = {}
    for row in rows:
        values: dict[str, Any] = dict(zip(names, row, strict=True))
        sums = found.setdefault(
            values.get("currency") or "", dict.fromkeys((each.name for each in report.summed), Decimal(0))
        )
        for name in sums:
            sums[name] += values[name] or 0
    return found


def wrong(cursor: Cursor, report: Report) -> Iterator[str]:
    rows, shown = part_of(cursor, question(report), ready_views(), 1_000)
    asked = totals_of(cursor, question(report), ready_views())
    if {each.currency: each.sums for each in asked} != summed(report, rows):
        yield "the totals are not those of the rows"
    if report.summed and shown != asked:
        yield "the totals that are shown are not those that are asked for"
    if report.has_currency and set(summed(report, rows)) - {"EUR", ""}:
        yield "has another currency"
    if is_for_dealers(report, ready_views()) and _of_customers(
        report, rows_of(cursor, question(report, "east"), ready_views())
    ):
        yield "shows a dealer who has no customers the customer of the house"


def _of_customers(report: Report, rows: list[Row]) -> bool:
    """Whether there are rows that tell of a customer or an account."""
    places = [place for place, column in enumerate(report.columns) if column.kind in ("customer", "account", "money")]
    return any(row[place] for row in rows for place in places)


def test_every_report_is_answered_and_its_totals_are_those_of_its_rows(base: Operator):
    with base.application.tables.transaction(LIVE_SCHEMA) as cursor:
        found = [f"{report.name}: {fault}" for report in ready_reports().values() for fault in wrong(cursor, report)]
    assert found == []


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_that_of_the_one_customer(base: Operator, name: str):
    column, amount = FIGURES[name]
    given = {f"{word}_" if word == "from" else word: value for word, value in SPAN.items()}
    assert totals_asked(base, name, TODAY, **given)["EUR"][column] == amount


def test_a_share_of_one_is_the_whole(base: Operator):
    with base.application.tables.transaction(LIVE_SCHEMA) as cursor:
        report = ready_reports()["largest-customers"]
        rows = rows_of(cursor, question(report), ready_views())
    named = [dict(zip((column.name for column in report.columns), row, strict=True)) for row in rows]
    assert only(named, "customer", "share") == [("A0001", 1)]
