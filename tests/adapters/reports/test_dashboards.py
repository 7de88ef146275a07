"""Every dashboard that comes with the program, by its file; the figures of one; how long a figure is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from adapters.reports.ready import ready_dashboards, ready_reports, ready_views
from adapters.views.query import Reading
from adapters.views.reports.dashboards import FigureShown, figures_shown, open_dashboards
from adapters.views.reports.kept_figures import KeptFigures
from billing_core.staff.roles import READY_ROLES, permits
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.dashboards import ASKER, Dashboard, Figure, asked_together, trend_of, value_of_figure
from projections.reports.definition import is_for_dealers
from projections.reports.parameters import values_of
from tests.operators import Operator, bank_row

TODAY = date(2026, 6, 11)
NUMERIC = {"count", "quantity", "money", "share"}

dashboards = pytest.mark.parametrize("dashboard", ready_dashboards().values(), ids=lambda each: each.name)


# --- the files


@dashboards
def test_a_dashboard_has_ten_figures_of_columns_and_parameters_that_there_are(dashboard: Dashboard):
    assert len({figure.name for figure in dashboard.figures}) == len(dashboard.figures) == 10
    for figure in dashboard.figures:
        report = ready_reports()[figure.report]
        column, over = report.column(figure.column), report.column(figure.over)
        assert column is not None and column.kind in NUMERIC, figure.name
        assert over is None if not figure.over else over is not None and over.kind == "day", figure.name
        assert figure.takes == "sum" or figure.over, "the last day of a figure needs its days"
        assert figure.compared, figure.name
        for given in (figure.given, figure.compared):
            values_of(report, {name: "x" if value == ASKER else value for name, value in given.items()}, TODAY)


@dashboards
def test_what_is_added_up_over_days_may_be_added(dashboard: Dashboard):
    for figure in dashboard.figures:
        column = ready_reports()[figure.report].column(figure.column)
        assert column is not None and (column.total or figure.takes == "last"), figure.name


@dashboards
def test_the_figure_that_is_drawn_is_a_sum_over_days(dashboard: Dashboard):
    (drawn,) = (figure for figure in dashboard.figures if figure.name == dashboard.drawn)
    assert drawn.over and drawn.takes == "sum"


@dashboards
def test_a_dashboard_is_answered_on_an_empty_base(dashboard: Dashboard, operator: Operator):
    reading = Reading(operator.application, operator.application.queries, TODAY, actor="eva")
    with operator.application.tables.transaction(LIVE_SCHEMA) as cursor:
        for figures in asked_together(dashboard.figures):
            for shown in figures_shown(cursor, figures, reading):
                assert all(value.value == 0 for value in shown.values), shown.name


def test_a_dealer_is_shown_reports_for_dealers_alone_and_a_technician_those_of_work():
    for report in map(ready_reports().__getitem__, ready_dashboards()["dealer"].reports):
        assert is_for_dealers(report, ready_views()), report.name
    assert {ready_reports()[name].subject for name in ready_dashboards()["technician"].reports} == {"work"}


@pytest.mark.parametrize(
    ("role", "first"),
    [("administrator", "owner"), ("auditor", "owner"), ("accountant", "owner"), ("cashier", "cashier"),
     ("dealer", "dealer"), ("technician", "technician")],
)  # fmt: skip
def test_each_role_has_its_own_dashboard_first(role: str, first: str):
    dealer = "east" if role == "dealer" else ""
    found = open_dashboards(lambda wanted: permits(READY_ROLES[role], wanted), dealer)
    assert found[0].name == first
    assert role in ("administrator", "auditor", "accountant") or len(found) == 1


def test_what_is_owed_and_what_of_it_is_overdue_is_one_question():
    parts = [[figure.name for figure in part] for part in asked_together(ready_dashboards()["owner"].figures)]
    assert ["owed", "overdue"] in parts and ["received", "given-back"] in parts
    assert sorted(name for part in parts for name in part) == sorted(
        figure.name for figure in ready_dashboards()["owner"].figures
    )


# --- figures


def figure(takes: str = "sum") -> Figure:
    return Figure(name="f", title="F", report="r", column="c", over="of", takes=takes)  # type: ignore[arg-type]


def test_a_trend_has_every_day_and_adds_up_or_stays_as_it_was():
    points = {date(2026, 6, 1): Decimal(5), date(2026, 6, 3): Decimal(2)}
    days = {"from": date(2026, 6, 1), "to": date(2026, 6, 5)}
    assert trend_of(points, days, figure()) == [5, 5, 7, 7]
    assert trend_of(points, days, figure("last")) == [5, 5, 2, 2]
    assert [value_of_figure(points, figure()), value_of_figure(points, figure("last"))] == [7, 2]


def shown(operator: Operator, name: str, on: date) -> FigureShown:
    """A figure of the owner on a day."""
    operator.application.runner.catch_up()
    parts = asked_together(ready_dashboards()["owner"].figures)
    (part,) = (figures for figures in parts if name in {figure.name for figure in figures})
    reading = Reading(operator.application, operator.application.queries, on)
    with operator.application.tables.transaction(LIVE_SCHEMA) as cursor:
        return next(each for each in figures_shown(cursor, part, reading) if each.name == name)


@pytest.fixture
def paid(operator: Operator) -> Operator:
    """Two accounts that are billed 24.00 each on 2 January; one pays 24.00 on the 20th, the other 10.00."""
    operator.subscribers(2)
    operator.bill(date(2026, 1, 2))
    operator.take_in([bank_row(2, "24.00", "A0001"), bank_row(3, "10.00", "A0002")])
    return operator


def test_what_came_in_is_compared_with_the_same_days_of_the_month_before(paid: Operator):
    (then,) = shown(paid, "received", date(2026, 1, 25)).values
    assert (then.value, then.compared, then.currency) == (Decimal("34.00"), Decimal(0), "EUR")
    assert then.trend[18:20] == [0, Decimal("34.00")] and len(then.trend) == 25
    assert shown(paid, "received", date(2026, 2, 19)).values == []
    (after,) = shown(paid, "received", date(2026, 2, 20)).values
    assert [after.value, after.compared] == [0, Decimal("34.00")]


def test_what_is_owed_is_counted_back_from_today(paid: Operator):
    # The invoices are of 1 January.
    (now,) = shown(paid, "owed", date(2026, 1, 25)).values
    assert now.trend == [Decimal("48.00")] * 19 + [Decimal("14.00")] * 6
    assert now.value == Decimal("14.00")


def test_what_is_overdue_is_so_from_the_day_after_the_due_date_on(paid: Operator):
    due_on = paid.select("SELECT max(due_on) FROM live.documents WHERE account = 'A0002'")[0][0]
    assert due_on < date(2026, 1, 20)
    (now,) = shown(paid, "overdue", date(2026, 1, 25)).values
    late = (date(2026, 1, 20) - due_on).days - 1
    assert now.trend == [Decimal(0)] * due_on.day + [Decimal("48.00")] * late + [Decimal("14.00")] * 6


# --- how long a figure is kept


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Counting:
    """Figures that are the number of times that any was counted, and what waits to be counted in the background."""

    def __init__(self) -> None:
        self.clock, self.times, self.waiting = Clock(), 0, list[Callable[[], object]]()
        self.kept = KeptFigures[int](self.clock, self.waiting.append)

    def look(self, key: str, takes: float) -> int:
        def count() -> int:
            if takes < 0:
                raise ConnectionError
            self.clock.seconds += takes
            self.times += 1
            return self.times

        return self.kept.get(key, count).answer

    def count_waiting(self) -> None:
        while self.waiting:
            self.waiting.pop()()


def test_a_figure_is_kept_sixty_times_as_long_as_it_took_and_five_minutes_at_most():
    counting = Counting()
    assert counting.look("quick", 0.1) == 1
    counting.clock.seconds += 5.9
    assert counting.look("quick", 0.1) == 1
    counting.clock.seconds += 0.2
    assert counting.look("quick", 0.1) == 2 and not counting.waiting
    assert counting.look("slow", 20) == 3
    counting.clock.seconds += 299
    assert counting.look("slow", 20) == 3 and not counting.waiting
    counting.clock.seconds += 1 + 900
    assert counting.look("slow", 20) == 4


def test_what_takes_long_is_shown_as_it_was_while_it_is_counted_once_in_the_background():
    counting = Counting()
    assert counting.look("slow", 2) == 1
    counting.clock.seconds += 121
    assert [counting.look("slow", 2) for _ in range(3)] == [1, 1, 1] and len(counting.waiting) == 1
    counting.count_waiting()
    assert counting.look("slow", 2) == 2 and not counting.waiting


def test_what_could_not_be_counted_in_the_background_is_tried_again_by_the_next_look():
    counting = Counting()
    assert counting.look("slow", 2) == 1
    counting.clock.seconds += 121
    assert counting.look("slow", -1) == 1
    counting.count_waiting()
    assert counting.look("slow", 2) == 1
    counting.count_waiting()
    assert counting.look("slow", 2) == 2
