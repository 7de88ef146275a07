"""Receipts of cash desks: listed, one with its paper, added up by operator, and those that no printer has printed."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec

from adapters.documents.cash_receipt import ReceiptPaper, ReceiptText, receipt_text, render_receipt
from adapters.languages.codes import first_known
from adapters.views.cash.rights import seen_desk, seen_desks
from adapters.views.persons import Persons
from adapters.views.query import FileAnswer, Listing, Page, Queries, Query, Reading, page_of
from billing_core.cash.sessions import no_receipt
from billing_core.parties.customers import apply_customer
from billing_core.parties.sellers import Seller
from commands.parties import customer_stream
from projections.cash.desks import cash_desks
from projections.cash.prints import UnprintedReceipt, unprinted_receipts
from projections.cash.receipts import (
    CashReceiptRow,
    OfReceipts,
    Takings,
    receipt_named,
    receipts_before,
    takings_by_operator,
)
from projections.parties import list_sellers
from projections.parties.customer_lists import names_of
from projections.platform.projection import Cursor


class ListCashReceipts(Listing, frozen=True, kw_only=True):
    """Receipts of a desk, the newest first; of one session or business day, if it is named."""

    desk: str
    session: str = ""
    on: date | None = None


class ShowCashReceipt(Query, frozen=True, kw_only=True):
    """A receipt of a cash desk."""

    receipt: str


class PrintCashReceipt(Query, frozen=True, kw_only=True):
    """A receipt as a small PDF in the customer's language; `as_copy` marks it as one."""

    receipt: str
    as_copy: bool = False


class ReadCashReceipt(Query, frozen=True, kw_only=True):
    """What stands on a receipt as it is printed, line by line, in the customer's language."""

    receipt: str


class ListTakings(Query, frozen=True, kw_only=True):
    """What each operator took at each desk by each method, on business days from one on and before another.

    Without days it is today.
    """

    from_on: date | None = None
    to_on: date | None = None
    desk: str = ""


class ListUnprintedReceipts(Listing, frozen=True, kw_only=True):
    """Receipts of a desk with a fiscal printer that are not printed, in order; one that was overtaken is a gap."""

    desk: str


class ShownReceipt(msgspec.Struct):
    """A receipt with the customer's name, if it has one."""

    receipt: CashReceiptRow
    customer_name: str


class ReceiptFile(FileAnswer):
    """A receipt on paper."""

    media_type = "application/pdf"


def _list_receipts(query: ListCashReceipts, reading: Reading) -> Page[ShownReceipt]:
    with reading.source.cursor() as cursor:
        seen_desk(cursor, query.desk, reading)
        chosen = OfReceipts(query.desk, query.session, query.on)
        rows = receipts_before(cursor, chosen, query.after, query.limit + 1)
        names = names_of(cursor, [row.customer for row in rows if row.customer], reading.dealer)
    shown = [ShownReceipt(row, names.get(row.customer, "")) for row in rows]
    return page_of(shown, query.limit, lambda each: each.receipt.receipt)


def seen_receipt(cursor: Cursor, receipt: str, reading: Reading) -> CashReceiptRow:
    """A receipt of a desk at which who asks may look."""
    row = receipt_named(cursor, receipt)
    if row is None:
        raise no_receipt(receipt)
    seen_desk(cursor, row.desk, reading)
    return row


def _show_receipt(query: ShowCashReceipt, reading: Reading) -> ShownReceipt:
    with reading.source.cursor() as cursor:
        row = seen_receipt(cursor, query.receipt, reading)
        return ShownReceipt(row, names_of(cursor, [row.customer], reading.dealer).get(row.customer, ""))


def _print_receipt(query: PrintCashReceipt, reading: Reading) -> ReceiptFile:
    return ReceiptFile(render_receipt(_paper(query.receipt, query.as_copy, reading)))


def _read_receipt(query: ReadCashReceipt, reading: Reading) -> ReceiptText:
    return receipt_text(_paper(query.receipt, False, reading))


def _paper(receipt: str, as_copy: bool, reading: Reading) -> ReceiptPaper:
    with reading.source.cursor() as cursor:
        row = seen_receipt(cursor, receipt, reading)
        (desk,) = cash_desks(cursor, row.desk)
        seller = next(each for each in list_sellers(cursor) if each.code == desk.desk.seller)
        name = names_of(cursor, [row.customer], reading.dealer).get(row.customer, "")
    language = first_known(_language(row, reading), seller.language)
    return ReceiptPaper(row, desk.desk.branch, seller, name, _zone(seller), language, as_copy)


def _language(row: CashReceiptRow, reading: Reading) -> str:
    """That of the customer as now known."""
    state = None
    if row.customer:
        for fact in reading.source.events_of(customer_stream(row.customer)):
            state = apply_customer(state, fact)
    return state.customer.language if state else ""


def _zone(seller: Seller) -> ZoneInfo:
    return ZoneInfo(seller.time_zone)


def _list_takings(query: ListTakings, reading: Reading) -> Page[Takings]:
    from_on = query.from_on or reading.today
    to_on = query.to_on or max(from_on, reading.today) + timedelta(days=1)
    with reading.source.cursor() as cursor:
        seen = seen_desks(cursor, reading, query.desk)
        found = takings_by_operator(cursor, from_on, to_on, query.desk)
    return Page([row for row in found if row.desk in seen], None)


def _list_unprinted(query: ListUnprintedReceipts, reading: Reading) -> Page[UnprintedReceipt]:
    with reading.source.cursor() as cursor:
        seen_desk(cursor, query.desk, reading)
        found = unprinted_receipts(cursor, query.desk, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.receipt)


def _customers(shown: Page[ShownReceipt]) -> list[str]:
    return [each.receipt.customer for each in shown.items if each.receipt.customer]


def _customer(receipt: str, reading: Reading) -> list[str]:
    with reading.source.cursor() as cursor:
        row = receipt_named(cursor, receipt)
    return [row.customer] if row is not None and row.customer else []


QUERIES: Queries = {
    ListCashReceipts: _list_receipts,
    ShowCashReceipt: _show_receipt,
    PrintCashReceipt: _print_receipt,
    ReadCashReceipt: _read_receipt,
    ListTakings: _list_takings,
    ListUnprintedReceipts: _list_unprinted,
}
PERSONS: Persons = {
    ListCashReceipts: lambda query, page, reading: _customers(page),
    ShowCashReceipt: lambda query, shown, reading: _customer(query.receipt, reading),
    PrintCashReceipt: lambda query, file, reading: _customer(query.receipt, reading),
    ReadCashReceipt: lambda query, text, reading: _customer(query.receipt, reading),
}
