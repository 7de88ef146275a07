"""A report on paper, A4 across: question and parameters on top, then the rows under a head that each page repeats.

The columns share the width by what stands in them; a text that is too long for its column is broken, a number is set
smaller. Paper is for reading: more rows than `MOST_ROWS` are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import BinaryIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from adapters.documents import page_grid as grid
from adapters.documents.fonts import typeface
from adapters.documents.pdf import Pages
from adapters.documents.typesetting import Block, Column, paint, width_of
from adapters.files.reports.workbook import question_of
from adapters.languages.language import NO_BREAK_SPACE, language_of
from billing_core.kernel.currencies import minor_digits
from billing_core.kernel.errors import RuleViolation
from projections.reports.definition import Column as ReportColumn
from projections.reports.whole import Value, WholeAnswer

MOST_ROWS = 2_000
WIDTH, HEIGHT, MARGIN, GUTTER = 297.0, 210.0, 14.0, 2.5
FULL = Column(MARGIN, WIDTH - 2 * MARGIN)
CONTENT_BOTTOM, FOOT_TOP, HEAD_TOP = 193.0, 197.0, 12.0
LEAST, MOST = 9.0, 60.0
LABEL, SAID = Column(MARGIN, 32.0), Column(MARGIN + 34.0, FULL.width - 34.0)
NUMERIC = ("count", "quantity", "money", "share")
CELL, HEAD_CELL = grid.DENSE_BODY, grid.DENSE_SMALL
TENTH = Decimal("0.1")
# What stands for an empty text by which rows are told apart, as on the pages.
NOBODY = "-"
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Texts = Sequence[str]


class _Words:
    """How the language of the paper writes what stands in a cell."""

    def __init__(self, answer: WholeAnswer) -> None:
        self._answer = answer
        self._written = language_of(answer.language)

    def text(self, value: Value, column: ReportColumn, currency: str) -> str:
        """A value; nothing if there is none."""
        match value:
            case bool():
                return self._answer.said("Yes") if value else self._answer.said("No")
            case int() | Decimal():
                return self._number(Decimal(value), column, currency)
            case datetime():
                return self._written.moment(value, self._answer.by.zone)
            case date():
                return self._written.month(value) if column.kind == "month" else self._written.date(value)
        return str(value) if value else NOBODY if value == "" and column.name in self._answer.report.keys else ""

    def _number(self, value: Decimal, column: ReportColumn, currency: str) -> str:
        """A share with one decimal, an amount with the decimals of its currency, and more if it has more."""
        if column.kind == "share":
            return f"{self._written.decimal((100 * value).quantize(TENTH, ROUND_HALF_UP), 1)}{NO_BREAK_SPACE}%"
        if column.kind == "money":
            return self._written.decimal(value, decimals_of(value, currency))
        return self._written.number(value)

    def question(self) -> list[tuple[str, str]]:
        """What was asked, its days as the language writes them."""
        return [(name, self._day(text)) for name, text in question_of(self._answer)[1:]]

    def _day(self, text: str) -> str:
        return self._written.date(date.fromisoformat(text)) if DAY.fullmatch(text) else text


def decimals_of(amount: Decimal, currency: str) -> int:
    """How many decimals an amount is written with: 1250.5 EUR and 1250.500000 EUR with two, 0.0125 EUR with four."""
    own = -int(amount.normalize().as_tuple().exponent)
    return max(own, minor_digits(currency) if currency else 0, 0)


def write_report_paper(answer: WholeAnswer, file: BinaryIO) -> None:
    """The report as a PDF; with too many rows `RuleViolation`."""
    if answer.row_count > MOST_ROWS:
        raise RuleViolation(f"are more than the {MOST_ROWS:,} that are printed; ask for fewer days or one of them, or "
                            "take a workbook", field="rows", value=f"{answer.row_count:,}")  # fmt: skip
    columns = answer.report.columns
    words, currency_of = _Words(answer), _currency_of(columns)
    rows = [
        [words.text(value, column, currency_of(row)) for value, column in zip(row, columns, strict=True)]
        for row in answer.rows
    ]
    totals = _totals(answer, words) if answer.report.summed else []
    table = _Table(columns, [*rows, *totals])
    pages = Pages(CONTENT_BOTTOM)
    pages.place(_top(answer, words), HEAD_TOP)
    pages.place(table.head())
    blocks = [*(table.row(row) for row in rows), *(table.row(row, is_total=True) for row in totals)]
    for block in blocks or [_no_rows(answer)]:
        if not pages.has_room(block.height):
            pages.turn(table.head())
        pages.place(block)
    _paint(answer, pages, file)


class _Table:
    """The columns with their places on the page."""

    def __init__(self, columns: Sequence[ReportColumn], rows: Sequence[Texts]) -> None:
        self._columns = columns
        wanted = [
            min(MOST, max(LEAST, width_of(column.title, HEAD_CELL), *(width_of(row[at], CELL) for row in rows), 0.0))
            for at, column in enumerate(columns)
        ]
        room = FULL.width - GUTTER * (len(columns) - 1)
        # Columns that are wider than their text leave nothing empty between them on a page that is full.
        scale = min(1.0, room / sum(wanted))
        self._places, x = list[Column](), MARGIN
        for width in wanted:
            self._places.append(Column(x, width * scale))
            x += width * scale + GUTTER

    def head(self) -> Block:
        """The titles of the columns."""
        block = Block()
        for column, place in zip(self._columns, self._places, strict=True):
            if column.kind in NUMERIC:
                block.write_in_one_line(column.title, place, 0, HEAD_CELL, "right")
            else:
                block.write(column.title, place, 0, HEAD_CELL)
        block.leave(grid.DENSE_PADDING)
        block.rule(FULL, block.height, grid.STRONG_RULE_PT, grid.INK)
        return block

    def row(self, texts: Texts, *, is_total: bool = False) -> Block:
        """A row, its numbers at the right."""
        block = Block()
        style = CELL._replace(weight="semibold") if is_total else CELL
        for text, column, place in zip(texts, self._columns, self._places, strict=True):
            if column.kind in NUMERIC:
                block.write_in_one_line(text, place, grid.DENSE_PADDING, style, "right")
            else:
                block.write(text, place, grid.DENSE_PADDING, style)
        block.leave(grid.DENSE_PADDING)
        block.rule(FULL, block.height, grid.HAIRLINE_PT, grid.HAIRLINE_INK)
        return block


def _top(answer: WholeAnswer, words: _Words) -> Block:
    block = Block()
    y = block.write(answer.report.title, FULL, 0, grid.SELLER_NAME)
    for name, text in words.question():
        block.write(name, LABEL, y, grid.SMALL)
        y = max(block.write(text, SAID, y, grid.DENSE_BODY), y + grid.DENSE_BODY.leading)
    block.leave(grid.GAP)
    return block


def _no_rows(answer: WholeAnswer) -> Block:
    block = Block()
    block.write(answer.said("No rows."), FULL, grid.ROW_PADDING, CELL)
    return block


def _totals(answer: WholeAnswer, words: _Words) -> list[list[str]]:
    """A row of texts for each currency."""
    columns = answer.report.columns
    found = []
    for total in answer.totals:
        texts = [
            words.text(total.sums[column.name], column, total.currency) if column.total else "" for column in columns
        ]
        for place, column in enumerate(columns):
            if column.name == "currency":
                texts[place] = total.currency
        if not texts[0] and columns[0].name != "currency":
            texts[0] = answer.said("Total")
        found.append(texts)
    return found


def _currency_of(columns: Sequence[ReportColumn]) -> Callable[[Sequence[Value]], str]:
    """Which currency a row is in, if it is in any."""
    places = [place for place, column in enumerate(columns) if column.name == "currency"]
    return lambda row: str(row[places[0]] or "") if places else ""


def _paint(answer: WholeAnswer, pages: Pages, file: BinaryIO) -> None:
    canvas = Canvas(file, pagesize=(WIDTH * mm, HEIGHT * mm), pageCompression=1, invariant=1, lang=answer.language,
                    initialFontName=typeface("regular")[0].name)  # fmt: skip
    canvas.setTitle(answer.report.title)
    for number, page in enumerate(pages.placed, start=1):
        foot = Block()
        foot.write_in_one_line(answer.report.title, FULL, 0, grid.FOOTNOTE)
        foot.write_in_one_line(f"{number} / {len(pages.placed)}", FULL, 0, grid.FOOTNOTE, "right")
        for top, block in [*page, (FOOT_TOP, foot)]:
            paint(canvas, block, top, HEIGHT)
        canvas.showPage()
    canvas.save()
