"""Dashboards: which there are for who asks, and their figures with comparison and trend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from weakref import WeakKeyDictionary

import msgspec

from adapters.bootstrap.application import Application
from adapters.bootstrap.operations import operations
from adapters.reports.ready import ready_dashboards, ready_reports, ready_views
from adapters.views.dunning.receivables import ShowReceivables
from adapters.views.query import Page, Queries, Query, Reading
from adapters.views.reports.kept_figures import Kept, KeptFigures
from billing_core.kernel.errors import NotFound
from commands.platform.concerns import LISTED, SHARED, Concerns
from projections.dunning.receivables import ReceivablesTotal, of_all_sellers, receivables_totals
from projections.platform.projection import Cursor
from projections.reports.answers import Asked, Value
from projections.reports.dashboards import (
    ASKER,
    Dashboard,
    Figure,
    Points,
    asked_together,
    points_of,
    trend_of,
    value_of_figure,
)
from projections.reports.definition import is_for_dealers
from projections.reports.parameters import values_of
from projections.reports.views import ColumnKind

Counted = tuple[Points, Mapping[str, Value]]
ByCurrency = tuple[Mapping[str, Points], Mapping[str, Value]]

# --- what is asked


class ListDashboards(Query, frozen=True, kw_only=True):
    """The dashboards for who asks: those of whose figures all reports may be seen."""


class ShowDashboard(Query, frozen=True, kw_only=True):
    """The figures of a dashboard, each with what it was on the same days of the month before, and its trend.

    A figure that takes long to count is shown again for some minutes; `at` is the moment of the oldest one.
    """

    dashboard: str


# --- what is answered


class DashboardEntry(msgspec.Struct, frozen=True):
    """A dashboard of the list."""

    dashboard: str
    title: str
    about: str


class FigureValue(msgspec.Struct, frozen=True, kw_only=True):
    """A figure in one currency, or without one; the trends have a value for each day."""

    currency: str
    value: Decimal
    compared: Decimal | None
    trend: list[Decimal]
    trend_compared: list[Decimal]


class FigureShown(msgspec.Struct, frozen=True, kw_only=True):
    """A figure; `given` is what its report is asked for, so that its rows are `/v1/reports/{report}/rows` with it."""

    name: str
    title: str
    report: str
    column: str
    kind: ColumnKind
    better: str
    given: dict[str, str]
    compared: dict[str, str]
    values: list[FigureValue]


class DashboardAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A dashboard; `drawn` is the name of the figure that is drawn day by day.

    `receivables` are what is owed by its age, of all sellers in each currency, if the dashboard has that and who asks
    may see it.
    """

    dashboard: str
    title: str
    about: str
    at: datetime
    drawn: str
    figures: list[FigureShown]
    receivables: list[ReceivablesTotal]


# --- answers


def open_dashboards(permits: Callable[[str], bool], dealer: str) -> list[Dashboard]:
    """Those of whose figures all reports may be seen, by their places."""
    return [dashboard for dashboard in ready_dashboards().values() if _is_open(dashboard, permits, dealer)]


def _is_open(dashboard: Dashboard, permits: Callable[[str], bool], dealer: str) -> bool:
    reports = [ready_reports()[name] for name in dashboard.reports]
    return all(
        permits(report.wanted) and (not dealer or is_for_dealers(report, ready_views())) for report in reports
    )  # fmt: skip


def _list_dashboards(query: ListDashboards, reading: Reading) -> Page[DashboardEntry]:
    found = open_dashboards(reading.permits, reading.dealer)
    return Page([DashboardEntry(each.name, each.title, each.about) for each in found], None)


def _show_dashboard(query: ShowDashboard, reading: Reading) -> DashboardAnswer:
    dashboard = ready_dashboards().get(query.dashboard)
    if dashboard is None or not _is_open(dashboard, reading.permits, reading.dealer):
        raise NotFound("no such dashboard, or none that you may see", field="dashboard", value=query.dashboard)
    # What is kept is of the live books: those of a moment are counted each time.
    is_live = reading.source is reading.app.queries
    kept = _KEPT.setdefault(reading.app, KeptFigures()) if is_live else KeptFigures[list[FigureShown]]()
    counted = [_counted(dashboard.name, figures, kept, reading) for figures in asked_together(dashboard.figures)]
    shown = {figure.name: figure for part in counted for figure in part.answer}
    shows_ages = dashboard.ages and reading.permits(operations()[ShowReceivables].permission)
    ages = [_receivables(reading, is_live=is_live)] if shows_ages else []
    moments = [each.at for each in counted] + [each.at for each in ages]
    return DashboardAnswer(
        dashboard=dashboard.name, title=dashboard.title, about=dashboard.about, drawn=dashboard.drawn,
        at=min(moments, default=datetime.now(UTC)),
        figures=[shown[figure.name] for figure in dashboard.figures],
        receivables=[total for each in ages for total in each.answer],
    )  # fmt: skip


