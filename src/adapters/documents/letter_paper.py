"""Letters to customers on paper: sender, address in the window of the envelope, date, subject and text.

The documents that go with a letter are the pages after it, so that a batch is one file in the order in which it is put
into envelopes. Each letter begins on a page of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from io import BytesIO
from typing import NamedTuple

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from adapters.documents import page_grid as grid
from adapters.documents.blocks import page_number, seller
from adapters.documents.fonts import typeface
from adapters.documents.pdf import Page, Pages, laid_out
from adapters.documents.texts import texts
from adapters.documents.typesetting import Block, paint
from adapters.languages.language import language_of
from billing_core.invoicing.documents import Document, DocumentParty

CONTENT_BOTTOM = 272.0


class Letter(NamedTuple):
    """What is printed. `recipient` are the lines of the envelope."""

    language: str
    sender: DocumentParty
    recipient: Sequence[str]
    written_on: date
    subject: str
    text: str
    documents: Sequence[Document] = ()


def render_letters(title: str, letters: Sequence[Letter]) -> tuple[bytes, list[int]]:
    """The letters as one PDF, the same bytes each time; and the number of the page on which each begins."""
    file = BytesIO()
    canvas = Canvas(
        file, pagesize=(grid.PAGE_WIDTH * mm, grid.PAGE_HEIGHT * mm), pageCompression=1, invariant=1,
        initialFontName=typeface("regular")[0].name,
    )  # fmt: skip
    canvas.setTitle(title)
    begins, count = [], 0
    for letter in letters:
        begins.append(count + 1)
        for page in _pages(letter):
            for top, block in page:
                paint(canvas, block, top, grid.PAGE_HEIGHT)
            canvas.showPage()
            count += 1
    canvas.save()
    return file.getvalue(), begins


def _pages(letter: Letter) -> Iterator[Page]:
    pages = Pages(CONTENT_BOTTOM)
    pages.place(seller(letter.sender), grid.SELLER_TOP)
    pages.place(_window(letter), max(grid.WINDOW_TOP, pages.y + grid.GAP))
    pages.place(_head(letter), max(grid.TITLE_TOP, pages.y + grid.GAP))
    for line in letter.text.split("\n"):
        block = _line(line)
        if not pages.has_room(block.height):
            pages.turn()
        pages.place(block)
    for number, page in enumerate(pages.placed, start=1):
        counted = page_number(f"{number} / {len(pages.placed)}")
        yield [*page, (grid.FOOTER_BOTTOM - counted.height, counted)] if len(pages.placed) > 1 else page
    for document in letter.documents:
        yield from laid_out(document, texts(document.language), copy=False)


def _window(letter: Letter) -> Block:
    """What the window of the envelope shows."""
    block = Block()
    sender = ", ".join((letter.sender.name, *letter.sender.address_lines))
    y = block.write_in_one_line(sender, grid.WINDOW, 0, grid.SENDER)
    for line in letter.recipient:
        y = block.write(line, grid.WINDOW, y, grid.ADDRESS)
    return block


def _head(letter: Letter) -> Block:
    block = Block()
    y = block.write(language_of(letter.language).date(letter.written_on), grid.FULL, 0, grid.BODY)
    block.write(letter.subject, grid.FULL, y + grid.ROW_PADDING, grid.SELLER_NAME)
    block.leave(grid.GAP)
    return block


def _line(text: str) -> Block:
    block = Block()
    if text.strip():
        block.write(text, grid.FULL, 0, grid.BODY)
    else:
        block.leave(grid.BODY.leading)
    return block
