"""The chart of a report as SVG: bars, stacked bars, lines or shares, as the report says.

Amounts of two currencies are never drawn on one axis: each currency has a picture of its own below the other. What is
many is cut: the largest values have a place of their own, the others share one.

    bars      a bar for each value of `over`, with `by` bars side by side
    stacked   the bars of `by` on top of each other
    lines     a line for each value of `by` over days or months
    shares    bars that lie, each with its share of the sum of its currency
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, NamedTuple

from adapters.documents.fonts import printable
from adapters.documents.traffic_plot import drawing
from billing_core.kernel.errors import RuleViolation
from projections.reports.definition import Chart, Report
from projections.reports.whole import Value, WholeAnswer

MOST_PLACES, MOST_SERIES = 24, 7
WIDTH, HEIGHT = 10.0, 4.5  # inches
# The marks of the pages (tokens.css), by day; the last one is that of the others together.
COLOURS = ("#2a55c4", "#e3a83f", "#0f6238", "#d9703f", "#1d4da8", "#b3202b", "#858e98", "#c3c9d1")
INK, HAIR = "#57606a", "#e8ebef"
OTHERS = "others"
STYLE: Any = {"svg.fonttype": "none", "svg.hashsalt": "report", "font.size": 9.0, "font.family": "sans-serif",
              "text.parse_math": False, "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK,
              "ytick.color": INK, "axes.edgecolor": HAIR}  # fmt: skip


class Series(NamedTuple):
    """What is drawn in one colour: a value for each place of the picture."""

    name: str
    values: Sequence[Decimal]


class Picture(NamedTuple):
    """The places of `over` in order, and the series of `by`; in one currency, if it is about amounts."""

    currency: str
    places: Sequence[str]
    series: Sequence[Series]


def write_report_plot(answer: WholeAnswer, file: BinaryIO) -> None:
    """The chart; a report that has none is refused."""
    import matplotlib
    from matplotlib.figure import Figure

    report, chart = answer.report, answer.report.chart
    if chart is None:
        raise RuleViolation("has no chart; take its rows as a table", field="report", value=report.name)
    pictures = pictures_of(report, chart, answer.rows)
    with drawing, matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT * max(1, len(pictures))), layout="constrained")
        for number, picture in enumerate(pictures, 1):
            axes: Any = figure.add_subplot(len(pictures), 1, number)
            _draw(axes, chart, picture)
            _label(axes, report, chart, picture)
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})


def pictures_of(report: Report, chart: Chart, rows: Iterable[Sequence[Value]]) -> list[Picture]:
    """What is drawn: for each currency the sums by place and series.

    Worked example, income over months by way of payment: two months and three ways make two places and three series,
    zero if there was nothing; with 30 ways, the seven with most have a series and the others one together.
    """
    names = [column.name for column in report.columns]
    of, over = names.index(chart.of), names.index(chart.over)
    by = names.index(chart.by) if chart.by else None
    column = report.column(chart.of)
    is_money = column is not None and column.kind == "money"
    currency = names.index("currency") if is_money else None
    found: dict[str, dict[tuple[str, str], Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in rows:
        key = (_place(row[over]), "" if by is None else _place(row[by]))
        found["" if currency is None else str(row[currency])][key] += Decimal(str(row[of] or 0))
    over_time = report.columns[over].kind in ("day", "month", "instant")
    return [_picture(code, sums, over_time=over_time) for code, sums in sorted(found.items())]


def _picture(currency: str, sums: dict[tuple[str, str], Decimal], *, over_time: bool) -> Picture:
    places = sorted({place for place, _ in sums}) if over_time else list(dict.fromkeys(place for place, _ in sums))
    kept_places = places if over_time else _largest(places, sums, 0, MOST_PLACES)
    kept_series = _largest(list(dict.fromkeys(name for _, name in sums)), sums, 1, MOST_SERIES)
    cut: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for (place, name), value in sums.items():
        cut[place if place in kept_places else OTHERS, name if name in kept_series else OTHERS] += value
    shown = [*kept_places, *([OTHERS] if len(kept_places) < len(places) else [])]
    names = list(dict.fromkeys([*kept_series, *(name for _, name in cut)]))
    return Picture(currency, shown, [Series(name, [cut.get((at, name), Decimal()) for at in shown]) for name in names])


def _largest(values: list[str], sums: dict[tuple[str, str], Decimal], part: int, most: int) -> list[str]:
    """Those with most, in the order in which they came."""
    size: dict[str, Decimal] = defaultdict(Decimal)
    for key, value in sums.items():
        size[key[part]] += abs(value)
    kept = set(sorted(values, key=lambda each: -size[each])[:most])
    return [each for each in values if each in kept]


def _draw(axes: Any, chart: Chart, picture: Picture) -> None:
    ticks = range(len(picture.places))
    places = [printable(place) or "-" for place in picture.places]
    if chart.kind == "shares":
        values = [float(sum((each.values[at] for each in picture.series), Decimal())) for at in ticks]
        whole = sum(values) or 1.0
        bars = axes.barh(list(ticks), [value / whole * 100 for value in values], color=COLOURS[0])
        axes.bar_label(bars, fmt="%.1f %%", padding=3)
        axes.set_yticks(list(ticks), places)
        axes.invert_yaxis()
        return
    bottoms = [0.0] * len(picture.places)
    breadth = 0.8 / max(1, len(picture.series))
    for number, series in enumerate(picture.series):
        values = [float(value) for value in series.values]
        style = {"color": COLOURS[number % len(COLOURS)], "label": printable(series.name) or "-"}
        if chart.kind == "lines":
            axes.plot(list(ticks), values, marker="o", markersize=3, **style)
        elif chart.kind == "stacked":
            axes.bar(list(ticks), values, 0.8, bottom=bottoms, **style)
            bottoms = [low + value for low, value in zip(bottoms, values, strict=True)]
        else:
            axes.bar([at - 0.4 + breadth * (number + 0.5) for at in ticks], values, breadth, **style)
    every = max(1, len(places) // 16)
    is_long = max(map(len, places), default=0) > 8
    axes.set_xticks(
        list(ticks)[::every], places[::every], rotation=30 if is_long else 0, ha="right" if is_long else "center"
    )


def _label(axes: Any, report: Report, chart: Chart, picture: Picture) -> None:
    titles = {column.name: column.title for column in report.columns}
    axes.set_title(printable(report.title), loc="left")
    unit = titles[chart.of] + (f", {picture.currency}" if picture.currency else "")
    along = axes.set_xlabel if chart.kind == "shares" else axes.set_ylabel
    along(printable(f"{unit}, %" if chart.kind == "shares" else unit))
    axes.grid(axis="x" if chart.kind == "shares" else "y", color=HAIR)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    if chart.by and chart.kind != "shares":
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)


def _place(value: Value) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
    return str(value)
