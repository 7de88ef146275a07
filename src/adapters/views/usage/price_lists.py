"""Price lists: their versions and rows, what a number costs on a day, and what changed from one version to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

import msgspec

from adapters.bootstrap.price_list_reports import ComparisonReport, compared
from adapters.edge.models import written
from adapters.files.price_list import EVERY_OTHER
from adapters.files.price_list_export import csv_of, xlsx_of
from adapters.views.query import FileAnswer, Listing, Page, Queries, Query, Reading, page_of
from billing_core.kernel.errors import NotFound
from billing_core.usage.price_lists.comparison import USUAL_JUMP
from billing_core.usage.price_lists.lists import (
    DestinationPrice,
    PortedNumber,
    PriceList,
    PriceListTerms,
    row_for,
)
from billing_core.usage.price_lists.versions import (
    ListVersion,
    ListVersions,
    PortedTables,
    apply_ported_numbers,
    apply_price_list,
    version_on,
)
from commands.platform.concerns import HOUSE, Concerns
from commands.price_list_streams import price_list_stream
from commands.usage.price_lists import ported_numbers_stream, require_price_list_known
from projections.usage.price_lists import (
    PortedTableRow,
    PriceListRow,
    list_ported_tables,
    list_price_lists,
    versions_of_list,
)


class ListPriceLists(Listing, frozen=True, kw_only=True):
    """The price lists, each in the version that holds on a day, by default today, else in its newest one."""

    on: date | None = None


class ShowPriceList(Query, frozen=True, kw_only=True):
    """The terms of a price list in a version, and all its versions; by default the version that holds today."""

    price_list: str
    version: int | None = None


class ListPrices(Listing, frozen=True, kw_only=True):
    """The rows of a price list in a version, those with a beginning of the prefix or a part of the destination."""

    price_list: str
    version: int | None = None
    prefix: str = ""
    destination: str = ""


class FindPrice(Query, frozen=True, kw_only=True):
    """What a number costs on a day, by default today: by one list or by all that hold.

    The rows are found as calls are rated: special numbers first, then ported ones, then the longest prefix.
    """

    number: str
    on: date | None = None
    price_list: str = ""


class ComparePriceLists(Query, frozen=True, kw_only=True):
    """What changed from one version of a price list to another; prices that change by more than `jump` percent."""

    price_list: str
    before: int
    after: int
    jump: Decimal = USUAL_JUMP


class ExportPriceList(Query, frozen=True, kw_only=True):
    """A price list in a version as CSV, which can be imported again."""

    price_list: str
    version: int | None = None


class ExportPriceListSheet(Query, frozen=True, kw_only=True):
    """A price list in a version as an XLSX workbook, which can be imported again."""

    price_list: str
    version: int | None = None


class ListPortedNumberTables(Query, frozen=True, kw_only=True):
    """The newest table of ported numbers of each country."""


class PriceListCard(msgspec.Struct):
    """The terms of a version, and all versions, the newest first."""

    code: str
    version: int
    terms: dict[str, Any]
    versions: list[PriceListRow]


class PriceRow(msgspec.Struct):
    """A row of a list, its prices by band; a price that is missing is none."""

    prefix: str
    destination: str
    group: str
    prices: dict[str, Decimal | None]
    connection: Decimal
    minimum: Decimal
    maximum: Decimal | None
    first: int
    next: int
    is_special: bool


class FoundPrice(msgspec.Struct):
    """What a list says of a number on a day; without a row it has no price in the list.

    `ported_to` is the prefix by which a ported number is priced.
    """

    price_list: str
    name: str
    kind: str
    carrier: str
    version: int
    from_on: date
    currency: str
    unit: str
    ported_to: str
    row: PriceRow | None


class CsvFile(FileAnswer):
    """A table as CSV."""

    media_type = "text/csv"


class XlsxFile(FileAnswer):
    """A table as a workbook."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# --- answers


def _list_price_lists(query: ListPriceLists, reading: Reading) -> Page[PriceListRow]:
    with reading.source.cursor() as cursor:
        found = list_price_lists(cursor, query.after, query.limit + 1, query.on or reading.today)
    return page_of(found, query.limit, lambda row: row.code)


def _show_price_list(query: ShowPriceList, reading: Reading) -> PriceListCard:
    version = chosen(_known(query.price_list, reading), query.version, reading.today)
    with reading.source.cursor() as cursor:
        versions = versions_of_list(cursor, query.price_list)
    return PriceListCard(query.price_list, version.number, written(version.terms), versions)


