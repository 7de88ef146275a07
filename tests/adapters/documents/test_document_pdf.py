"""What a reader finds on the printed page."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import combinations
from typing import cast

import msgspec
import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject
from reportlab.lib.units import mm

from adapters.documents import page_grid as grid
from adapters.documents.fonts import REPLACEMENT
from adapters.documents.line_table import LineTable
from adapters.documents.page_grid import LEFT, PAGE_HEIGHT, RIGHT
from adapters.documents.payment_qr import payment_payload, qr_modules
from adapters.documents.pdf import laid_out, render_pdf
from adapters.documents.texts import texts
from adapters.documents.typesetting import Line, width_of
from billing_core.invoicing.documents import DocumentParty
from billing_core.kernel.money import Money


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, with every space an ordinary one."""
    return [page.extract_text().replace("\u00a0", " ") for page in PdfReader(BytesIO(pdf)).pages]


def drawn_modules(pdf: bytes, side: int) -> list[list[int]]:
    """The QR code put together again from the rectangles on the page."""
    contents = PdfReader(BytesIO(pdf)).pages[0].get_contents()
    assert contents is not None
    content = contents.get_data().decode("latin-1")
    modules = [[0] * side for _ in range(side)]
    for x, y, length in re.findall(r"^(\d+) -(\d+) (\d+) 1 re$", content, flags=re.MULTILINE):
        for column in range(int(x), int(x) + int(length)):
            modules[int(y) - 1][column] = 1
    return modules


def test_an_invoice_shows_everything_that_was_issued(make_document, make_line):
    document = make_document(
        make_line(),
        make_line("Installation", "1234.50", vat_rate=Decimal(12), explanation="one-off fee, 2 hours"),
        buyer=DocumentParty(name="Firma Novák", address_lines=("Dlouhá 1", "Brno"), legal_ids={"DIČ": "CZ12345679"}),
    )
    (page,) = pages_of(render_pdf(document))
    for shown in (
        "Invoice 2026000123", "1 Apr 2026", "15 Apr 2026", "A-1004711",
        "Rychlá Síť, s.r.o.", "Žižkova 1234/5", "IČO 27082440", "billing@example.com",
        "Firma Novák", "Dlouhá 1", "DIČ", "CZ12345679",
        "Internet 250 Mbit/s", "1–31 Mar 2026", "450.00 EUR a month, 1 whole period",
        "Installation", "one-off fee, 2 hours", "1,234.50",
        "12%", "148.14", "1,382.64", "21%", "94.50", "544.50", "1,684.50", "242.64", "1,927.14 EUR",
        "Please pay 1,927.14 EUR by 15 Apr 2026.", "CZ58 5500 0000 0012 6509 8001", "RZBCCZPP", "1 / 1",
    ):  # fmt: skip
        assert shown in page, shown
    assert "COPY" not in page


def test_printing_again_gives_the_same_bytes(make_document):
    assert render_pdf(make_document()) == render_pdf(make_document())
    assert render_pdf(make_document()) != render_pdf(make_document(number="2026000124"))


