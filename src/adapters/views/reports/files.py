"""Reports as files: CSV, a workbook, paper, JSON, Parquet, a chart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from tempfile import TemporaryFile
from typing import Any, BinaryIO, TypeVar

import msgspec

from adapters.bootstrap.seller_clock import SellerClock
from adapters.documents.report_paper import write_report_paper
from adapters.documents.report_plot import write_report_plot
from adapters.files.reports.parquet import write_parquet
from adapters.files.reports.tables import write_csv, write_json, write_spreadsheet_csv
from adapters.files.reports.workbook import write_workbook
from adapters.languages.language import language_of
from adapters.reports.ready import ready_views
from adapters.views.persons import Persons
from adapters.views.query import Queries, Reading, StreamedFile
from adapters.views.reports.asking import ReportQuestion, asked
from commands.platform.concerns import LISTED, Concerns
from projections.reports.answers import Row
from projections.reports.definition import Report
from projections.reports.whole import FILE_SECONDS, AskedBy, WholeAnswer, whole_answer

# --- what is asked


class WriteReportCsv(ReportQuestion, frozen=True, kw_only=True):
    """All rows of a report as CSV, for programs: names of columns, a decimal point."""


class WordedQuestion(ReportQuestion, frozen=True, kw_only=True):
    """A report as a file with titles in a language, such as `cs`; English if none is named."""

    in_language: str = ""


class WriteReportSpreadsheetCsv(WordedQuestion, frozen=True, kw_only=True):
    """All rows of a report as CSV that Excel opens in countries that write a decimal comma: titles, semicolons."""


class WriteReportWorkbook(WordedQuestion, frozen=True, kw_only=True):
    """All rows of a report as an XLSX workbook with dates, numbers and totals, and what was asked on a second sheet."""


class PrintReport(WordedQuestion, frozen=True, kw_only=True):
    """A report on paper (PDF), with its question and totals; up to 2,000 rows."""


class WriteReportJson(ReportQuestion, frozen=True, kw_only=True):
    """All rows of a report with its totals as JSON."""


class WriteReportParquet(ReportQuestion, frozen=True, kw_only=True):
    """All rows of a report as a Parquet file, amounts exact."""


class PlotReport(WordedQuestion, frozen=True, kw_only=True):
    """The chart of a report (SVG)."""


# --- what is answered


class ReportFile(StreamedFile):
    """A report as a file; `customers` are those who stand in its rows."""

    customers: frozenset[str] = frozenset()


class CsvReport(ReportFile):
    """A report as CSV."""

    media_type = "text/csv"


class WorkbookReport(ReportFile):
    """A report as a workbook."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PaperReport(ReportFile):
    """A report on paper."""

    media_type = "application/pdf"


class JsonReport(ReportFile):
    """A report as JSON."""

    media_type = "application/json"


class ParquetReport(ReportFile):
    """A report as Parquet."""

    media_type = "application/vnd.apache.parquet"


class PlottedReport(ReportFile):
    """A chart."""

    media_type = "image/svg+xml"


Kind = TypeVar("Kind", bound=ReportFile)
Write = Callable[[WholeAnswer, BinaryIO], None]


@contextmanager
def answered_whole(query: ReportQuestion, reading: Reading) -> Iterator[WholeAnswer]:
    """The whole answer, whose rows are read within the block."""
    question = asked(query, reading)
    zone = SellerClock(reading.app.store, reading.app.tables).zones_of([""])[""] or UTC
    by = AskedBy(reading.actor or "somebody at the server", reading.source.now, zone)
    with reading.source.reading(FILE_SECONDS) as transaction:
        yield worded(whole_answer(transaction, question, ready_views(), by), getattr(query, "in_language", ""))


