"""Charts as SVG, drawn on the server: bars, stacked bars, lines, shares, and the small line of a figure.

Colours are classes of the stylesheet. A chart has a title and a description for who cannot see it; the table under it
has the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from markupsafe import Markup, escape

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 1080, 220, 72, 12, 24
SMALL_WIDTH, SMALL_HEIGHT, SMALL_EDGE = 120, 32, 3
BAR_CLASSES = ("c-bar", "c-bar2", "c-warn", "c-late", "c-bad", "c-calm")
LINE_CLASSES = ("c-line", "c-line2", "c-line3", "c-line4", "c-line5", "c-then")
STEPS_OF_SCALE, LETTERS_OF_LABEL, LETTER_WIDTH = 4, 14, 7


class Series(NamedTuple):
    """One value for each label; `name` stands in the key."""

    name: str
    values: Sequence[Decimal]


class Drawing(NamedTuple):
    """What is drawn: a series or several over the same labels; `number` writes a value of the scale."""

    kind: Literal["bars", "stacked", "lines", "shares"]
    labels: Sequence[str]
    series: Sequence[Series]
    title: str
    about: str
    number: Callable[[Decimal], str]


def drawn(drawing: Drawing) -> Markup:
    """The chart as SVG."""
    if drawing.kind == "shares":
        return _shares(drawing)
    lowest, highest = _reach(drawing)
    scale = _Scale(lowest, highest)
    parts = [_lines_of_scale(scale, drawing.number), _labels(drawing.labels)]
    draw = {"bars": _bars, "stacked": _stacked, "lines": _lines}[drawing.kind]
    return _framed(drawing, HEIGHT, Markup("").join([*parts, draw(drawing, scale)]))


def key_of(drawing: Drawing) -> list[tuple[str, str]]:
    """The class and the name of each series, if there are several; of shares those of the labels."""
    if drawing.kind == "shares":
        return [(BAR_CLASSES[place % len(BAR_CLASSES)], label) for place, label in enumerate(drawing.labels)]
    classes = LINE_CLASSES if drawing.kind == "lines" else BAR_CLASSES
    named = [(classes[place % len(classes)], series.name) for place, series in enumerate(drawing.series)]
    return named if len(named) > 1 else []


def small_line(now: Sequence[Decimal], before: Sequence[Decimal] = ()) -> Markup:
    """The way that a figure took, and in dashes the one before; without two days there is none."""
    if len(now) < 2 and len(before) < 2:
        return Markup("")
    every = [*now, *before]
    low, high = min(every), max(every)
    steps = max(len(now), len(before)) - 1

    def points(values: Sequence[Decimal]) -> str:
        reach = SMALL_HEIGHT - 2 * SMALL_EDGE
        heights = [float((value - low) / (high - low)) if high > low else 0.5 for value in values]
        return " ".join(
            f"{SMALL_WIDTH * place / steps:.1f},{SMALL_HEIGHT - SMALL_EDGE - reach * height:.1f}"
            for place, height in enumerate(heights)
        )

    lines = [
        Markup('<polyline class="{}" points="{}"/>').format(name, points(values))
        for name, values in (("c-then", before), ("c-line", now))
        if len(values) > 1
    ]
    return Markup(
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(SMALL_WIDTH, SMALL_HEIGHT, Markup("").join(lines))  # fmt: skip


class _Scale:
    """Heights of values: from the lowest to the highest round value around them, with zero among them."""

    def __init__(self, lowest: Decimal, highest: Decimal) -> None:
        self.step = _round_step((highest - lowest) / STEPS_OF_SCALE)
        self.low = (lowest / self.step).to_integral_value("ROUND_FLOOR") * self.step
        self.high = (highest / self.step).to_integral_value("ROUND_CEILING") * self.step
        if self.high == self.low:
            self.high = self.low + self.step

    def y(self, value: Decimal) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(HEIGHT - BOTTOM - float(share) * (HEIGHT - BOTTOM - TOP), 1)

    def values(self) -> list[Decimal]:
        count = int((self.high - self.low) / self.step)
        return [self.low + self.step * place for place in range(count + 1)]


def _round_step(least: Decimal) -> Decimal:
    """The smallest of 1, 2, 5, 10, 20 ... (or 0.1, 0.2, 0.5 ...) that is not below a value."""
    if least <= 0:
        return Decimal(1)
    power = Decimal(10) ** least.adjusted()
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least)


def _reach(drawing: Drawing) -> tuple[Decimal, Decimal]:
    if drawing.kind == "stacked":
        sums = [sum(values, Decimal(0)) for values in zip(*(each.values for each in drawing.series), strict=True)]
        parts = [min(value, Decimal(0)) for each in drawing.series for value in each.values]
        return min([Decimal(0), *sums, *parts]), max([Decimal(0), *sums])
    every = [value for each in drawing.series for value in each.values]
    return min([Decimal(0), *every]), max([Decimal(0), *every])


def _lines_of_scale(scale: _Scale, number: Callable[[Decimal], str]) -> Markup:
    return Markup("").join(
        Markup(
            '<line class="c-axis" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>'
            '<text x="{3}" y="{4}" text-anchor="end">{5}</text>'
        ).format(LEFT, WIDTH, scale.y(value), LEFT - 6, scale.y(value) + 4, number(value))
        for value in scale.values()
    )  # fmt: skip


def _labels(labels: Sequence[str]) -> Markup:
    """As many labels as have room, evenly."""
    place = _room(labels)
    longest = min(max((len(label) for label in labels), default=1), LETTERS_OF_LABEL)
    every = max(1, -(-(longest + 2) * LETTER_WIDTH // max(1, int(place))))
    return Markup("").join(
        Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
            LEFT + place * (number + 0.5), HEIGHT - 6, _short(label)
        )
        for number, label in enumerate(labels)
        if number % every == 0
    )


def _short(label: str) -> str:
    return label if len(label) <= LETTERS_OF_LABEL else f"{label[: LETTERS_OF_LABEL - 1]}…"


def _room(labels: Sequence[str]) -> float:
    return (WIDTH - LEFT) / max(1, len(labels))


def _bars(drawing: Drawing, scale: _Scale) -> Markup:
    place, count = _room(drawing.labels), max(1, len(drawing.series))
    broad = min(place * 0.7 / count, 48)
    zero = scale.y(Decimal(0))
    made = []
    for number, series in enumerate(drawing.series):
        for at, value in enumerate(series.values):
            x = LEFT + place * (at + 0.5) + broad * (number - count / 2)
            made.append(_bar(BAR_CLASSES[number % len(BAR_CLASSES)], (x, broad - 1), scale.y(value), zero))
    return Markup("").join(made)


def _stacked(drawing: Drawing, scale: _Scale) -> Markup:
    place = _room(drawing.labels)
    broad, made = min(place * 0.7, 64), []
    for at in range(len(drawing.labels)):
        x, above, under = LEFT + place * (at + 0.5) - broad / 2, Decimal(0), Decimal(0)
        for number, series in enumerate(drawing.series):
            value = series.values[at]
            begin = above if value >= 0 else under
            end = begin + value
            above, under = (end, under) if value >= 0 else (above, end)
            name = BAR_CLASSES[number % len(BAR_CLASSES)]
            made.append(_bar(name, (x, broad), scale.y(end), scale.y(begin)))
    return Markup("").join(made)


def _bar(name: str, across: tuple[float, float], y: float, zero: float) -> Markup:
    x, broad = across
    return Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="1.5"/>').format(
        name, x, min(y, zero), max(broad, 1), abs(zero - y)
    )


def _lines(drawing: Drawing, scale: _Scale) -> Markup:
    place = _room(drawing.labels)
    made = []
    for number, series in enumerate(drawing.series):
        points = [f"{LEFT + place * (at + 0.5):.1f},{scale.y(value):.1f}" for at, value in enumerate(series.values)]
        name = LINE_CLASSES[number % len(LINE_CLASSES)]
        made.append(Markup('<polyline class="{}" points="{}"/>').format(name, " ".join(points)))
    return Markup("").join(made)


def _shares(drawing: Drawing) -> Markup:
    """One bar, parted by the values that are above zero."""
    values = [max(value, Decimal(0)) for value in drawing.series[0].values]
    whole, x, made = sum(values, Decimal(0)), 0.0, []
    for place, value in enumerate(values):
        broad = WIDTH * float(value / whole) if whole else 0
        name = BAR_CLASSES[place % len(BAR_CLASSES)]
        made.append(
            Markup('<rect class="{}" x="{:.1f}" width="{:.1f}" height="14"/>').format(name, x, max(broad - 1, 0))
        )
        x += broad
    return _framed(drawing, 14, Markup("").join(made))


def _framed(drawing: Drawing, height: int, content: Markup) -> Markup:
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img"{}><title>{}</title><desc>{}</desc>{}</svg>'
    ).format(
        WIDTH, height, Markup(' preserveAspectRatio="none"') if drawing.kind == "shares" else "",
        escape(drawing.title), escape(drawing.about), content,
    )  # fmt: skip
