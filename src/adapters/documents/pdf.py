"""An issued document as a PDF: blocks stacked on A4 pages, the table of lines broken over as many as it needs.

Decides what stands on which page. The blocks come from `blocks`, their words from `texts`, and the amounts from
the document as they are.
"""

from __future__ import annotations

from io import BytesIO

from reportlab import rl_config
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from adapters.documents import blocks
from adapters.documents.fonts import typeface
from adapters.documents.line_table import LineTable
from adapters.documents.page_grid import (
    CONTINUATION_TOP,
    FIRST_ROWS_HEIGHT,
    FOOTER_BOTTOM,
    GAP,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    SELLER_TOP,
    TITLE_TOP,
    WINDOW_TOP,
)
from adapters.documents.texts import Texts, texts
from adapters.documents.typesetting import Block, paint
from billing_core.invoicing.documents import Document

# Streams of bytes instead of ASCII: a fifth smaller, and faster to write.
rl_config.useA85 = 0


# Each block of a page, with the distance of its top edge from the paper's.
Page = list[tuple[float, Block]]


class Pages:
    """Blocks placed from the top of each page down to the bottom of its content."""

    def __init__(self, content_bottom: float) -> None:
        self.content_bottom = content_bottom
        self.placed: list[Page] = [[]]
        self.y = 0.0

    def place(self, block: Block, top: float | None = None) -> None:
        """Put the block so far below the page's top edge, or below what has been placed."""
        top = self.y if top is None else top
        self.placed[-1].append((top, block))
        self.y = max(self.y, top + block.height)

    def has_room(self, height: float) -> bool:
        return self.y + height <= self.content_bottom

    def turn(self, *running: Block) -> None:
        """Begin another page, with the blocks that stand on top of it."""
        self.placed.append([])
        self.y = CONTINUATION_TOP
        for block in running:
            self.place(block)

    def take_back(self) -> Block:
        """Remove the block that was placed last."""
        self.y, block = self.placed[-1].pop()
        return block


def render_pdf(document: Document, *, copy: bool = False) -> bytes:
    """The document as a PDF, the same bytes each time; a copy is marked as one on every page."""
    words = texts(document.language)
    file = BytesIO()
    canvas = Canvas(
        file,
        pagesize=(PAGE_WIDTH * mm, PAGE_HEIGHT * mm),
        pageCompression=1,
        invariant=1,
        lang=document.language,
        initialFontName=typeface("regular")[0].name,  # else a font that is not embedded is named on each page
    )
    canvas.setTitle(words.title(document))
    canvas.setAuthor(document.seller.name)
    canvas.setSubject(document.account)
    for page in laid_out(document, words, copy=copy):
        for top, block in page:
            paint(canvas, block, top, PAGE_HEIGHT)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def laid_out(document: Document, words: Texts, *, copy: bool) -> list[Page]:
    """Which block stands where, page by page."""
    footer = blocks.footer(document, words)
    footer_top = FOOTER_BOTTOM - footer.height
    pages = Pages(footer_top - GAP)
    _place_head(pages, document, words, copy)
    _place_table(pages, document, words, copy)
    for number, page in enumerate(pages.placed, start=1):
        page.append((footer_top, footer))
        page.append((footer_top, blocks.page_number(words.page(number, len(pages.placed)))))
    return pages.placed


def _place_head(pages: Pages, document: Document, words: Texts, copy: bool) -> None:
    pages.place(blocks.seller(document.seller), SELLER_TOP)
    window_top = max(WINDOW_TOP, pages.y + GAP)
    pages.place(blocks.buyer(document), window_top)
    pages.place(blocks.facts(document, words), window_top)
    title = blocks.title(document, words, copy)
    if pages.has_room(GAP + title.height + FIRST_ROWS_HEIGHT):
        pages.place(title, max(TITLE_TOP, pages.y + GAP))
    else:
        pages.turn(title)


def _place_table(pages: Pages, document: Document, words: Texts, copy: bool) -> None:
    """The lines, then the totals and the payment together; these never stand on a page without a line."""
    running_head = blocks.running_head(document, words, copy)
    table = LineTable(document, words)
    table_head = table.head()
    pages.place(table_head)
    rows_on_page = 0
    for row in table.rows():
        if not pages.has_room(row.height):
            pages.turn(running_head, table_head)
            rows_on_page = 0
        pages.place(row)
        rows_on_page += 1
    summary, payment = blocks.summary(document, words), blocks.payment(document, words)
    if not pages.has_room(summary.height + payment.height):
        if rows_on_page > 1:
            last_row = pages.take_back()
            pages.turn(running_head, table_head, last_row)
        else:
            pages.turn(running_head)
    pages.place(summary)
    pages.place(payment, pages.content_bottom - payment.height)
