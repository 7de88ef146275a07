"""Invoices and credit notes, and the accounts that could not be billed."""

from __future__ import annotations

from datetime import date

from adapters.documents.assemble import assemble
from adapters.documents.pdf import render_pdf
from adapters.views.next_bill import PreviewBill, preview_bill
from adapters.views.persons import Persons, owners
from adapters.views.query import FileAnswer, Listing, Page, Queries, Query, Reading, page_of
from billing_core.invoicing.documents import Document
from billing_core.kernel.errors import NotFound
from commands.platform.concerns import LISTED, Concern, Concerns, Named
from projections.accounts.balances import AccountRow, parked_accounts
from projections.billing import DocumentRow, document_numbered, documents_of
from projections.documents import NEWEST, Choice, DocumentSort, DocumentState, accounts_asked, list_documents


class ListInvoices(Listing, frozen=True, kw_only=True):
    """Invoices and credit notes, the newest first: those issued from a day on and before another one.

    An invoice is `open`, `overdue` after its due date, or `paid`. With `sort` they are in another order; amounts of
    several currencies are sorted as numbers.
    """

    from_on: date | None = None
    to_on: date | None = None
    seller: str | None = None
    customer: str | None = None
    account: str | None = None
    state: DocumentState | None = None
    sort: DocumentSort = NEWEST


class ListInvoicesOfAccount(Query, frozen=True, kw_only=True):
    """All invoices and credit notes of an account, in order of date."""

    account: str


class ShowInvoice(Query, frozen=True, kw_only=True):
    """An invoice or credit note, with its lines."""

    number: str


class ReadInvoice(Query, frozen=True, kw_only=True):
    """An invoice or credit note as it is printed, with parties and what explains each line."""

    number: str


class PrintInvoice(Query, frozen=True, kw_only=True):
    """An invoice or credit note as it is printed (PDF); one that is sent again is marked so with `as_copy`."""

    number: str
    as_copy: bool = False


class DocumentFile(FileAnswer):
    """A document on paper."""

    media_type = "application/pdf"


class ListParkedAccounts(Listing, frozen=True, kw_only=True):
    """The accounts that could not be billed, with the reason, in order of number."""


def _list_invoices(query: ListInvoices, reading: Reading) -> Page[DocumentRow]:
    with reading.source.cursor() as cursor:
        chosen = Choice(
            today=reading.today,
            from_on=query.from_on,
            to_on=query.to_on,
            seller=query.seller,
            accounts=accounts_asked(cursor, query.customer, query.account),
            state=query.state,
            dealer=reading.dealer,
        )
        found = list_documents(cursor, chosen, query.limit + 1, query.after, query.sort)
    return page_of(found, query.limit, lambda row: row.number)


def _list_of_account(query: ListInvoicesOfAccount, reading: Reading) -> Page[DocumentRow]:
    with reading.source.cursor() as cursor:
        return Page(documents_of(cursor, query.account), None)


def _show_invoice(query: ShowInvoice, reading: Reading) -> DocumentRow:
    with reading.source.cursor() as cursor:
        row = document_numbered(cursor, query.number)
    if row is None:
        raise NotFound("no invoice and no credit note has this number", field="number", value=query.number)
    return row


def _read_invoice(query: ReadInvoice, reading: Reading) -> Document:
    return assemble(query.number, reading.source, reading.app.store, reading.today)


def _print_invoice(query: PrintInvoice, reading: Reading) -> DocumentFile:
    document = assemble(query.number, reading.source, reading.app.store, reading.today)
    return DocumentFile(render_pdf(document, copy=query.as_copy))


def _buyer(query: PrintInvoice | ReadInvoice, answer: object, reading: Reading) -> list[str]:
    with reading.source.cursor() as cursor:
        row = document_numbered(cursor, query.number)
    return [] if row is None else [row.customer.code]


def _list_parked(query: ListParkedAccounts, reading: Reading) -> Page[AccountRow]:
    with reading.source.cursor() as cursor:
        found = parked_accounts(cursor, query.limit + 1, query.after, reading.dealer)
    return page_of(found, query.limit, lambda row: row.number)


OF_DOCUMENT = Concern("named", (Named("document", ("number",)),))
PERSONS: Persons = {
    ReadInvoice: _buyer,
    PrintInvoice: _buyer,
    # A line may describe what a person uses.
    PreviewBill: lambda query, bill, reading: owners([query.account], reading) if bill.amounts else [],
}
QUERIES: Queries = {
    ListInvoices: _list_invoices,
    ListInvoicesOfAccount: _list_of_account,
    ShowInvoice: _show_invoice,
    ReadInvoice: _read_invoice,
    PrintInvoice: _print_invoice,
    ListParkedAccounts: _list_parked,
    PreviewBill: preview_bill,
}
CONCERNS: Concerns = {
    ListInvoices: Concern(
        "listed",
        (
            Named("customer", ("customer",), is_optional=True),
            Named("account", ("account",), is_optional=True),
            Named("document", ("after",), is_optional=True),
        ),
    ),
    ShowInvoice: OF_DOCUMENT,
    ReadInvoice: OF_DOCUMENT,
    PrintInvoice: OF_DOCUMENT,
    ListParkedAccounts: LISTED,
}