def test_printing_in_another_process_gives_the_same_bytes(make_document, tmp_path):
    document = make_document(buyer=DocumentParty(name="Արամ Խաչատրյան"))
    (tmp_path / "document.json").write_bytes(msgspec.json.encode(document))
    code = (
        "import hashlib, pathlib, sys, msgspec\n"
        "from adapters.documents.pdf import render_pdf\n"
        "from billing_core.invoicing.documents import Document\n"
        "document = msgspec.json.decode(pathlib.Path(sys.argv[1]).read_bytes(), type=Document)\n"
        "print(hashlib.sha256(render_pdf(document)).hexdigest())\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "document.json")]
    environment = {**os.environ, "PYTHONHASHSEED": "12345"}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == hashlib.sha256(render_pdf(document)).hexdigest()


def test_a_copy_is_marked_on_every_page_and_shows_the_same(make_document, make_line):
    document = make_document(*[make_line(f"Line {number}") for number in range(60)])
    originals, copies = pages_of(render_pdf(document)), pages_of(render_pdf(document, copy=True))
    assert len(copies) == len(originals) > 1
    for original, copy in zip(originals, copies, strict=True):
        assert "COPY" in copy
        assert copy.replace("COPY", "").split() == original.split()


def test_many_lines_run_over_pages_with_the_head_of_the_table_and_page_numbers(make_document, make_line):
    document = make_document(*[make_line(f"Service no. {number:03}") for number in range(60)])
    pages = pages_of(render_pdf(document))
    assert len(pages) == 3
    assert re.findall(r"Service no. (\d+)", "".join(pages)) == [f"{number:03}" for number in range(60)]
    for number, page in enumerate(pages, start=1):
        assert "Invoice 2026000123" in page
        assert "VAT rate" in page
        assert "Net EUR" in page
        assert f"{number} / 3" in page
    assert ["Total due" in page for page in pages] == [False, False, True]


def test_fifty_eight_short_items_are_on_two_pages(make_document, make_line):
    document = make_document(*[make_line(f"Item no. {number}", "12.50", explanation="") for number in range(58)])
    assert len(pages_of(render_pdf(document))) == 2


def test_the_period_is_as_wide_as_it_must_be_and_the_description_has_the_rest(make_document, make_line):
    def description_width(document):
        return LineTable(document, texts("en"))._description.width

    narrow = description_width(make_document(make_line()))
    wide = description_width(make_document(make_line(from_on=date(2025, 12, 15))))
    assert narrow - wide == pytest.approx(
        width_of("15 Dec 2025 – 31 Mar 2026", grid.BODY) - width_of("1–31 Mar 2026", grid.BODY)
    )


def test_a_list_with_vat_shows_its_own_prices_beside_the_net_amounts(make_document, make_line):
    advertised = make_line(net="329.75", gross=Money(Decimal("399.00"), "EUR"))
    (page,) = pages_of(render_pdf(make_document(advertised)))
    assert "21% 329.75 399.00" in page
    assert pages_of(render_pdf(make_document()))[0].count("With VAT") == page.count("With VAT") - 1


def test_a_reprint_of_a_paid_invoice_has_neither_code_nor_due_date(make_document):
    document = make_document()
    (page,) = pages_of(render_pdf(msgspec.structs.replace(document, settled=document.gross)))
    for hidden in ("Please pay", "IBAN", "Scan to pay", "Due date", "Total due"):
        assert hidden not in page, hidden
    assert "This invoice is settled." in page


def test_the_code_of_an_invoice_that_is_paid_in_part_pays_the_rest(make_document):
    document = make_document(settled=Money(Decimal("100.00"), "EUR"))
    payload = payment_payload(document)
    assert payload is not None and "EUR444.50" in payload.splitlines()


@pytest.mark.parametrize("name", ["محمد بن عبد الله", "ירושלים (יפו) 12", "इंटरनेट क्षत्रिय", "น้ำ ที่นี่ บริการ"])
def test_scripts_that_are_shaped_or_run_from_right_to_left_have_no_missing_glyph(make_document, make_line, name):
    party = DocumentParty(name=name, address_lines=(name * 5,))
    pdf = render_pdf(make_document(make_line(name, explanation=name), seller=party, buyer=party))
    assert _missing_glyphs(pdf) == 0


@pytest.mark.parametrize("count", range(1, 30))
def test_the_total_never_stands_on_a_page_without_a_line(make_document, make_line, count):
    pages = pages_of(render_pdf(make_document(*[make_line(f"Service no. {number}") for number in range(count)])))
    assert "Total due" in pages[-1]
    assert "Service no." in pages[-1]
    assert "".join(pages).count("Service no.") == count


def test_a_line_longer_than_a_page_runs_on(make_document, make_line):
    words = " ".join(f"word{number}" for number in range(2000))
    pages = pages_of(render_pdf(make_document(make_line(words[:8000], explanation=words))))
    printed = re.findall(r"word\d+", "".join(pages))
    assert len(printed) >= 2000
    assert len(pages) > 2
    assert "Total due" in pages[-1]


def test_a_credit_note_says_what_it_corrects_and_asks_for_no_payment(make_document, make_line):
    document = make_document(make_line(net="-100.00"), kind="credit-note", number="CN-7", corrects="2026000123")
    (page,) = pages_of(render_pdf(document))
    for shown in ("Credit note CN-7", "Corrects invoice", "2026000123", "−100.00", "To be credited", "121.00 EUR"):
        assert shown in page, shown
    for hidden in ("Due date", "IBAN", "Scan to pay", "Total due"):
        assert hidden not in page, hidden


def test_the_code_on_the_page_is_the_payment(make_document):
    document = make_document()
    payload = payment_payload(document)
    assert payload is not None
    modules = qr_modules(payload)
    assert drawn_modules(render_pdf(document), len(modules)) == [list(row) for row in modules]


def test_no_code_on_an_invoice_of_nothing(make_document, make_line):
    pdf = render_pdf(make_document(make_line(net="0.00")))
    assert not any(1 in row for row in drawn_modules(pdf, 200))
    assert "There is nothing to pay for this invoice." in pages_of(pdf)[0]


def test_a_code_that_no_bank_reads_is_not_said_to_pay(make_document, make_line):
    (page,) = pages_of(render_pdf(make_document(make_line(currency="USD"))))
    assert "Payment details" in page
    assert "Scan to pay" not in page


@pytest.mark.parametrize("name", ["Արամ Խաչատրյան", "Иван Петров", "Žluťoučký kůň", "Արամ & Иван, Žďár"])
def test_a_name_in_any_script_is_drawn_without_a_missing_glyph(make_document, make_line, name):
    party = DocumentParty(name=name, address_lines=(name,), legal_ids={name: "1"})
    document = make_document(make_line(name, explanation=name), seller=party, buyer=party)
    pdf = render_pdf(document)
    assert pages_of(pdf)[0].count(name) >= 6
    assert _missing_glyphs(pdf) == 0


def test_every_font_is_embedded_under_a_name_of_its_own(make_document):
    party = DocumentParty(name="Արամ Иван", address_lines=("Արամ Иван",))
    resources = cast(
        "DictionaryObject", PdfReader(BytesIO(render_pdf(make_document(seller=party)))).pages[0]["/Resources"]
    )
    fonts = [font.get_object() for font in cast("DictionaryObject", resources["/Font"]).values()]
    names = [font["/BaseFont"] for font in fonts]
    assert len(set(names)) == len(names) == 4
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)


