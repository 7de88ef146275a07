"""Setting type: lines broken to a width, and blocks of marks that are stacked on a page and painted.

A block knows its own height from what was set in it, so blocks that are stacked by height never overlap.
Lengths are millimetres and grow downwards from the block's top edge; type sizes are points.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import Literal, NamedTuple

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from adapters.documents.fonts import Weight, printable, runs, width_em

Align = Literal["left", "right", "center"]
Ink = tuple[float, float, float]

# The place of the baseline in a line of type, as a share of the leading.
BASELINE_SHARE = 0.76
BOX_OUTLINE_PT = 0.5


class Style(NamedTuple):
    """How a line of type looks; `leading` is the distance from one line to the next."""

    size_pt: float
    leading: float
    ink: Ink
    weight: Weight = "regular"


class Column(NamedTuple):
    """A stretch of the page from left to right, in which type is set."""

    x: float
    width: float

    @property
    def right(self) -> float:
        return self.x + self.width


class Line(NamedTuple):
    """One line of type, standing on its baseline at the left edge, the middle or the right edge of a column."""

    column: Column
    baseline: float
    text: str
    style: Style
    align: Align

    @property
    def bottom(self) -> float:
        return self.baseline + self.style.leading * (1 - BASELINE_SHARE)


class Rule(NamedTuple):
    """A straight line across a column."""

    column: Column
    y: float
    thickness_pt: float
    ink: Ink

    @property
    def bottom(self) -> float:
        return self.y


class Box(NamedTuple):
    """A rectangle with round corners, as wide as a column; outlined, filled or both."""

    column: Column
    y: float
    height: float
    radius: float
    stroke: Ink | None
    fill: Ink | None

    @property
    def bottom(self) -> float:
        return self.y + self.height


class Modules(NamedTuple):
    """The dark modules of a QR code, in a square as wide as a column."""

    column: Column
    y: float
    rows: Sequence[Sequence[int]]
    ink: Ink

    @property
    def bottom(self) -> float:
        return self.y + self.column.width


Mark = Line | Rule | Box | Modules


def width_of(text: str, style: Style) -> float:
    """The width of one line of type."""
    return width_em(text, style.weight) * style.size_pt / mm


def fitted(text: str, style: Style, width: float) -> Style:
    """The style, made smaller if the text would be wider than the width."""
    needed = width_of(text, style)
    return style if needed <= width else style._replace(size_pt=style.size_pt * width / needed)


@lru_cache(maxsize=4096)
def broken(text: str, style: Style, width: float) -> tuple[str, ...]:
    """The text in lines no wider than the width: broken between words, and a word that is too long, inside."""
    text = printable(text)
    if width_of(text, style) <= width:
        return (text,) if text else ()
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width_of(longer, style) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, style, width)
        lines.extend(full)
    return (*lines, line)


def _pieces(word: str, style: Style, width: float) -> list[str]:
    """One word cut at the width; one piece if it fits."""
    pieces = [""]
    for character in word:
        is_mark = unicodedata.category(character).startswith("M")  # It belongs to the letter before it.
        if pieces[-1] and not is_mark and width_of(pieces[-1] + character, style) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


class Block:
    """Marks that belong together, and the height they take."""

    def __init__(self) -> None:
        self.height = 0.0
        self.marks: list[Mark] = []

    def add(self, *marks: Mark) -> None:
        self.marks.extend(marks)
        self.height = max(self.height, *(mark.bottom for mark in marks))

    def write(self, text: str, column: Column, y: float, style: Style) -> float:
        """Set text in a column, broken into lines; the place of the next line."""
        for line in broken(text, style, column.width):
            y = self._set(line, column, y, style, "left")
        return y

    def write_in_one_line(self, text: str, column: Column, y: float, style: Style, align: Align = "left") -> float:
        """Set text that must not be broken, such as an amount: made smaller if it would be too wide."""
        line = printable(text)
        return self._set(line, column, y, fitted(line, style, column.width), align)

    def rule(self, column: Column, y: float, thickness_pt: float, ink: Ink) -> None:
        self.add(Rule(column, y, thickness_pt, ink))

    def leave(self, height: float) -> None:
        """Leave room below what has been set."""
        self.height += height

    def _set(self, line: str, column: Column, y: float, style: Style, align: Align) -> float:
        self.add(Line(column, y + style.leading * BASELINE_SHARE, line, style, align))
        return y + style.leading


def paint(canvas: Canvas, block: Block, top: float, page_height: float) -> None:
    """Put a block on the page, its top edge so far below the page's. PDF measures upwards from the bottom edge."""
    above_bottom = page_height - top
    for mark in block.marks:
        match mark:
            case Line():
                _paint_line(canvas, mark, (above_bottom - mark.baseline) * mm)
            case Rule():
                _paint_rule(canvas, mark, (above_bottom - mark.y) * mm)
            case Box():
                _paint_box(canvas, mark, (above_bottom - mark.bottom) * mm)
            case Modules():
                _paint_modules(canvas, mark, (above_bottom - mark.y) * mm)


def _paint_line(canvas: Canvas, line: Line, y: float) -> None:
    x = line.column.x * mm
    if line.align != "left":
        spare = (line.column.width - width_of(line.text, line.style)) * mm
        x += spare if line.align == "right" else spare / 2
    canvas.setFillColorRGB(*line.style.ink)
    pen = canvas.beginText(x, y)
    for run in runs(line.text, line.style.weight):
        pen.setFont(run.font.name, line.style.size_pt)
        pen.textOut(run.text)
    canvas.drawText(pen)


def _paint_rule(canvas: Canvas, rule: Rule, y: float) -> None:
    canvas.setStrokeColorRGB(*rule.ink)
    canvas.setLineWidth(rule.thickness_pt)
    canvas.line(rule.column.x * mm, y, rule.column.right * mm, y)


def _paint_box(canvas: Canvas, box: Box, y: float) -> None:
    if box.stroke:
        canvas.setStrokeColorRGB(*box.stroke)
        canvas.setLineWidth(BOX_OUTLINE_PT)
    if box.fill:
        canvas.setFillColorRGB(*box.fill)
    canvas.roundRect(
        box.column.x * mm,
        y,
        box.column.width * mm,
        box.height * mm,
        box.radius * mm,
        stroke=int(box.stroke is not None),
        fill=int(box.fill is not None),
    )


def _paint_modules(canvas: Canvas, modules: Modules, y: float) -> None:
    """All dark modules as one path with one rectangle for each horizontal run: small, sharp, and without seams."""
    side = modules.column.width / len(modules.rows) * mm
    rectangles = []
    for row_number, row in enumerate(modules.rows, start=1):
        column = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                rectangles.append(f"{column} {-row_number} {length} 1 re")
            column += length
    canvas.saveState()
    canvas.translate(modules.column.x * mm, y)
    canvas.scale(side, side)
    canvas.setFillColorRGB(*modules.ink)
    canvas.addLiteral("\n".join([*rectangles, "f"]))
    canvas.restoreState()
