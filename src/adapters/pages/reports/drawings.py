"""The chart of an answer: its rows gathered by what the chart is over, one drawing for each currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from adapters.pages.page import N_
from adapters.pages.reports.cells import month, percent
from adapters.pages.reports.charts import Drawing, Series
from adapters.pages.reports.words import compact
from adapters.pages.visit import Visit
from projections.reports.definition import Chart, Column, Report

MOST_LABELS, MOST_SERIES, MOST_DRAWINGS = 62, 6, 3
OTHERS = N_("others")
IN_ORDER = frozenset({"day", "month", "instant"})


def drawings_of(report: Report, rows: Sequence[tuple[Any, ...]], visit: Visit) -> list[Drawing]:
    """The drawings of the report's chart, the ones with most rows first; none without a chart or rows."""
    chart = report.chart
    if chart is None or not rows:
        return []
    names = [column.name for column in report.columns]
    by_currency = defaultdict[str, list[dict[str, Any]]](list)
    for row in rows:
        values = dict(zip(names, row, strict=True))
        by_currency[str(values.get("currency") or "") if _of(report, chart.of).kind == "money" else ""].append(values)
    most = sorted(by_currency, key=lambda code: (-len(by_currency[code]), code))[:MOST_DRAWINGS]
    return [_drawing(report, chart, (code, by_currency[code]), visit) for code in most]


def _drawing(report: Report, chart: Chart, rows: tuple[str, list[dict[str, Any]]], visit: Visit) -> Drawing:
    currency, values = rows
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    order: dict[str, Decimal] = defaultdict(Decimal)
    for row in values:
        label = _label(row[chart.over], _of(report, chart.over))
        series = _label(row[chart.by], _of(report, chart.by)) if chart.by else ""
        amount = Decimal(row[chart.of] or 0)
        sums[series][label] += amount
        order[label] += abs(amount)
    over, of = _of(report, chart.over), _of(report, chart.of)
    labels = _labels(order, over)
    named = sorted(sums, key=lambda series: (-sum(map(abs, sums[series].values())), series))
    others = visit.translated(OTHERS)
    made = [Series(series, [sums[series][label] for label in labels]) for series in named[:MOST_SERIES]]
    if len(named) > MOST_SERIES:
        rest = [sum((sums[series][label] for series in named[MOST_SERIES - 1 :]), Decimal(0)) for label in labels]
        made = [*made[: MOST_SERIES - 1], Series(others, rest)]
    title = visit.translated(of.title) + (f", {currency}" if currency else "")
    return Drawing(
        chart.kind, labels, made, title, _about(labels, made, visit),
        percent if of.kind == "share" else compact(visit),
    )  # fmt: skip


def _labels(order: dict[str, Decimal], over: Column) -> list[str]:
    """In the order of time, the last ones of many; else those of most weight."""
    if over.kind in IN_ORDER:
        return sorted(order)[-MOST_LABELS:]
    labels = list(order)
    if len(labels) <= MOST_LABELS // 2:
        return labels
    return sorted(labels, key=lambda label: -order[label])[: MOST_LABELS // 2]


def _label(value: Any, column: Column) -> str:
    if column.kind == "month":
        return month(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value if value not in (None, "") else "-")


def _about(labels: Sequence[str], series: Iterable[Series], visit: Visit) -> str:
    """The highest value in words."""
    found = [(value, label, each.name) for each in series for label, value in zip(labels, each.values, strict=True)]
    if not found:
        return ""
    value, label, name = max(found, key=lambda each: each[0])
    what = f"{label}, {name}" if name else label
    return visit.written.gettext("Highest of %(what)s: %(value)s", what=what, value=visit.written.number(value))


def _of(report: Report, name: str) -> Column:
    found = report.column(name)
    assert found is not None
    return found
