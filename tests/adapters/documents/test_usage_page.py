"""A month's usage on paper, in the customer's language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import NamedTuple

import pytest
from pypdf import PdfReader

from adapters.documents.fonts import REPLACEMENT
from adapters.documents.usage_page import UsageCost, UsageDay, UsagePage, UsageService, render_usage_page, used_words
from adapters.languages.language import language_of

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


class Amount(NamedTuple):
    """How much was used of something."""

    kind: str
    seconds: int = 0
    quantity: Decimal = Decimal(0)
    bytes_in: int = 0
    bytes_out: int = 0


def page(language: str, late: int = 0, records: int = 1200) -> str:
    days = [UsageDay(date(2026, 3, 2), records, "1:02:03")]
    services = [UsageService("S1, calls", "1:02:03", records, days)] if records else []
    costs = [UsageCost("Czechia, peak", 7, "0,50")]
    said = UsagePage(language, "Síť", "A1", MARCH, APRIL, late, services, costs)
    return " ".join(PdfReader(BytesIO(render_usage_page(said))).pages[0].extract_text().split())


@pytest.mark.parametrize(
    ("language", "title", "day"),
    [
        ("en", "Usage of account A1: March 2026", "Monday, 2 March 2026 1,200"),
        ("cs", "Využití služeb na účtu A1: březen 2026", "pondělí 2. března 2026 1 200"),
        ("bg", "Използвани услуги по сметка A1: март 2026 г.", "понеделник, 2 март 2026 г. 1 200"),
        ("hy", "A1 հաշվի օգտագործումը՝ 2026", "երկուշաբթի 1 200"),
        ("ru", "Использование по счёту A1: март 2026 г.", "понедельник, 2 марта 2026 г. 1 200"),
    ],
)
def test_the_page_speaks_the_customers_language(language, title, day):
    text = page(language)
    assert title in text and day in text
    assert REPLACEMENT not in text


def test_records_that_came_late_are_counted_in_their_plural_form():
    assert "1 záznam přišel až po skončení měsíce" in page("cs", late=1)
    assert "2 záznamy přišly" in page("cs", late=2)
    assert "přišlo" not in page("cs")


def test_a_month_without_usage_says_so():
    assert "Nic nebylo využito." in page("cs", records=0)


@pytest.mark.parametrize(
    ("used", "english", "czech"),
    [
        (Amount("call", seconds=3723), "1:02:03", "1:02:03"),
        (
            Amount("data", bytes_in=7_500_000, bytes_out=450_000),
            "7.5 MB down, 0.4 MB up",
            "7,5 MB staženo, 0,4 MB odesláno",
        ),
        (Amount("item", quantity=Decimal("1234.50")), "1,234.5", "1\u00a0234,5"),
    ],
)
def test_an_amount_is_said_in_the_unit_of_its_kind(used, english, czech):
    assert [used_words(used, language_of(code)) for code in ("en", "cs")] == [english, czech]
