"""What explains an amount, in every language."""

from __future__ import annotations

from decimal import Decimal

import pytest

from adapters.languages.language import language_of
from billing_core.kernel.languages import LANGUAGES
from billing_core.kernel.phrases import WORDINGS, joined, phrase

SHARE = phrase("a-month", "1300.00 EUR", phrase("of-whole-period", phrase("of-days", 20, 30)))


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("en", "credit: 1,300.00\u00a0EUR a month x 20/30 days of the whole period; 10 at 0.50"),
        ("cs", "vráceno: 1\u00a0300,00\u00a0EUR za měsíc × 20/30 dnů celého období; 10 po 0,50"),
        ("bg", "връщане: 1\u00a0300,00\u00a0EUR на месец × 20/30 дни от целия период; 10 по 0,50"),
        ("hy", "վերադարձ. ամսական 1\u00a0300,00\u00a0EUR × ամբողջ ժամանակահատվածի 20/30 օր; 10 × 0,50"),
        ("ru", "возврат: 1\u00a0300,00\u00a0EUR в месяц × 20/30 дней всего периода; 10 по 0,50"),
    ],
)
def test_a_phrase_is_said_with_numbers_as_the_language_writes_them(code, written):
    said = joined("steps", [phrase("credit", SHARE), phrase("at", 10, "0.50")])
    assert language_of(code).phrase(said) == written


def test_a_number_has_its_plural_form():
    czech, russian = language_of("cs"), language_of("ru")
    numbers = (1, 3, 5, Decimal("1.5"))
    assert [czech.phrase(phrase("months", number)) for number in numbers] == [
        "1 měsíc", "3 měsíce", "5 měsíců", "1,5 měsíce",
    ]  # fmt: skip
    assert [russian.phrase(phrase("months", number)) for number in (1, 3, 5, 21)] == [
        "1 месяц", "3 месяца", "5 месяцев", "21 месяц",
    ]  # fmt: skip


def test_a_day_is_written_as_the_language_does():
    assert language_of("cs").phrase(phrase("priced-elsewhere", "2026-06-01")).endswith("k 1. 6. 2026)")


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_phrase_can_be_said(code):
    language = language_of(code)
    for name, wording in WORDINGS.items():
        values = [f"{number}7" for number in range(2, 2 + len(wording.places))]
        said = language.phrase(phrase(name, *values))
        assert all(value in said for value in values), (name, said)
