"""Reports as files, opened again by other programs: every value is what it was, and no text is a formula."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any, cast

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from adapters.files.reports.parquet import write_parquet
from adapters.files.reports.tables import write_csv, write_json, write_spreadsheet_csv
from adapters.files.reports.workbook import MOST_ROWS, write_workbook
from adapters.views.reports.files import worded
from billing_core.kernel.errors import RuleViolation
from projections.reports.answers import Totals
from tests.adapters.reports.answers import COLUMNS, FORMULAS, made, row

NAMES = [column.name for column in COLUMNS]
TWO = (row("cash", "1250.50"), row("card", "-0.10", "CZK"), row("cash", "0.05", at=None, paid=False))
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))  # The database keeps no others.
amounts = st.decimals(-(10**12), 10**12, places=2)


def written(write: Any, rows: Any) -> BytesIO:
    file = BytesIO()
    write(made(rows), file)
    return BytesIO(file.getvalue())


def test_csv_has_the_values_of_the_query():
    frame = pd.read_csv(written(write_csv, TWO), dtype=str, keep_default_na=False)
    assert list(frame.columns) == NAMES
    assert frame.to_numpy().tolist() == [
        ["2026-06-11", "2026-06-01", "2026-06-12T00:30:00+02:00", "cash", "2", "1250.50", "0.25", "true", "EUR"],
        ["2026-06-11", "2026-06-01", "2026-06-12T00:30:00+02:00", "card", "2", "-0.10", "0.25", "true", "CZK"],
        ["2026-06-11", "2026-06-01", "", "cash", "2", "0.05", "0.25", "false", "EUR"],
    ]


def test_csv_for_spreadsheets_has_semicolons_decimal_commas_and_a_byte_order_mark():
    file = written(write_spreadsheet_csv, TWO)
    assert file.getvalue().startswith(b"\xef\xbb\xbfOn;Month;At;What;Pieces;Amount;Share;Paid;Currency\r\n2026-06-11;")
    frame = pd.read_csv(file, sep=";", decimal=",", encoding="utf-8-sig", parse_dates=["On", "At"])
    assert frame["Amount"].tolist() == [1250.50, -0.10, 0.05]
    assert frame["At"][0] == pd.Timestamp("2026-06-12 00:30")


@pytest.mark.parametrize("write", [write_csv, write_spreadsheet_csv])
def test_no_cell_of_csv_begins_as_a_formula(write: Any):
    separator = ";" if write is write_spreadsheet_csv else ","
    frame = pd.read_csv(written(write, [row(text, "-1.00") for text in FORMULAS]), sep=separator, encoding="utf-8-sig")
    assert frame.iloc[:, 3].tolist() == [f"'{text}" for text in FORMULAS]
    assert set(frame.iloc[:, 5]) <= {-1.0, "-1,00"}  # A negative amount stays a number.


def test_a_workbook_has_dates_numbers_totals_by_currency_and_the_question():
    book = load_workbook(written(write_workbook, TWO))
    sheet, question = book["Rows"], book["Question"]
    first, _, third, czech, euro = sheet.iter_rows(min_row=2)
    assert [f"{cell.value}" for cell in first] == [
        "2026-06-11 00:00:00", "2026-06-01 00:00:00", "2026-06-12 00:30:00", "cash", "2", "1250.5", "0.25", "True",
        "EUR",
    ]  # fmt: skip
    assert [cell.number_format for cell in first[:6:5]] == ["yyyy-mm-dd", "#,##0.00"]
    assert third[2].value is None
    assert [cell.value for cell in czech] == ["Total", None, None, None, 2, -0.1, None, None, "CZK"]
    assert [cell.value for cell in euro] == ["Total", None, None, None, 4, 1250.55, None, None, "EUR"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:I4")
    assert [tuple(each) for each in question.iter_rows(values_only=True)] == [
        ("Report", "Every kind"), ("Question", "What is there of every kind?"), ("About", "Made up."),
        ("From", "2026-06-01"), ("Asked by", "anna"), ("Asked at", "2026-06-12 00:30:00"),
        ("Time zone", "Europe/Prague"),
    ]  # fmt: skip


def test_titles_are_in_the_language_of_the_reader_and_values_are_plain():
    book, lines = BytesIO(), BytesIO()
    write_workbook(worded(made(TWO), "cs"), book)
    write_spreadsheet_csv(worded(made(TWO), "cs"), lines)
    opened = load_workbook(book)
    assert opened.sheetnames == ["Řádky", "Otázka"]
    sheet, question = opened.worksheets
    assert [cell.value for cell in sheet[1]][4:9] == ["Kusů", "Částka", "Podíl", "Uhrazeno", "Měna"]
    assert [sheet.cell(row=5, column=at).value for at in (1, 6)] == ["Celkem", -0.1]
    assert question["A5"].value == "Žádal"
    head, first = lines.getvalue().decode("utf-8-sig").splitlines()[:2]
    assert ";Částka;" in head and ";1250,50;" in first and first.startswith("2026-06-11;")


def test_a_workbook_is_opened_by_pandas_with_dates_as_dates():
    frame = pd.read_excel(written(write_workbook, TWO), nrows=3)
    assert frame["Amount"].map(lambda each: Decimal(str(each))).tolist() == [each[5] for each in TWO]
    assert frame["On"].tolist() == [pd.Timestamp("2026-06-11")] * 3


def test_texts_of_a_workbook_are_never_formulas_or_links():
    texts = [*FORMULAS[:4], "{=1+1}", "https://x.test", "mailto:a@x.test"]
    sheet = load_workbook(written(write_workbook, [row(text, "1.00") for text in texts]))["Rows"]
    cells = [sheet.cell(number, 4) for number in range(2, 2 + len(texts))]
    assert [cell.value for cell in cells] == texts
    assert {cell.data_type for cell in cells} == {"s"} or {cell.data_type for cell in cells} == {"inlineStr"}
    assert all(cell.hyperlink is None for cell in cells)


def test_amounts_have_the_decimals_of_their_currency():
    sheet = load_workbook(written(write_workbook, [row("a", "1", "JPY"), row("b", "1.125", "KWD")]))["Rows"]
    assert [sheet.cell(number, 6).number_format for number in (2, 3)] == ["#,##0", "#,##0.000"]


def test_a_number_that_a_workbook_would_round_stays_a_text():
    sheet = load_workbook(written(write_workbook, [row("a", "12345678901234.567")]))["Rows"]
    assert sheet["F2"].value == "12345678901234.567"


def test_more_rows_than_a_sheet_holds_are_refused():
    answer = made([])._replace(totals=[Totals("EUR", MOST_ROWS + 1, {})])
    with pytest.raises(RuleViolation, match="Parquet"):
        write_workbook(answer, BytesIO())


def test_parquet_has_exact_amounts_days_and_instants():
    table = pq.read_table(written(write_parquet, TWO))
    assert table.schema.field("amount").type == pa.decimal128(38, 10)
    frame = table.to_pandas()
    assert frame["amount"].tolist() == [Decimal("1250.50"), Decimal("-0.10"), Decimal("0.05")]
    assert frame["on"].tolist() == [date(2026, 6, 11)] * 3
    assert frame["at"][0] == pd.Timestamp("2026-06-11 22:30", tz="UTC")
    assert table.schema.metadata[b"question"] == b"What is there of every kind?"


def test_an_answer_without_rows_has_the_same_schema():
    assert pq.read_table(written(write_parquet, [])).schema == pq.read_table(written(write_parquet, TWO)).schema


def test_json_has_the_members_of_an_answer_and_all_rows():
    rows = [row(f"n{number}", "1.10") for number in range(2_500)]
    found = json.loads(written(write_json, rows).getvalue())
    assert list(found) == ["report", "title", "given", "columns", "totals", "rows"]
    assert len(found["rows"]) == 2_500
    assert found["rows"][0][3:7] == ["n0", 2, "1.10", "0.25"]
    assert found["totals"] == [{"currency": "EUR", "rows": 2500, "sums": {"pieces": "5000", "amount": "2750.00"}}]


@settings(max_examples=30)
@given(st.lists(st.tuples(amounts, st.sampled_from(["EUR", "CZK"]), texts), max_size=20))
def test_every_format_gives_back_every_amount(cells: list[tuple[Decimal, str, str]]):
    rows = [row(text, str(amount), currency) for amount, currency, text in cells]
    expected = [each[5] for each in rows]

    plain = pd.read_csv(written(write_csv, rows), dtype=str, keep_default_na=False)
    assert [Decimal(each) for each in plain["amount"]] == expected
    parquet = pq.read_table(written(write_parquet, rows)).to_pylist()
    assert [each["amount"] for each in parquet] == expected
    assert [each["what"] for each in parquet] == [each[3] for each in rows]
    sheet = load_workbook(written(write_workbook, rows))["Rows"]
    assert [round(Decimal(cast("float", sheet.cell(at, 6).value)), 2) for at in range(2, 2 + len(rows))] == expected