def _list_prices(query: ListPrices, reading: Reading) -> Page[PriceRow]:
    price_list = _with_rows(query.price_list, query.version, reading)
    wanted = query.destination.casefold()
    rows = iter(price_list.rows)
    if query.after:
        # Rows come in the order of their keys; after an unknown one nothing comes.
        any(_key(row) == query.after for row in rows)
    fitting = (row for row in rows if row.prefix.startswith(query.prefix) and wanted in row.destination.casefold())
    page = page_of(list(islice(fitting, query.limit + 1)), query.limit, _key)
    return Page([price_row(row, price_list.terms) for row in page.items], page.next)


def _key(row: DestinationPrice) -> str:
    """What names a row in its list: a special number may be a prefix too, and every other number has none."""
    return f"{row.prefix}!" if row.is_special else row.prefix or EVERY_OTHER


def _find_price(query: FindPrice, reading: Reading) -> list[FoundPrice]:
    on = query.on or reading.today
    if query.price_list:
        codes = [query.price_list]
        _known(query.price_list, reading)
    else:
        with reading.source.cursor() as cursor:
            codes = [row.code for row in list_price_lists(cursor, "", 1_000, on)]
    number = query.number.lstrip("+").replace(" ", "")
    found = []
    for code in codes:
        version = version_on(_known(code, reading), on)
        if version is not None:
            found.append(_found(number, on, version, reading))
    return found


def _found(number: str, on: date, version: ListVersion, reading: Reading) -> FoundPrice:
    lists, terms = reading.app.price_lists, version.terms
    ported = _ported(terms.country, on, reading) if terms.country else {}
    row = row_for(number, lists.table_of(version), ported)
    moved = ported[number].prefix if number in ported else ""
    return FoundPrice(
        terms.code, terms.name, version.listed_as.kind, version.listed_as.carrier, version.number,
        version.valid_from_on, terms.currency, terms.unit, moved, price_row(row, terms) if row else None,
    )  # fmt: skip


def _compare(query: ComparePriceLists, reading: Reading) -> ComparisonReport:
    known = _known(query.price_list, reading)
    before, after = known.version(query.before), known.version(query.after)
    lists = reading.app.price_lists
    # The days of both have been decided, so none of them counts as past.
    return compared(lists.with_rows(before), lists.with_rows(after), after.valid_from_on, query.jump)


def _export(query: ExportPriceList, reading: Reading) -> CsvFile:
    return CsvFile(csv_of(_with_rows(query.price_list, query.version, reading)))


def _export_sheet(query: ExportPriceListSheet, reading: Reading) -> XlsxFile:
    return XlsxFile(xlsx_of(_with_rows(query.price_list, query.version, reading)))


def _list_ported_tables(query: ListPortedNumberTables, reading: Reading) -> Sequence[PortedTableRow]:
    with reading.source.cursor() as cursor:
        return list_ported_tables(cursor)


# --- versions


def _known(code: str, reading: Reading) -> ListVersions:
    """The versions of a list, as the source of the answers shows them."""
    known: ListVersions | None = None
    for fact in reading.source.events_of(price_list_stream(code)):
        known = apply_price_list(known, fact)
    return require_price_list_known(known, code)


def _ported(country: str, on: date, reading: Reading) -> Mapping[str, PortedNumber]:
    known: PortedTables | None = None
    for fact in reading.source.events_of(ported_numbers_stream(country)):
        known = apply_ported_numbers(known, fact)
    return reading.app.price_lists.ported_in(known, on)


def chosen(known: ListVersions, number: int | None, today: date) -> ListVersion:
    """The version that is named, else the one that holds today, else the newest that was not withdrawn."""
    if number is not None:
        return known.version(number)
    if (held := version_on(known, today)) is not None:
        return held
    coming = [version for version in known.versions if not version.withdrawn_because]
    if not coming:
        raise NotFound("was withdrawn in all its versions; name one of them", field="version")
    return coming[-1]


def _with_rows(code: str, number: int | None, reading: Reading) -> PriceList:
    return reading.app.price_lists.with_rows(chosen(_known(code, reading), number, reading.today))


def price_row(row: DestinationPrice, terms: PriceListTerms) -> PriceRow:
    """A row with its prices by the names of the bands."""
    prices: Mapping[str, Decimal | None] = {
        band.code: price for band, price in zip(terms.bands, row.prices, strict=True)
    }
    return PriceRow(
        row.prefix, row.destination, row.group, dict(prices), row.connection, row.minimum, row.maximum, row.first,
        row.next, row.is_special,
    )  # fmt: skip


QUERIES: Queries = {
    ListPriceLists: _list_price_lists,
    ShowPriceList: _show_price_list,
    ListPrices: _list_prices,
    FindPrice: _find_price,
    ComparePriceLists: _compare,
    ExportPriceList: _export,
    ExportPriceListSheet: _export_sheet,
    ListPortedNumberTables: _list_ported_tables,
}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
