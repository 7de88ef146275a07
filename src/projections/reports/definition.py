"""A report: a named question over views, with parameters, columns, totals and the way to the rows behind each figure.

It is data, one file each; everything else about it is made of that file: page, address, files, documentation, tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from billing_core.reports.trees import ReportSubject
from projections.reports.views import ColumnKind, View, Views, views_in

ParameterKind = Literal["day", "text", "count", "amount", "choice"]
# Days by a word; they are counted from the day on which the report is asked for.
DayWord = Literal[
    "today", "tomorrow", "month-begin", "next-month-begin", "last-month-begin", "year-begin", "last-year-begin",
    "month-ago", "after-month-ago", "year-ago",
]  # fmt: skip
ChartKind = Literal["bars", "stacked", "lines", "shares"]


class Parameter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a report can be asked for: a span of days, one dealer. Without a value and a default it does not matter.

    The statement has it as `:name`, null if it does not matter. One that is `fixed` always has this value: it belongs
    to the question, and nobody is asked for it.
    """

    name: str
    title: str
    kind: ParameterKind = "text"
    default: str = ""
    choices: tuple[str, ...] = ()
    fixed: str = ""


class Drill(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The report with the rows behind a figure, and what it is asked for.

    `given` has for each of its parameters a column of the row, or `:name` of a parameter of this report.
    """

    report: str
    given: dict[str, str] = {}


class Column(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column: a share is a number from 0 to 1. An amount is in the currency that the column `currency` names."""

    name: str
    title: str
    kind: ColumnKind = "text"
    total: bool = False
    drill: Drill | None = None


class Chart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A picture: a column of figures over another one, with a bar or line for each value of a third."""

    kind: ChartKind
    of: str
    over: str
    by: str = ""


class Agreement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column whose totals are those of a column of another report that is asked for the same, by currency."""

    column: str
    report: str
    of: str


class Report(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report. `about` explains how its figures come about; `permission` is that of its subject unless it is named.

    The figures of one that `closes` are frozen when a month is closed; it is asked for that month by `from` and `to`,
    and for the seller if it knows `seller`.
    """

    name: str
    title: str
    subject: ReportSubject
    question: str
    about: str = ""
    permission: str = ""
    parameters: tuple[Parameter, ...] = ()
    columns: tuple[Column, ...]
    sql: str
    chart: Chart | None = None
    closes: bool = False
    agrees: tuple[Agreement, ...] = ()

    @property
    def wanted(self) -> str:
        """The permission that who asks must hold."""
        return self.permission or permission_of(self.subject)

    def parameter(self, name: str) -> Parameter | None:
        return next((each for each in self.parameters if each.name == name), None)

    def column(self, name: str) -> Column | None:
        return next((each for each in self.columns if each.name == name), None)

    @property
    def asked_for(self) -> tuple[Parameter, ...]:
        """The parameters that who asks may give."""
        return tuple(each for each in self.parameters if not each.fixed)

    @property
    def has_currency(self) -> bool:
        return self.column("currency") is not None

    @property
    def keys(self) -> frozenset[str]:
        """The columns of which each row is one value: those that the chart is over, and by which figures lead on."""
        drawn = (self.chart.over, self.chart.by) if self.chart else ()
        led = (source for each in self.columns if each.drill for source in each.drill.given.values())
        return frozenset(name for name in (*drawn, *led) if self.column(name) is not None)

    @property
    def summed(self) -> tuple[Column, ...]:
        """The columns that have a total."""
        return tuple(each for each in self.columns if each.total)


Reports = Mapping[str, Report]


def permission_of(subject: str) -> str:
    """`reports.read.money-reports`."""
    return f"reports.read.{subject}-reports"


def views_of(report: Report, views: Views) -> list[View]:
    """The views that a report reads."""
    return [views[name] for name in views_in(report.sql)]


def is_for_dealers(report: Report, views: Views) -> bool:
    """Whether an operator of a dealer may ask it: every view that it reads has rows for dealers."""
    return all(view.reach != "house" for view in views_of(report, views))