def _receivables(reading: Reading, *, is_live: bool) -> Kept[list[ReceivablesTotal]]:
    """Those of all sellers together; kept as figures are."""
    kept = _AGES.setdefault(reading.app, KeptFigures()) if is_live else KeptFigures[list[ReceivablesTotal]]()

    def count() -> list[ReceivablesTotal]:
        with reading.source.cursor() as cursor:
            return of_all_sellers(receivables_totals(cursor, reading.today, dealer=reading.dealer))

    return kept.get((reading.today, reading.dealer), count)


def _counted(
    dashboard: str, figures: Sequence[Figure], kept: KeptFigures[list[FigureShown]], reading: Reading
) -> Kept[list[FigureShown]]:
    first = figures[0]
    is_of_asker = ASKER in (*first.given.values(), *first.compared.values())

    def count() -> list[FigureShown]:
        with reading.source.cursor() as cursor:
            return figures_shown(cursor, figures, reading)

    key = (dashboard, first.name, reading.today, reading.dealer, reading.actor if is_of_asker else "")
    return kept.get(key, count)


def figures_shown(cursor: Cursor, figures: Sequence[Figure], reading: Reading) -> list[FigureShown]:
    """Figures that are asked together, as they are for who asks."""
    first = figures[0]
    report = ready_reports()[first.report]

    def points(given: dict[str, str]) -> tuple[list[dict[str, Points]], dict[str, Value]]:
        words = {name: reading.actor if value == ASKER else value for name, value in given.items()}
        values = values_of(report, words, reading.today)
        return points_of(cursor, Asked(report, values, reading.dealer), ready_views(), figures), values

    nothing: dict[str, Points] = {}
    now, values = points(first.given)
    before, values_before = points(first.compared) if first.compared else ([nothing] * len(figures), {})
    return [
        _shown(figure, (of_now, values), (of_before, values_before))
        for figure, of_now, of_before in zip(figures, now, before, strict=True)
    ]


def _shown(figure: Figure, now: ByCurrency, before: ByCurrency) -> FigureShown:
    report = ready_reports()[figure.report]
    column = report.column(figure.column)
    assert column is not None
    found = [
        _value(figure, code, (now[0].get(code, {}), now[1]), (before[0].get(code, {}), before[1]))
        for code in sorted({*now[0], *before[0]})
    ]
    return FigureShown(
        name=figure.name, title=figure.title, report=report.name, column=column.name, kind=column.kind,
        better=figure.better, given=_texts(now[1]), compared=_texts(before[1]), values=found,
    )  # fmt: skip


def _value(figure: Figure, currency: str, now: Counted, before: Counted) -> FigureValue:
    is_drawn, is_compared = bool(figure.over), bool(figure.compared)
    return FigureValue(
        currency=currency, value=value_of_figure(now[0], figure),
        compared=value_of_figure(before[0], figure) if is_compared else None,
        trend=trend_of(*now, figure) if is_drawn else [],
        trend_compared=trend_of(*before, figure) if is_drawn and is_compared else [],
    )  # fmt: skip


def _texts(values: Mapping[str, Value]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value is not None and name != "today"}


# The figures that each application shows again.
_AGES: WeakKeyDictionary[Application, KeptFigures[list[ReceivablesTotal]]] = WeakKeyDictionary()
_KEPT: WeakKeyDictionary[Application, KeptFigures[list[FigureShown]]] = WeakKeyDictionary()

QUERIES: Queries = {ListDashboards: _list_dashboards, ShowDashboard: _show_dashboard}
CONCERNS: Concerns = {ListDashboards: SHARED, ShowDashboard: LISTED}
