"""Names in a picture: broken into lines that fit, and where they stand."""

from __future__ import annotations

from itertools import pairwise

from adapters.bpmn.interchange import Box, Point

LETTER = 6.0  # the mean width of a letter of 11 pixels, a little on the safe side
LINE = 13.0
LEAST_WIDTH = 90.0
LONGEST_WORD = 24

Lines = tuple[list[str], Point]


def lines_of(text: str, width: float, most: int) -> list[str]:
    """The text in lines of this width, at most so many; the last one ends in an ellipsis if more follows.

    >>> lines_of("Allocate the address", 70, 3)
    ['Allocate', 'the address']
    >>> lines_of("Allocate the address", 70, 1)
    ['Allocate…']
    """
    letters = max(int(width / LETTER), 4)
    lines: list[str] = []
    for part in (part for word in text.split() for part in _parts(word, letters)):
        if lines and len(lines[-1]) + 1 + len(part) <= letters:
            lines[-1] += f" {part}"
        else:
            lines.append(part)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1][: letters - 1]}…"]
    return lines


def _parts(word: str, letters: int) -> list[str]:
    """A word that is longer than a line, in parts."""
    return [word[start : start + letters] for start in range(0, len(word), letters)]


def inside(box: Box, text: str, above: float = 0, under: float = 0) -> Lines:
    """The lines in a box, and the middle of the first one's base line; marks take room `above` and `under` them."""
    lines = lines_of(text, box.width - 8, max(int((box.height - above - under - 4) / LINE), 1))
    x, y = box.middle
    is_tight = (len(lines) + 1) * LINE > box.height - 2 * max(above, under)
    shift = (above - under) / 2 if is_tight else 0
    return lines, (x, y + shift - (len(lines) - 1) * LINE / 2 + 4)


def outside(box: Box, label: Box | None, text: str) -> Lines:
    """The lines of a name outside: where the modeller put it, or else below the shape."""
    lines = lines_of(text, _width(label, text), 6)
    if label:
        return lines, (label.middle[0], label.y + 10)
    return lines, (box.middle[0], box.y + box.height + LINE)


def along(points: tuple[Point, ...], label: Box | None, text: str) -> Lines:
    """The lines of a flow's name: where the modeller put it, or else above the middle of its longest part."""
    lines = lines_of(text, _width(label, text), 4)
    if label:
        return lines, (label.middle[0], label.y + 10)
    (x, y), (to_x, to_y) = max(pairwise(points), key=_length)
    return lines, ((x + to_x) / 2, (y + to_y) / 2 - 4 - (len(lines) - 1) * LINE)


def _length(ends: tuple[Point, Point]) -> float:
    (x, y), (to_x, to_y) = ends
    return abs(x - to_x) + abs(y - to_y)


def _width(label: Box | None, text: str) -> float:
    """The width for a name: that of its place, and of its longest word."""
    longest = min(max(map(len, text.split()), default=0), LONGEST_WORD)
    return max(label.width if label else 0.0, LEAST_WIDTH, longest * LETTER)
