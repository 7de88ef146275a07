"""Paper of the house's own, such as the day of a crew: placed blocks, with title and page number at each foot."""

from __future__ import annotations

from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from adapters.documents import page_grid as grid
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
        foot = Block()
        foot.write(f"{title} \u00b7 {number} / {len(pages.placed)}", grid.FULL, 0, grid.SMALL)
        for top, block in [*page, (grid.FOOTER_BOTTOM - foot.height, foot)]:
            paint(canvas, block, top, grid.PAGE_HEIGHT)
        canvas.showPage()
    canvas.save()
    return file.getvalue()
