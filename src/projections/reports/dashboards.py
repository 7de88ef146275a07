"""Dashboards: a few figures at a glance, each with what it was before and the way it took; data as reports are.

A figure is a column of a report, added up over the rows or taken of the last day, by currency:

    income-by-day, column income, over booked_on, from 1 June to 12 June    2,914,300.00 CZK
    the same, compared from 1 May to 12 May                                 3,055,000.00 CZK
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any, Literal

import msgspec

from projections.platform.projection import Cursor
from projections.reports.answers import Asked, Value, given_to, statement
from projections.reports.views import Views

ASKER = ":asker"
MOST_DAYS = 400
ONE_DAY = timedelta(days=1)
# The values by day, or by None if they have no days.
Points = Mapping[Any, Decimal]


class Figure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure: the `column` of a report that is asked for `given`, and for `compared` to say what it was before.

    With `over`, a column of days, it has a trend. It is the sum of all rows or, if it `takes` the last, that of the
    last day. A value `:asker` of a parameter is the operator who looks. `better` says in which direction it is good
    news.
    """

    name: str
    title: str
    report: str
    column: str
    given: dict[str, str] = {}
    compared: dict[str, str] = {}
    over: str = ""
    takes: Literal["sum", "last"] = "sum"
    better: Literal["up", "down", ""] = ""


class Dashboard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The figures of a role, for who may see the reports of all of them; `drawn` is the one that is drawn day by day.
    With `ages` it also says how old is what is owed, to who may see receivables.

    Of several that somebody may see, that of the lowest `place` comes first.
    """

    name: str
    title: str
    about: str
    place: int
    figures: tuple[Figure, ...]
    drawn: str = ""
    ages: bool = False

    @property
    def reports(self) -> list[str]:
        """The reports that it shows figures of, each once."""
        return list(dict.fromkeys(figure.report for figure in self.figures))


Dashboards = Mapping[str, Dashboard]


def asked_together(figures: Sequence[Figure]) -> list[list[Figure]]:
    """The figures in parts of one question each: the same report that is asked for the same, by the same days."""
    found: dict[str, list[Figure]] = {}
    for figure in figures:
        found.setdefault(f"{figure.report} {figure.over} {figure.given} {figure.compared}", []).append(figure)
    return list(found.values())


def points_of(cursor: Cursor, asked: Asked, views: Views, figures: Sequence[Figure]) -> list[dict[str, Points]]:
    """Each of some figures that are asked together: day by day, or at once without `over`; by currency, in order."""
    currency = "currency" if asked.report.has_currency else "''::text"
    over = f'"{figures[0].over}"' if figures[0].over else "NULL::date"
    sums = "".join(f', coalesce(sum("{figure.column}"), 0)' for figure in figures)
    cursor.execute(
        f"""SELECT coalesce({currency}, ''), {over}{sums} FROM ({statement(asked, views)}) AS answer
            GROUP BY 1, 2 ORDER BY 1, 2""",
        given_to(asked),
    )
    found: list[dict[str, dict[Any, Decimal]]] = [defaultdict(dict) for _ in figures]
    for code, day, *values in cursor:
        for points, value in zip(found, values, strict=True):
            points[code][day] = Decimal(value)
    return [dict(points) for points in found]


def trend_of(points: Points, values: Mapping[str, Value], figure: Figure) -> list[Decimal]:
    """The figure as it came about: what was added up by each day, or how it stood on it.

    Worked example: 5 on the 1st and 2 on the 3rd are 5, 5, 7 of a sum, and 5, 5, 2 of what takes the last.
    """
    days = _days(points, values)
    if figure.takes == "sum":
        return list(accumulate(points.get(day, Decimal(0)) for day in days))
    return list(accumulate((points.get(day) for day in days), _latest, initial=Decimal(0)))[1:]


def value_of_figure(points: Points, figure: Figure) -> Decimal:
    """The sum of all days, or what the last one has."""
    amounts = list(points.values())
    if figure.takes == "last":
        return amounts[-1] if amounts else Decimal(0)
    return sum(amounts, Decimal(0))


def _latest(before: Decimal, now: Decimal | None) -> Decimal:
    return before if now is None else now


def _days(points: Points, values: Mapping[str, Value]) -> list[Any]:
    """Every day that was asked for, if a span of days was; else those that there are."""
    begin, end = values.get("from"), values.get("to")
    if not isinstance(begin, date) or not isinstance(end, date) or not all(isinstance(day, date) for day in points):
        return list(points)
    return [begin + number * ONE_DAY for number in range(min((end - begin).days, MOST_DAYS))]
