"""The dashboard: ten figures of a role, each with what it was before, its trend, and the way to its rows."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup

from adapters.pages import shown
from adapters.pages.forms import Choice
from adapters.pages.page import N_, Entry, Page, Shown
from adapters.pages.reports.ages import owed_by_age
from adapters.pages.reports.cells import percent, rounded
from adapters.pages.reports.charts import Drawing, Series, drawn, key_of, small_line
from adapters.pages.reports.words import compact, said
from adapters.pages.to_do import WORDS, to_do
from adapters.pages.visit import Visit
from adapters.views.reports.dashboards import (
    DashboardAnswer,
    FigureShown,
    FigureValue,
    ListDashboards,
    ShowDashboard,
    open_dashboards,
)
from billing_core.kernel.errors import NotFound

PATH, ICON, PLACE, KEY = "/dashboard", "dashboard", (1, 1), "d"
TENTH = Decimal("0.1")


class Line(NamedTuple):
    """A figure in one currency, as it is read."""

    text: str
    unit: str
    change: str
    state: str


class Box(NamedTuple):
    """A figure of the page: its lines, its small chart, and the address of its report."""

    title: str
    link: str
    lines: list[Line]
    trend: Markup


def dashboard(visit: Visit) -> Shown:
    """The dashboard that is chosen, else the first one of those for the reader."""
    entries = visit.ask(ListDashboards).items
    if not entries:
        raise NotFound("there is none for your roles", field="dashboard", value="")
    wanted = visit.query.get("view", "") or entries[0].dashboard
    answer: DashboardAnswer = visit.ask(ShowDashboard, dashboard=wanted)
    chosen = next((each for each in answer.figures if each.name == answer.drawn), None)
    drawings = _drawings(chosen, visit) if chosen is not None else []
    return Shown("reports/dashboard.html", {
        "answer": answer, "title": said(answer.title, visit), "about": said(answer.about, visit),
        "views": [Choice(each.dashboard, said(each.title, visit)) for each in entries],
        "boxes": [_box(figure, visit) for figure in answer.figures],
        "drawn_title": said(chosen.title, visit) if chosen else "", "drawn_link": _link(chosen) if chosen else "",
        "ages": owed_by_age(answer.receivables), "waiting": to_do(visit), "words": WORDS,
        "drawings": [(each, drawn(each), key_of(each)) for each in drawings],
    })  # fmt: skip


def _box(figure: FigureShown, visit: Visit) -> Box:
    lines = [_line(figure, value, visit) for value in figure.values]
    trend = small_line(figure.values[0].trend, figure.values[0].trend_compared) if figure.values else Markup("")
    return Box(said(figure.title, visit), _link(figure), lines or [Line("0", "", "", "")], trend)


def _link(figure: FigureShown) -> str:
    return f"/reports/{figure.report}" + (f"?{urlencode(figure.given)}" if figure.given else "")


def _line(figure: FigureShown, value: FigureValue, visit: Visit) -> Line:
    text, unit = _text(figure, value.value, value.currency)
    return Line(text, unit, _change(figure, value, visit), _state(figure, value))


def _text(figure: FigureShown, value: Decimal, currency: str) -> tuple[str, str]:
    if figure.kind == "share":
        return percent(value), ""
    if figure.kind == "money":
        return shown.number(rounded(value, currency)), currency
    return shown.number(value.normalize() if value % 1 else int(value)), ""


def _change(figure: FigureShown, value: FigureValue, visit: Visit) -> str:
    """How it has changed, in words: amounts by per cent, counts by number, shares by points."""
    before = value.compared
    if before is None:
        return ""
    by, is_money = value.value - before, figure.kind == "money"
    if by == 0:
        return visit.translated(N_("as much as a month before"))
    if is_money and before <= 0:
        text, _ = _text(figure, before, value.currency)
        return visit.written.gettext(N_("%(before)s a month before"), before=text)
    if is_money:
        change = f"{shown.number((by / before * 100).quantize(TENTH, ROUND_HALF_UP))}{shown.NO_BREAK}%"
    elif figure.kind == "share":
        points = (by * 100).quantize(TENTH, ROUND_HALF_UP)
        change = visit.written.gettext(N_("%(number)s points"), number=shown.number(points))
    else:
        change = shown.number(by.normalize() if by % 1 else int(by))
    if by > 0:
        return visit.written.gettext(N_("%(change)s more than a month before"), change=f"+{change}")
    return visit.written.gettext(N_("%(change)s less than a month before"), change=change)


def _state(figure: FigureShown, value: FigureValue) -> str:
    """`good` or `bad` if the change is either."""
    if value.compared is None or value.compared == value.value or not figure.better:
        return ""
    return "good" if (value.value > value.compared) == (figure.better == "up") else "bad"


def _drawings(figure: FigureShown, visit: Visit) -> list[Drawing]:
    """The figure day by day, and the same days of the month before; one for each currency."""
    return [_drawing(figure, value, visit) for value in figure.values if value.trend]


def _drawing(figure: FigureShown, value: FigureValue, visit: Visit) -> Drawing:
    days = max(len(value.trend), len(value.trend_compared))
    series = [
        Series(visit.translated(name), _by_day(trend, days))
        for name, trend in ((N_("the month before"), value.trend_compared), (N_("this month"), value.trend))
    ]
    title = said(figure.title, visit) + (f", {value.currency}" if value.currency else "")
    about = visit.written.gettext(N_("Day by day, %(count)s days"), count=days)
    return Drawing("bars", [str(day) for day in range(1, days + 1)], series, title, about, compact(visit))


def _by_day(trend: list[Decimal], days: int) -> list[Decimal]:
    """What each day added to a sum; nothing on days that have not come."""
    added = [value - before for before, value in zip([Decimal(0), *trend], trend, strict=False)]
    return added + [Decimal(0)] * (days - len(added))


def is_open(visit: Visit) -> bool:
    """Whether there is a dashboard for the reader."""
    return visit.may(ShowDashboard) and bool(open_dashboards(visit.rights.permits, visit.rights.operator.dealer))


PAGES = (Page(PATH, dashboard, ShowDashboard),)
ENTRY = Entry(N_("Dashboard"), PATH, ICON, is_open, PLACE, KEY)
