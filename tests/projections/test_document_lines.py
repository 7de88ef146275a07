"""Lines of documents are complete, however the charges on them and the documents fall on pages of events.

The price of a promise, 0.50 without 21 % VAT, is charged by hand: it waits for the next invoice of the account, beside
which it becomes a line.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.promises import PromiseTerms
from commands.corrections.waiver import WaiveCharge
from commands.promises import OpenPromise, SetPromiseTerms
from projections.platform.rebuild import build_beside
from projections.platform.runner import Runner
from tests.operators import Operator

TABLES = ("document_lines", "document_taxes", "unbilled_charges", "documents")
PRICED = PromiseTerms(most_days=30, price=Decimal("0.50"), vat_rate=Decimal(21))
JANUARY = "main/fee/2026-01-01/2026-02-01/0"


@pytest.fixture
def promised(operator: Operator) -> Operator:
    """One who promises to pay on 10 January, and whose January is credited on 6 February."""
    operator.subscribers(2)
    operator.bill(date(2026, 1, 2))
    operator.tell(SetPromiseTerms(seller="north", terms=PRICED), today=date(2026, 1, 5))
    operator.tell(OpenPromise(account="A0001", until=date(2026, 1, 20)), today=date(2026, 1, 10))
    return operator


def waiting(operator: Operator) -> list[tuple[object, ...]]:
    operator.application.runner.catch_up()
    return operator.select("SELECT account, charge_kind, amount, posted_on FROM live.unbilled_charges")


def lines(operator: Operator) -> list[tuple[object, ...]]:
    operator.application.runner.catch_up()
    return operator.select(
        """SELECT kind, line, subscription, tariff, charge_kind, from_on, net, vat_rate FROM live.document_lines
           WHERE account = 'A0001' ORDER BY document, line"""
    )


def contents(operator: Operator, schema: str) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: operator.select(f"SELECT to_jsonb(t)::text FROM {schema}.{table} AS t ORDER BY 1") for table in TABLES
    }


def test_a_charge_waits_until_a_document_of_a_later_page_takes_it(promised: Operator):
    assert waiting(promised) == [("A0001", "one-off", Decimal("0.50"), date(2026, 1, 10))]
    promised.bill(date(2026, 2, 2))
    assert waiting(promised) == []
    first, second = date(2026, 1, 1), date(2026, 2, 1)
    assert lines(promised)[0] == ("invoice", 1, "main", "net", "recurring", first, Decimal("20.00"), Decimal(20))
    assert set(lines(promised)[1:]) == {
        ("invoice", 1, "", "", "one-off", date(2026, 1, 10), Decimal("0.50"), Decimal(21)),
        ("invoice", 2, "main", "net", "recurring", second, Decimal("20.00"), Decimal(20)),
    }
    sums = "SELECT sum(net), (SELECT sum(base) FROM live.document_taxes), (SELECT sum(net) FROM live.documents)"
    assert promised.select(f"{sums} FROM live.document_lines") == [(Decimal("80.50"),) * 3]


@pytest.mark.parametrize("page_events", [1, 2, 5, 5_000])
def test_the_same_lines_come_of_pages_of_any_size_in_any_order(
    promised: Operator, page_events: int, monkeypatch: pytest.MonkeyPatch
):
    promised.bill(date(2026, 2, 2))
    waiver = WaiveCharge(account="A0001", charge=JANUARY, reason="goodwill")
    promised.tell(waiver, today=date(2026, 2, 6))
    promised.tell(OpenPromise(account="A0002", until=date(2026, 2, 20)), today=date(2026, 2, 7))
    application = promised.application
    application.runner.catch_up()
    live = contents(promised, "live")
    assert [row for row in lines(promised) if row[0] == "credit-note"] == [
        ("credit-note", 1, "main", "net", "recurring", date(2026, 1, 1), Decimal("-20.00"), Decimal(20))
    ]
    monkeypatch.setattr("projections.platform.bulk_load.PAGE_EVENTS", page_events)
    monkeypatch.setattr("projections.platform.runner.PAGE_EVENTS", page_events)

    build_beside(application.log, application.tables, application.projections, "by_stream")
    with application.tables.transaction("public") as cursor:
        cursor.execute("CREATE SCHEMA in_order")
    runner = Runner(application.log, application.tables, application.projections, "in_order")
    runner.create_tables()
    runner.catch_up()

    assert contents(promised, "by_stream") == contents(promised, "in_order") == live
