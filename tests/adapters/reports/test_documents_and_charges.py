"""Reports about documents and charges, with figures that are worked out by hand.

`net` is 20.00 EUR a month plus 20 % VAT, `tv` 12.10 with 21 % VAT in it. A0001 and A0003 begin on 1 January 2026, A0002
on the 16th, so that its first invoice is of 16 of 31 days: 10.32. January of A0001 is credited on 6 February.
"""

from __future__ import annotations

import random
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from adapters.bootstrap.jobs import Work
from adapters.bootstrap.origins import origin_of_process
from adapters.jobs.reports.forecast import ForecastRevenue, forecast_revenue
from adapters.reports.ready import ready_reports
from commands.corrections.waiver import WaiveCharge
from commands.services import ChangeTariff
from tests.adapters.reports.asked import asked, totals
from tests.operators import Operator, application, database_url, found_operator, operator, silent

__all__ = ["application", "database_url", "found_operator", "operator"]

JANUARY = "main/fee/2026-01-01/2026-02-01/0"
TODAY = date(2026, 2, 20)
YEAR = {"from_": "2026-01-01", "to": "2027-01-01"}


@pytest.fixture
def books(operator: Operator) -> Operator:
    operator.publish("tv", "12.10", prices_include_vat=True, vat_rate=Decimal(21))
    operator.subscriber("A0001")
    operator.subscriber("A0002", since=date(2026, 1, 16))
    operator.subscriber("A0003", tariff="tv")
    operator.bill_each_due_date(date(2026, 2, 2))
    waiver = WaiveCharge(account="A0001", charge=JANUARY, reason="goodwill")
    operator.tell(waiver, today=date(2026, 2, 6))
    return operator


def picked(found: list[dict[str, Any]], *columns: str) -> list[tuple[str, ...]]:
    return [tuple(str(row[column]) for column in columns) for row in found]


def test_vat_is_that_of_the_month_of_the_tax_point_with_credit_notes_apart(books: Operator):
    found = asked(books, "vat-by-month-and-rate", TODAY, **YEAR)
    columns = ("month", "rate", "invoice_base", "invoice_vat", "credit_base", "credit_vat", "base", "vat")
    assert picked(found, *columns) == [
        ("2026-01-01", "20", "30.32", "6.06", "0", "0", "30.32", "6.06"),
        ("2026-01-01", "21", "10.00", "2.10", "0", "0", "10.00", "2.10"),
        ("2026-02-01", "20", "40.00", "8.00", "-20.00", "-4.00", "20.00", "4.00"),
        ("2026-02-01", "21", "10.00", "2.10", "0", "0", "10.00", "2.10"),
    ]


def test_unearned_revenue_is_the_share_of_the_days_to_come_rounded_once(books: Operator):
    """On the 10th 21 of 31 days of 20.00 and of 10.00. On the 20th 11 of 31 of 20.00, 7.0968, and 11 of 16 of 10.32,
    7.095: together 14.19, though each by itself is 7.10. On 6 February the credit note takes January back, which is
    over: 22 of 28 days of 20.00 twice and of 10.00.
    """

    def unearned(on: str) -> list[tuple[str, ...]]:
        return picked(asked(books, "unearned-revenue", TODAY, on=on), "tariff", "unearned")

    assert unearned("2026-01-10") == [("net", "13.55"), ("tv", "6.77")]
    assert unearned("2026-01-20") == [("net", "14.19"), ("tv", "3.55")]
    lines = asked(books, "unearned-revenue-lines", TODAY, on="2026-01-20", tariff="net")
    assert picked(lines, "later_days", "unearned") == [("11", "7.10"), ("11", "7.10")]
    assert unearned("2026-01-31") == []
    assert unearned("2026-02-06") == [("net", "31.43"), ("tv", "7.86")]


def test_earned_revenue_is_shared_among_the_months_of_the_days(operator: Operator):
    """A month from the 16th on, 20.00: 16 of 31 days of it are January."""
    operator.subscriber("A0001", since=date(2026, 1, 16), billing_day=16)
    operator.bill_each_due_date(date(2026, 1, 20))
    found = asked(operator, "earned-revenue-by-month", TODAY, **YEAR)
    assert picked(found, "month", "earned") == [("2026-01-01", "10.32"), ("2026-02-01", "9.68")]


def test_a_credit_note_is_listed_with_its_reason_and_lowers_the_revenue_of_its_month(books: Operator):
    (note,) = asked(books, "credit-notes", TODAY, **YEAR)
    assert picked([note], "account", "reason", "net", "vat", "gross") == [
        ("A0001", "goodwill", "-20.00", "-4.00", "-24.00")
    ]
    found = asked(books, "revenue-by-month", TODAY, **YEAR)
    assert picked(found, "month", "lines", "invoiced", "credited", "revenue") == [
        ("2026-01-01", "3", "40.32", "0", "40.32"),
        ("2026-02-01", "4", "50.00", "-20.00", "30.00"),
    ]
    late = asked(books, "corrections-of-earlier-months", TODAY, **YEAR)
    assert picked(late, "account", "from_on", "net") == [("A0001", "2026-01-01", "-20.00")]


