"""Traffic as a picture: a line for each value over the hours, days or months, as SVG.

Decides what is drawn and in which unit, not what it looks like in detail: that is matplotlib's. Texts stay texts, so
the one who opens it has fonts for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from io import BytesIO
from threading import Lock
from typing import Any, NamedTuple

from adapters.documents.fonts import printable
from billing_core.usage.traffic import Measure
from projections.usage.traffic import TrafficRow

MOST_LINES = 8
WIDTH, HEIGHT = 10.0, 5.0  # inches
# Colours that remain different to those who see few (Okabe and Ito); grey is that of the others together.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#f0e442", "#000000", "#999999")
OTHERS = "others"
# Fixed ids and no date, so that the same traffic is the same picture.
STYLE: Any = {"svg.fonttype": "none", "svg.hashsalt": "traffic", "font.size": 9.0, "font.family": "sans-serif",
              "text.parse_math": False}  # fmt: skip
drawing = Lock()  # The settings of matplotlib are the process's.


class Unit(NamedTuple):
    """The unit of an axis: its name, and how much of what is measured is one."""

    name: str
    size: int


class Line(NamedTuple):
    """What is drawn of a value: the amount at each time, in the order of time; 0 if there was none."""

    of: str
    amounts: Sequence[float]


UNITS: Mapping[str, tuple[Unit, ...]] = {
    "bytes": (Unit("TB", 10**12), Unit("GB", 10**9), Unit("MB", 10**6), Unit("kB", 10**3), Unit("bytes", 1)),
    "seconds": (Unit("hours", 3_600), Unit("minutes", 60), Unit("seconds", 1)),
    "records": (Unit("records", 1),),
    "quantity": (Unit("units", 1),),
}


def traffic_svg(rows: Iterable[TrafficRow], measure: Measure, title: str, zone: tzinfo) -> bytes:
    """The picture; the values with most have lines of their own, the others one together."""
    # Heavy, and needed by pictures alone.
    import matplotlib
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.figure import Figure

    times, lines = lines_of(rows, measure, zone)
    unit = unit_of(measure, max((amount for line in lines for amount in line.amounts), default=0))
    file = BytesIO()
    with drawing, matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        axes: Any = figure.add_subplot()
        for line, colour in zip(lines, COLOURS, strict=False):
            scaled = [amount / unit.size for amount in line.amounts]
            axes.plot(times, scaled, label=printable(line.of) or "none", color=colour, marker="o", markersize=3)
        axes.set_title(printable(title), loc="left")
        axes.set_ylabel(unit.name)
        axes.set_ylim(bottom=0)
        axes.grid(axis="y", color="#dddddd")
        axes.spines[["top", "right"]].set_visible(False)
        locator = AutoDateLocator(tz=zone)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=zone))
        if lines:
            axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()


def lines_of(rows: Iterable[TrafficRow], measure: Measure, zone: tzinfo) -> tuple[list[datetime], list[Line]]:
    """The times at which there was traffic, and a line for each of the values with most, the others in one.

    Worked example: of ten values, the eight with most have lines of their own, and the ninth line is the sum of two.
    """
    found: dict[str, dict[datetime, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows:
        found[row.of][row.hour_at or _midnight(row.on, zone)] += float(row.amount(measure))
    times = sorted({at for amounts in found.values() for at in amounts})
    most = sorted(found, key=lambda of: (-sum(found[of].values()), of))
    lines = [Line(of, [found[of].get(at, 0.0) for at in times]) for of in most[:MOST_LINES]]
    if others := most[MOST_LINES:]:
        lines.append(Line(OTHERS, [sum(found[of].get(at, 0.0) for of in others) for at in times]))
    return times, lines


def unit_of(measure: Measure, most: float) -> Unit:
    """The largest unit that the largest value reaches.

    Worked example: 2,500,000 bytes are drawn in MB, 45 seconds in seconds.
    """
    units = UNITS["bytes" if measure.startswith("bytes") else measure]
    return next((unit for unit in units if most >= unit.size), units[-1])


def _midnight(on: date, zone: tzinfo) -> datetime:
    return datetime.combine(on, time(), zone)