def worded(answer: WholeAnswer, language: str) -> WholeAnswer:
    """The answer with its titles in a language; what nobody has translated stays English."""
    if not language:
        return answer
    written = language_of(language)

    def said(text: str) -> str:
        return written.gettext(text) if text else ""

    report = answer.report
    titled = msgspec.structs.replace(
        report, title=said(report.title), question=said(report.question), about=said(report.about),
        columns=tuple(msgspec.structs.replace(each, title=said(each.title)) for each in report.columns),
        parameters=tuple(msgspec.structs.replace(each, title=said(each.title)) for each in report.parameters),
    )  # fmt: skip
    return answer._replace(report=titled, language=written.code, said=said)


def _written(query: ReportQuestion, reading: Reading, kind: type[Kind], write: Write, ending: str) -> Kind:
    file: BinaryIO = TemporaryFile()  # noqa: SIM115  (who answers with it closes it)
    try:
        with answered_whole(query, reading) as answer:
            customers = _Customers(answer.report)
            write(answer._replace(rows=customers.noted(answer.rows)), file)
    except BaseException:
        file.close()
        raise
    name = f"{query.report}-{reading.today}.{ending}"
    return kind(file, name, frozenset(customers.found))


class _Customers:
    """Notes the customers who stand in rows that pass."""

    def __init__(self, report: Report) -> None:
        self._places = [place for place, column in enumerate(report.columns) if column.kind == "customer"]
        self.found: set[str] = set()

    def noted(self, rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            for place in self._places:
                if row[place]:
                    self.found.add(row[place])
            yield row


def write_report_csv(query: WriteReportCsv, reading: Reading) -> CsvReport:
    """The whole answer as CSV."""
    return _written(query, reading, CsvReport, write_csv, "csv")


def write_report_spreadsheet_csv(query: WriteReportSpreadsheetCsv, reading: Reading) -> CsvReport:
    """The whole answer as CSV for spreadsheets."""
    return _written(query, reading, CsvReport, write_spreadsheet_csv, "csv")


def write_report_workbook(query: WriteReportWorkbook, reading: Reading) -> WorkbookReport:
    """The whole answer as a workbook."""
    return _written(query, reading, WorkbookReport, write_workbook, "xlsx")


def print_report(query: PrintReport, reading: Reading) -> PaperReport:
    """The whole answer on paper."""
    return _written(query, reading, PaperReport, write_report_paper, "pdf")


def write_report_json(query: WriteReportJson, reading: Reading) -> JsonReport:
    """The whole answer as JSON."""
    return _written(query, reading, JsonReport, write_json, "json")


def write_report_parquet(query: WriteReportParquet, reading: Reading) -> ParquetReport:
    """The whole answer as Parquet."""
    return _written(query, reading, ParquetReport, write_parquet, "parquet")


def plot_report(query: PlotReport, reading: Reading) -> PlottedReport:
    """The chart of the whole answer."""
    return _written(query, reading, PlottedReport, write_report_plot, "svg")


def _customers(query: ReportQuestion, answer: ReportFile, reading: Reading) -> frozenset[str]:
    return answer.customers


QUERIES: Queries = {
    WriteReportCsv: write_report_csv,
    WriteReportSpreadsheetCsv: write_report_spreadsheet_csv,
    WriteReportWorkbook: write_report_workbook,
    PrintReport: print_report,
    WriteReportJson: write_report_json,
    WriteReportParquet: write_report_parquet,
    PlotReport: plot_report,
}
FORMATS: dict[str, type[ReportQuestion]] = {
    "csv": WriteReportCsv, "csv-excel": WriteReportSpreadsheetCsv, "xlsx": WriteReportWorkbook, "pdf": PrintReport,
    "json": WriteReportJson, "parquet": WriteReportParquet, "svg": PlotReport,
}  # fmt: skip


def question_of(form: str, language: str, **asked: Any) -> ReportQuestion:
    """The query of a format; one that has names of columns and no titles is in no language."""
    query = FORMATS[form]
    return query(**asked, in_language=language) if issubclass(query, WordedQuestion) else query(**asked)


CONCERNS: Concerns = dict.fromkeys(QUERIES, LISTED)
PERSONS: Persons = dict.fromkeys(QUERIES, _customers)
