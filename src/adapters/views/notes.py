"""Tags, notes and files of customers."""

from __future__ import annotations

from adapters.views.persons import Persons
from adapters.views.query import Download, Page, Queries, Query, Reading
from billing_core.kernel.errors import NotFound
from commands.platform.concerns import LISTED, Concerns
from projections.notes import CustomerFile, NoteRow, TagCount, count_tags, files_of_customer, notes_of


class ListTags(Query, frozen=True, kw_only=True):
    """Every tag that a customer has, with the number of customers. `list-customers` with a `tag` lists them."""


class ListNotes(Query, frozen=True, kw_only=True):
    """The notes of a customer, pinned ones first, then the newest; on demand with those that were withdrawn."""

    customer: str
    with_withdrawn: bool = False


class ListCustomerFiles(Query, frozen=True, kw_only=True):
    """The files of a customer, the newest first."""

    customer: str


class TakeCustomerFile(Query, frozen=True, kw_only=True):
    """A file of a customer, by the hash of its content."""

    customer: str
    content_hash: str


def _list_tags(query: ListTags, reading: Reading) -> Page[TagCount]:
    with reading.source.cursor() as cursor:
        return Page(count_tags(cursor, reading.dealer), None)


def _list_notes(query: ListNotes, reading: Reading) -> Page[NoteRow]:
    with reading.source.cursor() as cursor:
        return Page(notes_of(cursor, query.customer, with_withdrawn=query.with_withdrawn), None)


def _list_files(query: ListCustomerFiles, reading: Reading) -> Page[CustomerFile]:
    with reading.source.cursor() as cursor:
        return Page(files_of_customer(cursor, query.customer), None)


def _take_file(query: TakeCustomerFile, reading: Reading) -> Download:
    with reading.source.cursor() as cursor:
        files = files_of_customer(cursor, query.customer)
    for file in files:
        if file.content_hash == query.content_hash:
            return Download(file.content_hash, file.name)
    raise NotFound("the customer has no such file", field="attachment", value=query.content_hash)


QUERIES: Queries = {
    ListTags: _list_tags,
    ListNotes: _list_notes,
    ListCustomerFiles: _list_files,
    TakeCustomerFile: _take_file,
}
PERSONS: Persons = {
    ListNotes: lambda query, page, reading: [query.customer] if page.items else [],
    ListCustomerFiles: lambda query, page, reading: [query.customer] if page.items else [],
    TakeCustomerFile: lambda query, file, reading: [query.customer],
}
CONCERNS: Concerns = {ListTags: LISTED}
