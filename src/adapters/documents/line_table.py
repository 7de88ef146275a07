"""The table of a document's lines: its columns, as wide as they need to be, its head and its rows.

A column that would say nothing is left out: quantity and unit price if every line is one unit, the amount with VAT if
the price list is without. What the others do not need is the description's. If there are many lines, they are set
densely, so that fewer pages are printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from adapters.documents import page_grid as grid
from adapters.documents.texts import Texts
from adapters.documents.typesetting import Align, Block, Column, Style, broken, width_of
from billing_core.invoicing.documents import Document, DocumentLine

DENSE_FROM_LINES = 20


class Cells(NamedTuple):
    """A column to the right of the description: its heading, and what each line has in it."""

    heading: str
    text: Callable[[DocumentLine], str]
    align: Align = "right"


class LineTable:
    """The table of one document."""

    def __init__(self, document: Document, words: Texts) -> None:
        self._lines = document.lines
        self._words = words
        self._cells = list(_cells(document, words))
        has_many = len(document.lines) >= DENSE_FROM_LINES
        is_dense = has_many or _room_beside(self._widths(grid.BODY)) < grid.LEAST_DESCRIPTION
        self._body: Style = grid.DENSE_BODY if is_dense else grid.BODY
        self._small: Style = grid.DENSE_SMALL if is_dense else grid.SMALL
        self._padding: float = grid.DENSE_PADDING if has_many else grid.ROW_PADDING
        self._columns = _columns(self._widths(self._body))
        self._description = Column(grid.LEFT, self._columns[0].x - grid.LEFT - grid.GUTTER)
        self._explanation = Column(grid.LEFT, self._columns[1].x - grid.LEFT - grid.GUTTER)

    def head(self) -> Block:
        """The headings of the columns."""
        block = Block()
        y = block.write_in_one_line(self._words.label("description"), self._description, 0, grid.LABEL)
        for cells, column in zip(self._cells, self._columns, strict=True):
            block.write_in_one_line(cells.heading, column, 0, grid.LABEL, cells.align)
        block.rule(grid.FULL, y, grid.STRONG_RULE_PT, grid.INK)
        return block

    def rows(self) -> Iterator[Block]:
        """All lines."""
        for line in self._lines:
            yield from self._rows(line)

    def _rows(self, line: DocumentLine) -> Iterator[Block]:
        """One line; a text that would fill a page runs on in further rows, so that a page can end."""
        row = Block()
        y = self._padding
        for cells, column in zip(self._cells, self._columns, strict=True):
            row.write_in_one_line(cells.text(line), column, y, self._body, cells.align)
        texts = (
            (line.description, self._description, self._body),
            (self._words.explanation(line), self._explanation, self._small),
        )
        for text, column, style in texts:
            for piece in broken(text, style, column.width):
                if y > grid.MAX_ROW_HEIGHT:
                    yield row
                    row, y = Block(), 0.0
                y = row.write_in_one_line(piece, column, y, style)
        row.leave(self._padding)
        row.rule(grid.FULL, row.height, grid.HAIRLINE_PT, grid.HAIRLINE_INK)
        yield row

    def _widths(self, body: Style) -> list[float]:
        """The width of the widest text of each column, set in a style."""
        return [
            max(
                width_of(cells.heading, grid.LABEL),
                *(width_of(text, body) for text in {cells.text(line) for line in self._lines}),
            )
            for cells in self._cells
        ]


def _cells(document: Document, words: Texts) -> Iterator[Cells]:
    """The columns that say something, from left to right; the period is the first."""
    currency = document.net.currency
    yield Cells(words.label("period"), lambda line: words.period(line.from_on, line.to_on), "left")
    if any(line.unit_price is not None for line in document.lines):
        yield Cells(words.label("units"), lambda line: words.units(line.units) if line.unit_price is not None else "")
        yield Cells(
            words.label("unit_price"),
            lambda line: "" if line.unit_price is None else words.unit_price(line.unit_price, currency),
        )
    yield Cells(words.label("vat_rate"), lambda line: words.rate(line.vat_rate))
    yield Cells(f"{words.label('net')} {currency}", lambda line: words.number(line.net))
    if any(line.gross is not None for line in document.lines):
        yield Cells(words.label("gross"), lambda line: "" if line.gross is None else words.number(line.gross))


def _columns(widths: Sequence[float]) -> list[Column]:
    """The columns at the right edge of the page, made narrower if they would leave too little for the description."""
    missing = max(0.0, grid.LEAST_DESCRIPTION - _room_beside(widths))
    widths = [width * (1 - missing / sum(widths)) for width in widths]
    return grid.columns(grid.RIGHT - sum(widths) - grid.GUTTER * (len(widths) - 1), *widths)


def _room_beside(widths: Sequence[float]) -> float:
    """What columns of these widths leave for the description."""
    return grid.FULL.width - sum(widths) - grid.GUTTER * len(widths)
