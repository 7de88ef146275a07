"""What was written off in a month, with its VAT, and what lapses soon."""

from __future__ import annotations

import re
from datetime import date, timedelta

from adapters.files.tables_csv import csv_bytes
from adapters.views.collection.agencies import CsvFile
from adapters.views.persons import Persons
from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.kernel.errors import InvalidValue
from commands.platform.concerns import HOUSE, Concerns
from projections.collection.limitation import LapsingRow, lapsing_items
from projections.collection.write_offs import WriteOffRow, write_offs_between

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
MOST_DAYS = 3_660


class ListWriteOffs(Query, frozen=True, kw_only=True):
    """What was written off in a `month` such as 2026-05, this month unless named, of a `seller` or of all.

    It has the base and VAT of each rate, the reason and the provision of the law. What was cancelled is negative.
    """

    month: str = ""
    seller: str = ""


class WriteWriteOffs(ListWriteOffs, frozen=True, kw_only=True):
    """The same as a CSV file, for the tax return."""


class ListLapsing(Listing, frozen=True, kw_only=True):
    """Open invoices that lapse within so many `days`, or have lapsed, the first to lapse first."""

    days: int = 90


HEADING = (
    "seller", "written_off_on", "account", "invoice", "vat_rate", "base", "vat", "currency", "law", "reason",
)  # fmt: skip


def _list_write_offs(query: ListWriteOffs, reading: Reading) -> Page[WriteOffRow]:
    from_on, to_on = _month(query.month, reading.today)
    with reading.source.cursor() as cursor:
        return Page(write_offs_between(cursor, from_on, to_on, query.seller), None)


def _write_write_offs(query: WriteWriteOffs, reading: Reading) -> CsvFile:
    rows = _list_write_offs(query, reading).items
    cells = (
        (row.seller, row.written_off_on, row.account, row.invoice, row.vat_rate, row.base, row.vat,
         row.base.currency, row.law, row.reason)
        for row in rows
    )  # fmt: skip
    return CsvFile(csv_bytes(HEADING, cells))


def _month(month: str, today: date) -> tuple[date, date]:
    found = MONTH.fullmatch(month or f"{today:%Y-%m}")
    if found is None:
        raise InvalidValue("must be a month as 2026-05", field="month", value=month)
    year, number = int(found[1]), int(found[2])
    return date(year, number, 1), date(year + number // 12, number % 12 + 1, 1)


def _list_lapsing(query: ListLapsing, reading: Reading) -> Page[LapsingRow]:
    if not 0 <= query.days <= MOST_DAYS:
        raise InvalidValue(f"must be 0 to {MOST_DAYS}", field="days", value=query.days)
    with reading.source.cursor() as cursor:
        until_on = reading.today + timedelta(days=query.days)
        found = lapsing_items(cursor, until_on, query.limit + 1, query.after)
    return page_of(found, query.limit, lambda row: row.key)


QUERIES: Queries = {
    ListWriteOffs: _list_write_offs,
    WriteWriteOffs: _write_write_offs,
    ListLapsing: _list_lapsing,
}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
PERSONS: Persons = {}
