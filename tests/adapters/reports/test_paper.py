"""Reports on paper and as charts."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from pypdf import PdfReader

from adapters.documents.report_paper import MOST_ROWS, write_report_paper
from adapters.documents.report_plot import COLOURS, MOST_PLACES, MOST_SERIES, OTHERS, pictures_of, write_report_plot
from adapters.views.reports.files import worded
from billing_core.kernel.errors import RuleViolation
from projections.reports.answers import Totals
from projections.reports.definition import Chart, ChartKind, Column
from tests.adapters.reports.answers import COLUMNS, EVERY_KIND, made, row

TOKENS = Path(__file__).parents[3] / "src/adapters/pages/own/tokens.css"


def pages(*rows: tuple[object, ...]) -> list[str]:
    file = BytesIO()
    write_report_paper(made(rows), file)
    return [page.extract_text() for page in PdfReader(BytesIO(file.getvalue())).pages]


def test_paper_says_question_parameters_rows_and_totals():
    (text,) = pages(row("Příjem hotově", "1250.50"), row("card", "-0.10", "CZK"), row("cash", "0.05"))
    for said in ("What is there of every kind?", "1 Jun 2026", "anna", "12 Jun 2026, 00:30", "Příjem hotově",
                 "1,250.50", "\u22120.10", "25.0 %", "Yes", "June 2026", "1,250.55"):  # fmt: skip
        assert said in text.replace("\u00a0", " "), said
    assert text.count("Total") == 2


def test_paper_speaks_the_language_of_its_reader():
    file = BytesIO()
    report = msgspec.structs.replace(EVERY_KIND, title="Income by day", columns=(
        *COLUMNS[:5], Column(name="amount", title="Came in", kind="money", total=True), *COLUMNS[6:]))  # fmt: skip
    write_report_paper(worded(made([row("hotově", "1250.5"), row("x", "0.0125")], report), "cs"), file)
    reader = PdfReader(BytesIO(file.getvalue()))
    text = reader.pages[0].extract_text().replace("\u00a0", " ")
    for said in ("Příjmy po dnech", "Přišlo", "1. 6. 2026", "12. 6. 2026 0:30", "červen 2026", "1 250,50", "0,0125",
                 "25,0 %", "Ano", "Celkem", "1 250,5125"):  # fmt: skip
        assert said in text, (said, text)
    assert str(reader.root_object["/Lang"]) == "cs"


def test_each_page_repeats_the_head():
    found = pages(*(row(f"n{number}", "1.00") for number in range(120)))
    assert len(found) > 2
    assert all("Amount" in text and f"{number} / {len(found)}" in text for number, text in enumerate(found, 1))
    assert sum(len(re.findall(r"\bn\d+", text)) for text in found) == 120


def test_no_rows_are_said():
    (text,) = pages()
    assert "No rows." in text


def test_more_rows_than_are_for_reading_are_refused():
    with pytest.raises(RuleViolation, match="2,000 that are printed"):
        write_report_paper(made([])._replace(totals=[Totals("EUR", MOST_ROWS + 1, {})]), BytesIO())


@pytest.mark.parametrize("kind", ["bars", "stacked", "lines", "shares"])
def test_a_chart_has_a_picture_for_each_currency(kind: ChartKind):
    report = msgspec.structs.replace(EVERY_KIND, chart=Chart(kind=kind, of="amount", over="month", by="what"))
    file = BytesIO()
    write_report_plot(made([row("cash", "10.00"), row("card", "5.00", "CZK")], report), file)
    svg = file.getvalue().decode()
    assert svg.count('id="axes_') == 2
    assert "Amount, EUR" in svg and "Amount, CZK" in svg and "Every kind" in svg


def test_a_text_of_a_chart_is_text():
    file = BytesIO()
    write_report_plot(made([row("<script>$x$</script>", "1.00")]), file)
    assert b"<script>" not in file.getvalue()
    assert b"&lt;script&gt;$x$" in file.getvalue()


def test_a_chart_has_the_sums_by_place_and_series_in_order_of_time():
    july, june = date(2026, 7, 1), date(2026, 6, 1)
    rows = [row("cash", "10.00", month=july), row("card", "5.00", month=june), row("cash", "1.50", month=july)]
    chart = EVERY_KIND.chart
    assert chart is not None
    (picture,) = pictures_of(EVERY_KIND, chart, rows)
    assert (picture.currency, picture.places) == ("EUR", ["2026-06-01", "2026-07-01"])
    assert {series.name: list(series.values) for series in picture.series} == {
        "cash": [Decimal(), Decimal("11.50")], "card": [Decimal("5.00"), Decimal()],
    }  # fmt: skip


def test_what_is_many_is_drawn_together_and_nothing_is_lost():
    rows = [row(f"n{number}", f"{100 - number}.00") for number in range(40)]
    for chart in (
        Chart(kind="bars", of="amount", over="what"),
        Chart(kind="bars", of="amount", over="month", by="what"),
    ):
        (picture,) = pictures_of(EVERY_KIND, chart, rows)
        assert sum(sum(series.values) for series in picture.series) == sum(each[5] for each in rows)
        assert OTHERS in picture.places or OTHERS in [series.name for series in picture.series]
        assert len(picture.places) <= MOST_PLACES + 1
        assert len(picture.series) <= MOST_SERIES + 1


def test_a_report_without_a_chart_is_refused():
    with pytest.raises(RuleViolation, match="has no chart"):
        write_report_plot(made([], msgspec.structs.replace(EVERY_KIND, chart=None)), BytesIO())


def test_charts_have_the_colours_of_the_pages():
    tokens = TOKENS.read_text()
    assert all(colour in tokens for colour in COLOURS)