def test_a_character_that_no_font_has_is_drawn_as_a_visible_gap(make_document):
    pdf = render_pdf(make_document(buyer=DocumentParty(name="\U0001f9ff Petrov")))
    assert f"{REPLACEMENT} Petrov" in pages_of(pdf)[0]
    assert _missing_glyphs(pdf) == 0


def _missing_glyphs(pdf: bytes) -> int:
    """How often the page draws code 0, which is the missing glyph in every embedded font."""
    page = PdfReader(BytesIO(pdf)).pages[0]
    texts = [
        operands[0] for operands, operator in ContentStream(page.get_contents(), None).operations if operator == b"Tj"
    ]
    assert texts
    return sum(text.original_bytes.count(0) for text in texts)


LONG_NAME = "Wohnungsbaugenossenschaft der Eisenbahner und Postbediensteten " * 3 + "e. G."


@pytest.fixture
def long_document(make_document, make_line):
    party = DocumentParty(
        name=LONG_NAME,
        address_lines=(LONG_NAME,) * 3,
        legal_ids={"Commercial register": LONG_NAME},
        email="x" * 90,
    )
    line = make_line(LONG_NAME, "123456789012.00", explanation=LONG_NAME)
    return make_document(line, line, seller=party, buyer=party, account="9" * 60, payment_reference="8" * 60)


def test_long_names_are_printed_whole(long_document):
    page = " ".join(" ".join(pages_of(render_pdf(long_document))).split())
    assert page.count(LONG_NAME) >= 8
    assert "9" * 60 in page.replace(" ", "")
    assert "123,456,789,012.00" in page


@pytest.mark.parametrize(
    ("copy", "language"), [(False, "en"), (True, "en"), (True, "cs"), (True, "bg"), (True, "hy"), (True, "ru")]
)
def test_nothing_overlaps_and_nothing_leaves_the_paper(make_document, make_line, long_document, copy, language):
    far_down = DocumentParty(name=LONG_NAME, address_lines=(LONG_NAME, LONG_NAME))
    documents = [
        long_document,
        make_document(buyer=far_down),
        make_document(make_line(LONG_NAME * 30, explanation=LONG_NAME * 30)),
        *(make_document(*[make_line()] * count) for count in range(1, 40)),
        *(make_document(*[make_line(LONG_NAME)] * count) for count in range(1, 20)),
        *(make_document(make_line(explanation=LONG_NAME * count), *[make_line()] * 30) for count in range(8)),
    ]
    for page in (page for document in documents for page in laid_out(document, texts(language), copy=copy)):
        lines = [_rectangle(top, mark) for top, block in page for mark in block.marks if isinstance(mark, Line)]
        for left, top, right, bottom, text in lines:
            assert LEFT - 0.01 <= left < right <= RIGHT + 0.01, text
            assert 0 < top < bottom < PAGE_HEIGHT, text
        for one, other in combinations(lines, 2):
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, (one, other)


def _rectangle(block_top: float, line: Line) -> tuple[float, float, float, float, str]:
    """The space a line of type takes between its tallest capital and its deepest descender."""
    width = width_of(line.text, line.style)
    left = {"left": line.column.x, "center": line.column.x + (line.column.width - width) / 2}.get(
        line.align, line.column.right - width
    )
    baseline, size = block_top + line.baseline, line.style.size_pt / mm
    return left, baseline - 0.72 * size, left + width, baseline + 0.24 * size, line.text


def test_equal_lines_are_printed_once_with_their_quantity(make_document, make_line):
    three = make_line(
        net="1350.00", quantity=3, units=Decimal(3), unit_price=Decimal(450), explanation="450.00 EUR a month"
    )
    document = make_document(three, make_line("Cable"))
    (page,) = pages_of(render_pdf(document))
    assert "Quantity" in page and "3 450.00" in page and "each: 450.00 EUR a month" in page and "1,350.00" in page
    assert "1 ×" not in page
