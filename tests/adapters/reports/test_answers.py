"""Reports asked on real books and taken away as files: by queries, over HTTP, on the command line, as a frame."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from io import BytesIO

import pandas as pd
import pyarrow.parquet as pq
import pytest

from adapters.frames.reports import frame_of
from adapters.views.query import Reading, StreamedFile, queries
from adapters.views.reports.asking import AskReport, ReportQuestion
from adapters.views.reports.files import FORMATS, answered_whole
from billing_core.kernel.money import Money
from commands.payments.account import ReceivePayment
from projections.reports.whole import ReportTookTooLong
from tests.operators import Operator, eur

ON = date(2026, 6, 11)
JUNE = {"from": "2026-06-01", "to": "2026-07-01"}


@pytest.fixture
def books(operator: Operator) -> Operator:
    """A0001 pays in euros, A0002 in crowns."""
    operator.publish("net-cz", "500.00", currency="CZK")
    operator.subscriber("A0001")
    operator.subscriber("A0002", currency="CZK", tariff="net-cz")
    for account, reference, amount in (
        ("A0001", "1", eur("1250.50")), ("A0001", "=2", eur("0.05")), ("A0002", "3", Money(Decimal("99.90"), "CZK")),
    ):  # fmt: skip
        operator.tell(ReceivePayment(account=account, source="desk", reference=reference, amount=amount, received_on=ON,
                                     method="cash"), today=ON)  # fmt: skip
    operator.application.runner.catch_up()
    return operator


def reading(operator: Operator, **others: object) -> Reading:
    return Reading(operator.application, operator.application.queries, ON, actor="anna")._replace(**others)  # type: ignore[arg-type]


def taken(operator: Operator, form: str, report: str = "income-entries") -> BytesIO:
    query = FORMATS[form](report=report, given=JUNE)
    answer = queries()[type(query)](query, reading(operator))
    assert isinstance(answer, StreamedFile)
    return BytesIO(b"".join(answer.parts()))


def test_every_format_has_the_rows_of_the_answer(books: Operator):
    asked = AskReport(report="income-entries", given=JUNE)
    answer = queries()[AskReport](asked, reading(books))
    rows, named = answer.rows, [column.name for column in answer.columns]
    amounts = [row[named.index("amount")] for row in rows]
    rows, place = answer.rows, [column.name for column in answer.columns].index("amount")
    amounts = [row[place] for row in rows]
    assert len(rows) == 3

    assert pd.read_csv(taken(books, "csv"), dtype=str)["amount"].map(Decimal).tolist() == amounts
    for_excel = pd.read_csv(taken(books, "csv-excel"), sep=";", dtype=str)["Amount"]
    assert for_excel.tolist() == [f"{amount}".replace(".", ",") for amount in amounts]
    assert (
        pd.read_excel(taken(books, "xlsx"), nrows=3)["Amount"].map(lambda each: Decimal(str(each))).tolist() == amounts
    )
    assert pq.read_table(taken(books, "parquet")).to_pandas()["amount"].tolist() == amounts
    assert [Decimal(row[named.index("amount")]) for row in json.load(taken(books, "json"))["rows"]] == amounts
    assert [Decimal(row[place]) for row in json.load(taken(books, "json"))["rows"]] == amounts
    frame = frame_of(ReportQuestion(report="income-entries", given=JUNE), reading(books))
    assert frame["amount"].tolist() == amounts
    assert frame["booked_on"].tolist() == [pd.Timestamp(ON)] * 3
    assert taken(books, "pdf").getvalue().startswith(b"%PDF")
    assert b"<svg" in taken(books, "svg", "income-by-method").getvalue()


def test_totals_are_by_currency(books: Operator):
    totals = json.load(taken(books, "json"))["totals"]
    assert [(each["currency"], each["sums"]["amount"]) for each in totals] == [("CZK", "99.90"), ("EUR", "1250.55")]


def test_a_file_has_a_name_a_type_and_those_who_stand_in_it(books: Operator):
    query = FORMATS["xlsx"](report="income-entries", given=JUNE)
    answer = queries()[type(query)](query, reading(books))
    assert (answer.name, answer.customers) == ("income-entries-2026-06-11.xlsx", {"A0001", "A0002"})
    answer.file.close()


def test_a_report_that_takes_too_long_is_stopped_and_says_so(books: Operator):
    with pytest.raises(ReportTookTooLong, match="longer than 1 seconds"), books.application.queries.reading(1) as both:
        both.cursor.execute("SELECT pg_sleep(20)")
    with pytest.raises(ReportTookTooLong), books.application.queries.reading(1) as both:
        list(both.streaming.execute("SELECT pg_sleep(20)"))
    assert len(queries()[AskReport](AskReport(report="income-entries", given=JUNE), reading(books)).rows) == 3


def test_an_answer_is_of_one_moment_though_a_payment_comes_in_meanwhile(books: Operator):
    with answered_whole(ReportQuestion(report="income-entries", given=JUNE), reading(books)) as answer:
        books.tell(ReceivePayment(account="A0001", source="desk", reference="late", amount=eur("7.00"), received_on=ON,
                                  method="cash"), today=ON)  # fmt: skip
        books.application.runner.catch_up()
        rows = list(answer.rows)
        assert sum(total.rows for total in answer.totals) == len(rows) == 3
