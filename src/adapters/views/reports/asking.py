"""Reports: which there are, and the answer to one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, get_args

import msgspec

from adapters.reports.ready import ready_reports, ready_views
from adapters.views.persons import Persons
from adapters.views.query import Limit, Page, Queries, Query, Reading
from adapters.views.reports.known import every_saved, known_report, may_see
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.reports.trees import ReportSubject
from commands.platform.concerns import LISTED, SHARED, Concerns
from projections.parties.customer_lists import names_of
from projections.platform.projection import Cursor
from projections.reports.answers import Asked, Row, Totals, part_of
from projections.reports.definition import Column, Report, permission_of
from projections.reports.parameters import values_of
from projections.reports.views import Views
from projections.reports.whole import PAGE_SECONDS, given_of

PERMISSIONS = tuple(
    sorted({*map(permission_of, get_args(ReportSubject)), *(report.wanted for report in ready_reports().values())})
)
OF_CUSTOMERS = "parties.read.show-customer"

# --- what is asked


class ListReports(Query, frozen=True, kw_only=True):
    """The reports that the one who asks may see, by subject."""


class DescribeReport(Query, frozen=True, kw_only=True):
    """What a report answers, what it can be asked for, and what its columns are."""

    report: str


class ReportQuestion(Query, frozen=True, kw_only=True):
    """A report, and what it is asked for by the names of its parameters: `from`, `to` and whatever else it knows.

    What is not given has its default, or does not matter. `sort` is the name of a column, with a minus before it if the
    largest value comes first.
    """

    report: str
    given: dict[str, str] = msgspec.field(default_factory=dict)
    sort: str = ""


class AskReport(ReportQuestion, frozen=True, kw_only=True):
    """The answer to a report: some rows in order, and the totals over all rows, by currency."""

    after: str = ""
    limit: Limit = 100


# --- what is answered


class ReportEntry(msgspec.Struct, frozen=True):
    """A report of the list; one that somebody saved has a maker, and says why it is `broken` if its view changed."""

    report: str
    title: str
    subject: str
    question: str
    maker: str = ""
    broken: str = ""


class ReportAnswer(msgspec.Struct, kw_only=True):
    """Rows with a value for each column, in order; `next` is the value of `after` for the following ones.

    `names` are those of the customers in the rows, for who may read customers.
    """

    report: str
    title: str
    given: dict[str, str]
    columns: tuple[Column, ...]
    rows: list[Row]
    totals: list[Totals]
    next: str | None
    names: dict[str, str]


# --- answers


class Books(NamedTuple):
    """What is asked: the views as a cursor finds them, in the database or in the archive."""

    cursor: Cursor
    views: Views


def report_asked(name: str, reading: Reading) -> Report:
    """A report that the one who asks may see, ready or saved; any other one is `NotFound`."""
    report = known_report(name, reading)
    if report is None:
        raise NotFound(
            "no such report, or none that you may see; `billing reports` lists them", field="report", value=name
        )
    return report


def asked(query: ReportQuestion, reading: Reading) -> Asked:
    """The report that is asked, with a value for each parameter."""
    report = report_asked(query.report, reading)
    return Asked(report, values_of(report, query.given, reading.today), reading.dealer, query.sort)


def _list_reports(query: ListReports, reading: Reading) -> Page[ReportEntry]:
    items = [
        ReportEntry(report.name, report.title, report.subject, report.question)
        for report in ready_reports().values()
        if may_see(report, reading)
    ]
    for entry, report in every_saved(reading):
        broken = "" if isinstance(report, Report) else str(report)
        items.append(ReportEntry(entry.report, entry.title, entry.subject, entry.question, entry.maker, broken))
    return Page(items, None)


def _describe_report(query: DescribeReport, reading: Reading) -> Report:
    report = report_asked(query.report, reading)
    return msgspec.structs.replace(report, parameters=report.asked_for)


def _ask_report(query: AskReport, reading: Reading) -> ReportAnswer:
    question = asked(query, reading)
    with reading.source.reading(PAGE_SECONDS) as transaction:
        return answered(query, question, reading, Books(transaction.cursor, ready_views()))


def answered(query: AskReport, question: Asked, reading: Reading, books: Books) -> ReportAnswer:
    """The answer of the books, with the names of customers for who may read them."""
    report, after = question.report, _place(query.after)
    rows, totals = part_of(books.cursor, question, books.views, query.limit, after)
    shown, given = rows[: query.limit], given_of(question)
    names = _names(customers_in(report.columns, shown), reading)
    return ReportAnswer(
        report=report.name, title=report.title, given=given, columns=report.columns, rows=shown, totals=totals,
        next=str(after + query.limit) if len(rows) > query.limit else None, names=names,
    )  # fmt: skip


def _names(customers: set[str], reading: Reading) -> dict[str, str]:
    if not customers or not reading.permits(OF_CUSTOMERS):
        return {}
    with reading.source.cursor() as cursor:
        return names_of(cursor, sorted(customers), reading.dealer)


def _place(after: str) -> int:
    if not after.isdecimal() and after:
        raise InvalidValue("must be the value of `next` of the answer before", field="after", value=after)
    return int(after or 0)


def customers_shown(query: AskReport, answer: ReportAnswer, reading: Reading) -> Iterable[str]:
    """The customers who stand in the rows."""
    return customers_in(answer.columns, answer.rows)


def customers_in(columns: Sequence[Column], rows: Iterable[Row]) -> set[str]:
    """The numbers of the customers in some rows."""
    places = [place for place, column in enumerate(columns) if column.kind == "customer"]
    return {str(row[place]) for row in rows for place in places if row[place]} if places else set()


QUERIES: Queries = {ListReports: _list_reports, DescribeReport: _describe_report, AskReport: _ask_report}
PERSONS: Persons = {AskReport: customers_shown}
CONCERNS: Concerns = {ListReports: SHARED, DescribeReport: SHARED, AskReport: LISTED}
