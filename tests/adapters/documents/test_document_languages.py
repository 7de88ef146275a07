"""Documents speak the customer's language, and a document that was issued prints the same for ever."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from adapters.documents.assemble import assemble
from adapters.documents.fonts import REPLACEMENT
from adapters.documents.pdf import render_pdf
from adapters.documents.texts import render_text
from billing_core.invoicing.documents import Document, DocumentParty
from billing_core.kernel.languages import LANGUAGES
from billing_core.kernel.spans import ONE_DAY
from billing_core.party_changes import CustomerChanges, SellerChanges
from commands.catalogue import TranslateTariff
from commands.parties import ChangeCustomer, ChangeSeller
from tests.operators import Operator, application, database_url, found_operator, operator

__all__ = ["application", "database_url", "found_operator", "operator"]

FEBRUARY, MARCH, APRIL = date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)
TITLES = {
    "en": ("Invoice 7", "Credit note 7"),
    "cs": ("Faktura – daňový doklad 7", "Opravný daňový doklad 7"),
    "bg": ("Фактура 7", "Кредитно известие 7"),
    "hy": ("Հաշիվ-ապրանքագիր 7", "Ճշգրտող հաշիվ-ապրանքագիր 7"),
    "ru": ("Счёт-фактура 7", "Корректировочный счёт-фактура 7"),
}
PAYERS = {"en": "VAT", "cs": "Základ daně", "bg": "Данъчна основа", "hy": "ԱԱՀ", "ru": "Налоговая база"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_is_printed_in_each_language(make_document, language):
    payer = DocumentParty(name="Síť", legal_ids={"DIČ": "CZ27082440"})
    for kind, title in zip(("invoice", "credit-note"), TITLES[language], strict=True):
        document = make_document(number="7", kind=kind, seller=payer, language=language)
        text = _text(render_pdf(document))
        assert title in text and PAYERS[language] in text
        assert REPLACEMENT not in text
        assert title in render_text(document)


def test_only_who_pays_vat_issues_tax_documents(make_document):
    assert render_text(make_document(number="7", language="cs")).startswith("Faktura 7\n")
    assert render_text(make_document(number="7", kind="credit-note", language="cs")).startswith("Dobropis 7\n")


def test_a_reference_of_digits_is_what_czech_banks_call_it(make_document):
    assert "Variabilní symbol" in render_text(make_document(language="cs"))
    assert "Reference platby" in render_text(make_document(language="cs", payment_reference="F-1"))


def test_values_of_the_plain_text_stand_beside_the_longest_label(make_document):
    lines = render_text(make_document(language="cs")).splitlines()
    starts = {line.index(value) for line in lines for value in ("1. 4. 2026", "31. 3. 2026") if line.endswith(value)}
    assert len(starts) == 1


@pytest.fixture
def billed(operator: Operator) -> Operator:
    """A0001 was billed for February, before anybody said which language the customer speaks."""
    operator.subscriber("A0001", since=FEBRUARY)
    operator.bill(FEBRUARY + ONE_DAY, today=FEBRUARY)
    return operator


def test_a_document_speaks_the_customers_language_else_the_sellers_else_english(billed: Operator):
    billed.tell(ChangeSeller(code="north", changes=SellerChanges(language="bg")), today=FEBRUARY)
    billed.bill(MARCH + ONE_DAY, today=MARCH)
    billed.tell(ChangeCustomer(number="A0001", changes=CustomerChanges(language="cs")), today=MARCH)
    billed.bill(APRIL + ONE_DAY, today=APRIL)
    assert [_issued(billed, number).language for number in _numbers(billed)] == ["en", "bg", "cs"]


def test_a_document_prints_the_same_whatever_is_said_later(billed: Operator):
    billed.tell(ChangeCustomer(number="A0001", changes=CustomerChanges(language="cs")), today=FEBRUARY)
    _translate(billed, FEBRUARY, "Poplatek")
    billed.bill(MARCH + ONE_DAY, today=MARCH)
    first, second = (_issued(billed, number) for number in _numbers(billed))
    assert [line.description.partition(": ")[2] for line in second.lines] == ["Poplatek"]

    billed.tell(ChangeCustomer(number="A0001", changes=CustomerChanges(language="hy")), today=MARCH)
    _translate(billed, MARCH, "Paušál")

    assert [_issued(billed, number) for number in _numbers(billed)] == [first, second]
    assert render_pdf(_issued(billed, second.number)) == render_pdf(second)


def _translate(operator: Operator, today: date, translation: str) -> None:
    operator.tell(TranslateTariff(tariff="net", language="cs", texts={"Monthly fee": translation}), today=today)


def _numbers(operator: Operator) -> list[str]:
    return [number for (number,) in operator.select("SELECT number FROM live.documents ORDER BY number")]


def _issued(operator: Operator, number: str) -> Document:
    return assemble(number, operator.application.queries, operator.application.store, APRIL)


def _text(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
