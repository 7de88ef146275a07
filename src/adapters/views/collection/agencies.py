"""Agencies, the items they collect, and their hand-over files."""

from __future__ import annotations

from datetime import date

import msgspec

from adapters.bootstrap.operations import operations
from adapters.files.tables_csv import csv_bytes
from adapters.views.persons import Persons
from adapters.views.query import FileAnswer, Listing, Page, Queries, Query, Reading, page_of
from billing_core.dunning.collection import BatchItem, CollectionAgency
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.kernel.money import Money
from commands.platform.concerns import HOUSE, Concerns
from projections.accounts.balances import customers_of_accounts
from projections.collection.batches import BatchRow, batches_before, items_of_batch
from projections.collection.items import Collected, CollectedRow, collected_after
from projections.collection.settings import agencies_after
from projections.parties.customer_lists import customer_named


class ListCollectionAgencies(Listing, frozen=True, kw_only=True):
    """The agencies that collect debts, in order of code."""


class ListCollectionItems(Listing, frozen=True, kw_only=True):
    """The invoices that agencies collect, of one `agency` or `account` if named; with `all` those of the past too."""

    agency: str = ""
    account: str = ""
    all: bool = False


class ListCollectionBatches(Listing, frozen=True, kw_only=True):
    """The hand-over files of an agency, the newest first."""

    agency: str


class ShowCollectionBatch(Query, frozen=True, kw_only=True):
    """A hand-over file of an agency with its items; with the debtors if the asker may write it as a file."""

    agency: str
    batch: int


class WriteCollectionFile(Query, frozen=True, kw_only=True):
    """A hand-over file of an agency as CSV, with name, address and contacts of each debtor as they are now."""

    agency: str
    batch: int


class Debtor(msgspec.Struct):
    """Who owes an item: the details by which an agency finds the debtor."""

    customer: str
    name: str
    street: str
    city: str
    postal_code: str
    country: str
    email: str
    phone: str


class HandedRow(msgspec.Struct):
    """An item of a hand-over file."""

    account: str
    invoice: str
    handed_on: date
    due_on: date
    open: Money
    debtor: Debtor | None


class CollectionBatch(msgspec.Struct):
    """A hand-over file: its number, the day on which it was drawn up, and its items."""

    agency: str
    batch: int
    drawn_up_on: date
    items: list[HandedRow]


class CsvFile(FileAnswer):
    """A table as CSV."""

    media_type = "text/csv"


HEADING = (
    "account", "invoice", "handed_on", "due_on", "open", "currency", "customer", "name", "street", "city",
    "postal_code", "country", "email", "phone",
)  # fmt: skip


# --- answers


def _list_agencies(query: ListCollectionAgencies, reading: Reading) -> Page[CollectionAgency]:
    with reading.source.cursor() as cursor:
        found = agencies_after(cursor, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda agency: agency.code)


def _list_items(query: ListCollectionItems, reading: Reading) -> Page[CollectedRow]:
    asked = Collected(agency=query.agency, account=query.account, open_only=not query.all)
    with reading.source.cursor() as cursor:
        found = collected_after(cursor, asked, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.key)


def _list_batches(query: ListCollectionBatches, reading: Reading) -> Page[BatchRow]:
    before = _number(query.after) if query.after else None
    with reading.source.cursor() as cursor:
        found = batches_before(cursor, query.agency, before, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.batch)


def _number(after: str) -> int:
    if not after.isdigit():
        raise InvalidValue("must be the number of a file", field="after", value=after)
    return int(after)


def _show_batch(query: ShowCollectionBatch, reading: Reading) -> CollectionBatch:
    is_personal = reading.permits(operations()[WriteCollectionFile].permission)
    return _batch(query.agency, query.batch, reading, is_personal=is_personal)


def _batch(agency: str, batch: int, reading: Reading, *, is_personal: bool) -> CollectionBatch:
    with reading.source.cursor() as cursor:
        found = items_of_batch(cursor, agency, batch)
    if found is None:
        raise NotFound(f"no such file was drawn up for agency {agency}", field="batch", value=str(batch))
    drawn_up_on, items = found
    debtors = _debtors(items, reading) if is_personal else {}
    rows = [
        HandedRow(item.account, item.invoice, item.handed_on, item.due_on, item.open, debtors.get(item.account))
        for item in items
    ]
    return CollectionBatch(agency, batch, drawn_up_on, rows)


def _debtors(items: tuple[BatchItem, ...], reading: Reading) -> dict[str, Debtor]:
    """The customer of each account as now known; a customer who is forgotten has no details left."""
    found: dict[str, Debtor] = {}
    with reading.source.cursor() as cursor:
        for account in sorted({item.account for item in items}):
            for number in customers_of_accounts(cursor, [account]):
                row = customer_named(cursor, number)
                if row is not None:
                    customer, address = row.customer, row.customer.address
                    found[account] = Debtor(
                        number, customer.name, address.street, address.city, address.postal_code, address.country,
                        customer.email or "", customer.phone or "",
                    )  # fmt: skip
    return found


def _write_file(query: WriteCollectionFile, reading: Reading) -> CsvFile:
    batch = _batch(query.agency, query.batch, reading, is_personal=True)
    rows = [
        (row.account, row.invoice, row.handed_on, row.due_on, row.open, row.open.currency,
         *(msgspec.structs.astuple(row.debtor) if row.debtor else ("",) * 8))
        for row in batch.items
    ]  # fmt: skip
    return CsvFile(csv_bytes(HEADING, rows))


def _shown(query: ShowCollectionBatch, batch: CollectionBatch, reading: Reading) -> set[str]:
    return {row.debtor.customer for row in batch.items if row.debtor is not None}


def _written(query: WriteCollectionFile, file: CsvFile, reading: Reading) -> set[str]:
    """Those whom the file is about: the same is read again, for the file does not say it."""
    batch = _batch(query.agency, query.batch, reading, is_personal=True)
    return {row.debtor.customer for row in batch.items if row.debtor is not None}


QUERIES: Queries = {
    ListCollectionAgencies: _list_agencies,
    ListCollectionItems: _list_items,
    ListCollectionBatches: _list_batches,
    ShowCollectionBatch: _show_batch,
    WriteCollectionFile: _write_file,
}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
PERSONS: Persons = {ShowCollectionBatch: _shown, WriteCollectionFile: _written}
