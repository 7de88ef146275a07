"""Setting type: lines broken to a width, and blocks of marks that are stacked on a page and painted.

A block knows its own height from what was set in it, so blocks that are stacked by height never overlap.
Lengths are millimetres and grow downwards from the block's top edge; type sizes are points.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from adapters.documents.fonts import Weight, printable, runs, width_em

Align = Literal["left", "right", "center"]
Ink = tuple[float, float, float]

# Where the baseline lies in a line of type, as a share of the leading.
BASELINE_SHARE = 0.76


class Style(NamedTuple):
    """How a line of type looks; `leading` is the distance from one line to the next."""

    size_pt: float
    leading: float
    ink: Ink
    weight: Weight = "regular"


class Line(NamedTuple):
    x: float
    baseline: float
    text: str
    style: Style
    align: Align


class Rule(NamedTuple):
    x: float
    y: float
    width: float
    thickness_pt: float
    ink: Ink


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    radius: float
    stroke: Ink | None
    fill: Ink | None


class Modules(NamedTuple):
    """The dark modules of a QR code, in a square."""

    x: float
    y: float
    side: float
    rows: Sequence[Sequence[int]]
    ink: Ink


def width_of(text: str, style: Style) -> float:
    """The width of one line of type."""
    return width_em(text, style.weight) * style.size_pt / mm


def fitted(text: str, style: Style, width: float) -> Style:
    """The style, made smaller where the text would be wider than the width."""
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
    """One word cut where the width ends; one piece where it fits."""
    pieces = [""]
    for character in word:
        if pieces[-1] and width_of(pieces[-1] + character, style) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


class Block:
    """Marks that belong together, and the height they take."""

    def __init__(self) -> None:
        self.height = 0.0
        self.marks: list[Line | Rule | Box | Modules] = []

    def write(self, text: str, x: float, y: float, width: float, style: Style, align: Align = "left") -> float:
        """Set text in a column that begins at x; answers where the next line may begin."""
        for line in broken(text, style, width):
            self._set(line, x, y, width, style, align)
            y += style.leading
        return self._reach(y)

    def write_in_one_line(
        self, text: str, x: float, y: float, width: float, style: Style, align: Align = "left"
    ) -> float:
        """Set text that must not be broken, such as an amount: made smaller where it would be too wide."""
        line = printable(text)
        self._set(line, x, y, width, fitted(line, style, width), align)
        return self._reach(y + style.leading)

    def rule(self, x: float, y: float, width: float, thickness_pt: float, ink: Ink) -> None:
        self.marks.append(Rule(x, y, width, thickness_pt, ink))
        self._reach(y)

    def box(
        self, x: float, y: float, width: float, height: float, radius: float, stroke: Ink | None, fill: Ink | None
    ) -> None:
        self.marks.append(Box(x, y, width, height, radius, stroke, fill))
        self._reach(y + height)

    def modules(self, rows: Sequence[Sequence[int]], x: float, y: float, side: float, ink: Ink) -> None:
        self.marks.append(Modules(x, y, side, rows, ink))
        self._reach(y + side)

    def space(self, height: float) -> None:
        """Leave room below what has been set."""
        self.height += height

    def _set(self, line: str, x: float, y: float, width: float, style: Style, align: Align) -> None:
        offset = {"left": 0.0, "center": width / 2, "right": width}[align]
        self.marks.append(Line(x + offset, y + style.leading * BASELINE_SHARE, line, style, align))

    def _reach(self, y: float) -> float:
        self.height = max(self.height, y)
        return y


def paint(canvas: Canvas, block: Block, top: float, page_height: float) -> None:
    """Put a block on the page, its top edge so far below the page's."""
    for mark in block.marks:
        match mark:
            case Line():
                _paint_line(canvas, mark, page_height - top - mark.baseline)
            case Rule():
                canvas.setStrokeColorRGB(*mark.ink)
                canvas.setLineWidth(mark.thickness_pt)
                y = (page_height - top - mark.y) * mm
                canvas.line(mark.x * mm, y, (mark.x + mark.width) * mm, y)
            case Box():
                _paint_box(canvas, mark, page_height - top - mark.y - mark.height)
            case Modules():
                _paint_modules(canvas, mark, page_height - top - mark.y)