def test_a_missing_number_is_a_gap_in_its_series(books: Operator):
    assert asked(books, "number-gaps", TODAY) == []
    books.execute("DELETE FROM live.documents WHERE number = '1000000002'")
    found = asked(books, "number-gaps", TODAY)
    assert picked(found, "kind", "after_number", "before_number", "missing") == [
        ("invoice", "1000000001", "1000000003", "1")
    ]


def test_lines_are_of_what_was_known_at_a_moment(books: Operator):
    asof = books.application.build_as_of("then", date(2026, 1, 31))
    select = f"SELECT count(*), sum(net) FROM {asof.schema}.document_lines"
    assert books.select(select) == [(3, Decimal("40.32"))]
    assert books.findings() == []


# --- the forecast


@contextmanager
def watch(what: str, unit: str, count: int | None):
    yield silent


def work_on(operator: Operator, today: date) -> Work:
    return Work(operator.application, origin_of_process("clerk", today), watch, datetime.now(UTC))


def test_a_forecast_is_what_is_billed_later_if_nothing_changes(books: Operator):
    """March and April bring 20.00 twice and 10.00; nothing is left of February. The run then bills exactly that."""
    foreseen = forecast_revenue(ForecastRevenue(months=3), work_on(books, TODAY))
    assert {month: str(sums["EUR"].amount) for month, sums in foreseen.months.items()} == {
        "2026-03-01": "50.00", "2026-04-01": "50.00",
    }  # fmt: skip
    before = books.live_contents()["documents"]
    books.bill_each_due_date(date(2026, 3, 20))
    assert books.live_contents()["documents"] != before
    found = asked(books, "revenue-forecast", date(2026, 3, 20))
    assert picked(found, "month", "forecast", "invoiced", "invoiced_since") == [
        ("2026-03-01", "50.00", "50.00", "50.00"), ("2026-04-01", "50.00", "0", "0"),
    ]  # fmt: skip
    assert books.findings() == []


def test_a_rehearsed_forecast_keeps_nothing(books: Operator):
    foreseen = forecast_revenue(ForecastRevenue(months=2), work_on(books, TODAY)._replace(is_dry_run=True))
    assert str(foreseen.months["2026-03-01"]["EUR"].amount) == "50.00"
    assert asked(books, "revenue-forecasts", TODAY) == []


# --- what agrees

WIDE = {"from": "2026-01-01", "to": "2027-01-01", "on": "2026-02-10"}


@pytest.mark.parametrize("seed", [1, 2])
def test_totals_that_must_be_equal_are_equal_on_a_random_base(operator: Operator, seed: int):
    keep_random_books(operator, random.Random(seed))
    compared = 0
    for report in ready_reports().values():
        given = {name: value for name, value in WIDE.items() if report.parameter(name)}
        mine = totals(operator, report.name, TODAY, **given)
        for agreement in report.agrees:
            other = ready_reports()[agreement.report]
            theirs = totals(operator, other.name, TODAY, **{name: WIDE[name] for name in WIDE if other.parameter(name)})
            found = [
                {code: sums[column] for code, sums in answer.items() if sums[column]}  # No rows add up to nothing.
                for answer, column in ((mine, agreement.column), (theirs, agreement.of))
            ]
            assert found[0] == found[1], f"{report.name}: {agreement}"
            compared += bool(mine)
    assert compared > 20
    assert operator.findings() == []


def keep_random_books(operator: Operator, chance: random.Random) -> None:
    """Subscribers of two tariffs from random days on, some at an agreed price, some of whom change or are credited."""
    operator.publish("tv", "12.10", prices_include_vat=True, vat_rate=Decimal(21))
    for number in range(1, 7):
        since = date(2026, 1, 1) + timedelta(days=chance.randrange(40))
        agreed = {"fee": Decimal(chance.randrange(500, 1500)) / 100} if chance.random() < 0.3 else {}
        operator.subscriber(f"A000{number}", since=since, tariff=chance.choice(["net", "tv"]), agreed=agreed)
    operator.bill_each_due_date(date(2026, 2, 15))
    for account, charge in operator.select("SELECT account, charge FROM live.document_lines ORDER BY 1, 2"):
        if chance.random() < 0.3:
            waiver = WaiveCharge(account=account, charge=charge, reason=chance.choice(["goodwill", "outage"]))
            operator.tell(waiver, today=date(2026, 2, 16))
    operator.tell(ChangeTariff(account="A0001", subscription="main", tariff="net", on=date(2026, 2, 17)))
    operator.bill(date(2026, 2, 19))
