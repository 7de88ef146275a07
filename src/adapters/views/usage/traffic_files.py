"""Traffic as files: CSV, an XLSX workbook, a picture."""

from __future__ import annotations

from io import StringIO

from adapters.documents.traffic_plot import traffic_svg
from adapters.files.traffic_tables import traffic_workbook, write_traffic_csv
from adapters.views.persons import Persons, owners
from adapters.views.query import FileAnswer, Queries, Reading
from adapters.views.usage.traffic import TrafficQuestion, all_traffic, owners_of_traffic, zone_of
from billing_core.usage.traffic import Measure
from commands.platform.concerns import LISTED, Concerns


class WriteTrafficCsv(TrafficQuestion, frozen=True, kw_only=True):
    """Traffic by one value, in hours, days or months, as a CSV file."""


class WriteTrafficWorkbook(TrafficQuestion, frozen=True, kw_only=True):
    """Traffic by one value, in hours, days or months, as an XLSX workbook."""


class PlotTraffic(TrafficQuestion, frozen=True, kw_only=True):
    """Traffic by one value, in hours, days or months, as a picture (SVG): a line for each of the values with most."""

    measure: Measure = "bytes"


class CsvFile(FileAnswer):
    """A table as CSV."""

    media_type = "text/csv"


class WorkbookFile(FileAnswer):
    """A workbook."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Picture(FileAnswer):
    """A picture."""

    media_type = "image/svg+xml"


def write_csv(query: WriteTrafficCsv, reading: Reading) -> CsvFile:
    """The whole answer as CSV."""
    into = StringIO()
    write_traffic_csv(into, all_traffic(query, reading))
    return CsvFile(into.getvalue().encode())


def write_workbook(query: WriteTrafficWorkbook, reading: Reading) -> WorkbookFile:
    """The whole answer as a workbook."""
    return WorkbookFile(traffic_workbook(all_traffic(query, reading)))


def plot_traffic(query: PlotTraffic, reading: Reading) -> Picture:
    """The whole answer as a picture."""
    with reading.source.cursor() as cursor:
        zone = zone_of(cursor)
    from_on, to_on = query.days(reading.today)
    of = f", {query.of}" if query.of else ""
    title = f"{query.measure.replace('_', ' ')} by {query.by}{of}, {from_on} up to {to_on}, exclusive"
    return Picture(traffic_svg(all_traffic(query, reading), query.measure, title, zone))


def _owners(query: TrafficQuestion, answer: FileAnswer, reading: Reading) -> list[str]:
    """Those whom the file is about: the same is asked again, for the file does not say it."""
    of_account = owners([query.account], reading) if query.account else []
    if query.by not in ("subscriber", "customer"):
        return of_account
    return [*of_account, *owners_of_traffic(query.by, all_traffic(query, reading), reading)]


QUERIES: Queries = {WriteTrafficCsv: write_csv, WriteTrafficWorkbook: write_workbook, PlotTraffic: plot_traffic}
CONCERNS: Concerns = dict.fromkeys(QUERIES, LISTED)
PERSONS: Persons = dict.fromkeys(QUERIES, _owners)
