"""Paper of the house's own, such as the day of a crew or a contract: placed blocks, with title and page number at each
foot.
"""

from __future__ import annotations

from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from adapters.documents import page_grid as grid
from adapters.documents.blocks import page_number
from adapters.documents.fonts import typeface
from adapters.documents.pdf import Pages
from adapters.documents.typesetting import Block, paint
from adapters.languages.codes import SOURCE_LANGUAGE


def render_pages(title: str, house: str, pages: Pages, language: str = SOURCE_LANGUAGE) -> bytes:
    """The pages as a PDF, the same bytes each time; `language` is that of their words."""
    file = BytesIO()
    canvas = Canvas(
        file, pagesize=(grid.PAGE_WIDTH * mm, grid.PAGE_HEIGHT * mm), pageCompression=1, invariant=1, lang=language,
        initialFontName=typeface("regular")[0].name,
    )  # fmt: skip
    canvas.setTitle(title)
    canvas.setAuthor(house)
    for number, page in enumerate(pages.placed, start=1):
        foot = _foot(title)
        top = grid.FOOTER_BOTTOM - foot.height
        counted = page_number(f"{number} / {len(pages.placed)}")
        for place, block in [*page, (top, foot), (top, counted)]:
            paint(canvas, block, place, grid.PAGE_HEIGHT)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _foot(title: str) -> Block:
    block = Block()
    block.rule(grid.FULL, 0, grid.HAIRLINE_PT, grid.HAIRLINE_INK)
    block.write_in_one_line(title, grid.FOOTER, grid.ROW_PADDING, grid.FOOTNOTE)
    return block
