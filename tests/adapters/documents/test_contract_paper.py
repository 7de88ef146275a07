"""Contracts on paper: the words of each language, sections that apply, and what stands together on a page."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from adapters.documents.contract_content import Parties, Written, paper_of_annex, paper_of_contract
from adapters.documents.contract_paper import ContractPaper, PaperSection, render_contract
from adapters.files.contract_templates import ready_template, ready_template_names
from billing_core.contracts.contract import Annex, Contract
from billing_core.contracts.events import Paper
from billing_core.contracts.kinds import ContractKind, require_template
from billing_core.contracts.services import Fee, LinkedService, SoldService
from billing_core.contracts.terms import NoticePeriod, Term
from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from billing_core.parties.number_series import USUAL_SERIES
from billing_core.parties.sellers import Seller
from billing_core.parties.versions import PartyVersion

ON = date(2026, 5, 15)
SELLER = Seller(
    code="north", name="Severní Signál, s. r. o.", time_zone="Europe/Prague", series=USUAL_SERIES,
    address=Address(street="Dlouhá 12", city="Praha 1", postal_code="110 00", country="CZ"),
    legal_ids={"IČO": "25596641"}, iban="CZ6508000000192000145399",
)  # fmt: skip
CUSTOMER = Customer(
    number="C7", kind="person", name="Ilona Žáčková",
    address=Address(street="Na Příkopě 7", city="Brno", postal_code="602 00", country="CZ"),
)  # fmt: skip
PAPER = Paper(template=1, seller=1, customer=PartyVersion("C7", 1))
PARTIES = Parties(ContractKind(code="internet", name="Internet"), SELLER, CUSTOMER)
NET = SoldService(
    account="7", subscription="net", tariff="fast", name="Fast 500", since=date(2026, 6, 1), currency="CZK",
    prices_include_vat=True, quantity=Decimal(2),
    fees=(
        Fee(name="Monthly fee", price=Decimal("1290.5"), vat_rate=Decimal(21)),
        Fee(name="Box", price=Decimal("9"), months=3, vat_rate=Decimal(21)),
        Fee(name="Channel", price=Decimal("0.125"), months=0, days=30, vat_rate=Decimal(21)),
    ),
)  # fmt: skip


def contract(language: str, term: Term | None = None, agreed: str = "") -> Contract:
    linked = (LinkedService(account="7", subscription="net"),)
    return Contract(
        "7000000001", "north", "C7", "internet", language, ON, date(2026, 6, 1), term or Term(), linked, agreed
    )


def paper(language: str = "cs", term: Term | None = None, agreed: str = "", is_draft: bool = False) -> ContractPaper:
    template = ready_template(f"internet.{language}").template
    return paper_of_contract(
        contract(language, term, agreed), template, PARTIES, ON, (NET,), is_draft=is_draft
    )  # fmt: skip


def pages(content: bytes) -> list[str]:
    """The text of each page, with single spaces."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages]


@pytest.mark.parametrize("name", ready_template_names())
def test_a_ready_template_is_sound_and_leaves_no_placeholder(name: str):
    template = ready_template(name).template
    require_template(template)
    language = name.partition(".")[2]
    for term in (Term(fixed_months=24, minimum_months=12), Term()):
        text = " ".join(pages(render_contract(paper(language, term, agreed="x"))))
        assert "{{" not in text and "7000000001" in text and "\ufffd" not in text


def test_dates_lengths_and_prices_are_written_as_the_language_has_them():
    cs, en, hy = Written("cs"), Written("en"), Written("hy")
    spaced = [each.replace("\u00a0", " ") for each in (
        cs.date(date(2026, 6, 1)), en.date(date(2026, 6, 1)), cs.length(24, 0), cs.length(1, 0), cs.length(0, 30),
        cs.price(Decimal("1290.5"), "CZK"), en.price(Decimal("0.125"), "EUR"), hy.length(3, 0),
    )]  # fmt: skip
    assert spaced == [
        "1. června 2026", "1 June 2026", "24 měsíců", "1 měsíc", "30 dnů", "1 290,50 CZK", "0.125 EUR", "3 ամիս",
    ]  # fmt: skip
    assert Written("qq").date(date(2026, 6, 1)) == en.date(date(2026, 6, 1))


