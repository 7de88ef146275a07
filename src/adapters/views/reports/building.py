"""Building a report: which views there are, the answer to a tree before it is saved, and the tree of a saved one."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from pydantic import ValidationError

from adapters.edge.faults import found_in, location_of, reason
from adapters.edge.models import read_struct
from adapters.files.plain_values import Unreadable, plain_values
from adapters.reports.ready import ready_views
from adapters.views.persons import Persons
from adapters.views.query import Limit, Page, Queries, Query, Reading
from adapters.views.reports.asking import customers_in
from adapters.views.reports.known import checked, may_see, saved_entry, subjects_by_view
from billing_core.kernel.errors import BillingError, InvalidValue, NotFound, RuleViolation
from billing_core.reports.trees import ReportSubject, ReportTree
from commands.platform.concerns import LISTED, SHARED, Concerns
from projections.reports.answers import Asked, Row, Totals, estimated_cost, part_of
from projections.reports.builder import Naming, explained
from projections.reports.definition import Column, Parameter, permission_of
from projections.reports.parameters import values_of
from projections.reports.saved import SavedEntry
from projections.reports.views import View, ViewColumn
from projections.reports.whole import PAGE_SECONDS

# The planner's estimate, in its own unit of one page read in order. A sum over 10^8 rows is about this.
MOST_COST = 5_000_000

# --- what is asked


class ListReportViews(Query, frozen=True, kw_only=True):
    """The views on which reports can be built: what a row is, and what stands in its columns."""


class BuildReport(Query, frozen=True, kw_only=True):
    """The answer to a report that is being built, without saving it; `tree` is its tree as YAML or JSON text.

    The tree has the words of `save-report`. A report that would read too much is refused before it is tried.
    """

    tree: str
    subject: ReportSubject
    given: dict[str, str] = msgspec.field(default_factory=dict)
    limit: Limit = 20


class ShowSavedReport(Query, frozen=True, kw_only=True):
    """A saved report with its tree, to change it; and what is wrong with it if it cannot be answered any more."""

    report: str


# --- what is answered


class ViewEntry(msgspec.Struct, frozen=True):
    """A view: what a row is, about which subjects reports on it are, and its columns."""

    view: str
    title: str
    about: str
    subjects: tuple[ReportSubject, ...]
    columns: tuple[ViewColumn, ...]


class BuiltAnswer(msgspec.Struct, kw_only=True):
    """The first rows of what was built, the totals over all, and the question in words."""

    explained: str
    view: str
    about: str
    cost: int
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    rows: list[Row]
    totals: list[Totals]
    has_more: bool


class SavedAnswer(msgspec.Struct, kw_only=True):
    """A saved report: its tree in the words of `save-report`, and the same as a sentence."""

    saved: SavedEntry
    explained: str
    broken: str


class TooCostly(RuleViolation):
    """What was built would read too much."""

    code = "report-too-costly"


# --- answers


def tree_of(text: str) -> ReportTree:
    """The tree that a text says."""
    try:
        value = plain_values(text).value
        return read_struct(ReportTree, value)
    except Unreadable as error:
        raise InvalidValue(str(error), field="tree") from None
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, ("tree", *found_in(value, location_of(fault)))))
        raise InvalidValue(reason(fault), field=place) from None


def views_for(reading: Reading) -> Iterable[tuple[View, tuple[ReportSubject, ...]]]:
    """The views that the one who asks may build on: who may ask reports of a subject may read what these read."""
    for view in ready_views().values():
        subjects = tuple(each for each in subjects_by_view().get(view.name, ()) if reading.permits(permission_of(each)))
        if subjects and not (reading.dealer and view.reach == "house"):
            yield view, subjects


def _list_views(query: ListReportViews, reading: Reading) -> Page[ViewEntry]:
    found = [
        ViewEntry(view.name, view.title, view.about, subjects, view.columns) for view, subjects in views_for(reading)
    ]
    return Page(found, None)


def _build_report(query: BuildReport, reading: Reading) -> BuiltAnswer:
    tree = tree_of(query.tree)
    report = checked(tree, Naming("being-built", "Report", query.subject, ""))
    if not may_see(report, reading):
        raise NotFound("no such view, or none that you may read", field="view", value=tree.view)
    question = Asked(report, values_of(report, query.given, reading.today), reading.dealer)
    with reading.source.reading(PAGE_SECONDS) as books:
        cost = estimated_cost(books.cursor, question, ready_views())
        if cost > MOST_COST:
            raise TooCostly(f"would read too much (cost {cost:,} of at most {MOST_COST:,}); add conditions, or fewer "
                            "groups", field="tree")  # fmt: skip
        rows, totals = part_of(books.cursor, question, ready_views(), query.limit)
    view = ready_views()[tree.view]
    return BuiltAnswer(
        explained=explained(tree, view), view=view.name, about=view.about, cost=cost, parameters=report.asked_for,
        columns=report.columns, rows=rows[: query.limit], totals=totals, has_more=len(rows) > query.limit,
    )  # fmt: skip


def _show_saved(query: ShowSavedReport, reading: Reading) -> SavedAnswer:
    entry = saved_entry(query.report, reading)
    if entry is None or not reading.permits(permission_of(entry.subject)):
        raise NotFound(
            "no such saved report, or none that you may see; `billing reports` lists them",
            field="report",
            value=query.report,
        )
    said, broken = "", ""
    try:
        said = checked(entry.tree, Naming(entry.report, entry.title, entry.subject, entry.question)).about
    except BillingError as error:
        broken = str(error)
    return SavedAnswer(saved=entry, explained=said, broken=broken)


def _customers(query: BuildReport, answer: BuiltAnswer, reading: Reading) -> Iterable[str]:
    return customers_in(answer.columns, answer.rows)


QUERIES: Queries = {ListReportViews: _list_views, BuildReport: _build_report, ShowSavedReport: _show_saved}
PERSONS: Persons = {BuildReport: _customers}
CONCERNS: Concerns = {ListReportViews: SHARED, BuildReport: LISTED, ShowSavedReport: SHARED}