def test_a_service_stands_on_it_with_its_quantity_and_prices():
    (service,) = paper().sections[0].services
    shown = [service.name, service.facts, *(f"{fee.name}: {fee.price}" for fee in service.fees)]
    assert [each.replace("\u00a0", " ") for each in shown] == [
        "2 × Fast 500",
        "služba net · od 1. června 2026",
        "Monthly fee: 1 290,50 CZK měsíčně, s DPH",
        "Box: 9,00 CZK / 3 měsíce, s DPH",
        "Channel: 0,125 CZK / 30 dnů, s DPH",
    ]


def test_only_sections_that_apply_are_printed():
    def headings(term: Term, agreed: str = "") -> list[str]:
        return [section.heading for section in paper("cs", term, agreed).sections]

    assert "Minimální doba užívání" not in headings(Term())
    assert "Minimální doba užívání" in headings(Term(minimum_months=12))
    assert "Další ujednání" not in headings(Term())
    assert "Další ujednání" in headings(Term(), "Směrovač zdarma")
    assert headings(Term()).count("Doba trvání") == headings(Term(fixed_months=24)).count("Doba trvání") == 1


def test_what_people_write_is_text_and_no_placeholder():
    sections = paper("en", agreed="Price {{ seller.name }} & <b>\n\n- one\n- two").sections
    (agreed,) = [section for section in sections if section.heading == "Agreed in addition"]
    assert agreed.paragraphs == ["Price {{ seller.name }} & <b>", "- one", "- two"]


def test_a_word_of_one_letter_stays_with_the_next_word():
    (final,) = [section for section in paper("cs").sections if section.heading == "Závěrečná ustanovení"]
    assert "souhlasí s\u00a0nimi." in final.paragraphs[0]


def test_the_parties_stand_at_the_head_without_their_own_country():
    seller, customer = paper().parties
    assert list(seller.lines) == ["Dlouhá 12", "110 00 Praha 1", "IČO 25596641"]
    assert list(customer.lines) == ["Na Příkopě 7", "602 00 Brno", "Zákaznické číslo C7"]


def test_an_annex_prints_only_what_it_changes():
    def annex(text: str, services: tuple[SoldService, ...] | None) -> list[str]:
        changed = Annex(
            1,
            ON,
            date(2026, 9, 1),
            text,
            services,
            None,
            Paper(template=1, seller=1, customer=PartyVersion("C0000001", 1)),
        )
        printed = paper_of_annex(contract("en"), changed, ready_template("internet.en").template, PARTIES)
        assert printed.title == "Annex No. 1 to contract No. 7000000001"
        return [section.heading for section in printed.sections]

    assert annex("Twice as fast", None) == ["What changes", "Final provisions"]
    assert annex("", (NET,)) == ["Services", "Final provisions"]


def test_a_draft_is_marked_and_the_bytes_are_the_same_each_time():
    assert "NÁVRH" in pages(render_contract(paper(is_draft=True)))[0]
    assert "NÁVRH" not in pages(render_contract(paper()))[0]
    assert render_contract(paper()) == render_contract(paper())


def test_a_long_contract_goes_on_over_pages_and_keeps_together_what_belongs_together():
    word = "lorem ipsum dolor sit amet " * 12
    sections = [PaperSection(f"Section {n}", [word, "The list", *(f"- item {n} {i}" for i in range(5))])
                for n in range(1, 15)]  # fmt: skip
    found = pages(render_contract(paper("en")._replace(sections=sections)))

    assert len(found) > 2
    assert found[-1].endswith(f"{len(found)} / {len(found)}")
    for page in found[:-1]:
        body = page.partition("Contract No. 7000000001 ")[0] if page is not found[0] else page
        assert not body.rstrip().endswith("The list")
    assert sum(page.count("For the customer") for page in found) == 1


def test_a_paragraph_that_is_longer_than_a_page_goes_on_over_the_next_one():
    sections = [PaperSection("Terms", ["word " * 3_000])]
    found = pages(render_contract(paper("en")._replace(sections=sections)))
    assert sum(page.count("word") for page in found) == 3_000
    assert len(found) >= 3


def test_a_notice_in_days_is_written_in_days():
    term = Term(notice=NoticePeriod(days=30, counted_from="day"))
    (notice,) = [section for section in paper("en", term).sections if section.heading == "Notice"]
    assert "The notice period is 30\u00a0days" in notice.paragraphs[0]
