"""Bases of customers, bulk messages with their progress, terms of SMS, and addresses that are passed over."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from adapters.views.persons import Persons
from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.kernel.errors import NotFound
from billing_core.outreach.sms_terms import SmsTerms, apply_sms_terms
from commands.outreach.bases import no_such_base
from commands.outreach.bulk import no_such_bulk_message
from commands.outreach.sms_terms import sms_terms_stream
from commands.platform.concerns import HOUSE, LISTED, Concerns
from projections.outreach.bases import CustomerBaseRow, count_of_base, list_bases
from projections.outreach.bulk import BulkMessageRow, list_bulk_messages
from projections.outreach.unreachable import UnreachableRow, list_unreachable


class ListCustomerBases(Query, frozen=True, kw_only=True):
    """Choices of customers that are saved by a name."""


class CountCustomerBase(Query, frozen=True, kw_only=True):
    """How many customers a base has now."""

    base: str


class CustomersOfBase(msgspec.Struct):
    base: str
    customers: int


class ListBulkMessages(Query, frozen=True, kw_only=True):
    """Bulk messages with their progress, the newest first."""


class ShowBulkMessage(Query, frozen=True, kw_only=True):
    """A bulk message: how far it has come, and how many were left out why."""

    bulk_message: str


class ListUnreachableAddresses(Listing, frozen=True, kw_only=True):
    """Addresses that are written to no more, since a message to them came back for good, in order of customer."""


class ShowSmsTerms(Query, frozen=True, kw_only=True):
    """What SMS cost a seller, and whether they are transliterated."""

    seller: str


def _list_bases(query: ListCustomerBases, reading: Reading) -> Page[CustomerBaseRow]:
    with reading.source.cursor() as cursor:
        return Page(list_bases(cursor), None)


def _count_base(query: CountCustomerBase, reading: Reading) -> CustomersOfBase:
    with reading.source.cursor() as cursor:
        found = next((each for each in list_bases(cursor) if each.base == query.base), None)
        if found is None:
            raise no_such_base(query.base)
        return CustomersOfBase(query.base, count_of_base(cursor, found.seller, found.choice))


def _list_bulk(query: ListBulkMessages, reading: Reading) -> Page[BulkMessageRow]:
    with reading.source.cursor() as cursor:
        return Page(list_bulk_messages(cursor), None)


def _show_bulk(query: ShowBulkMessage, reading: Reading) -> BulkMessageRow:
    with reading.source.cursor() as cursor:
        found = list_bulk_messages(cursor, query.bulk_message) if query.bulk_message else []
    if not found:
        raise no_such_bulk_message(query.bulk_message)
    return found[0]


def _list_unreachable(query: ListUnreachableAddresses, reading: Reading) -> Page[UnreachableRow]:
    with reading.source.cursor() as cursor:
        found = list_unreachable(cursor, query.limit + 1, query.after, reading.dealer)
    return page_of(found, query.limit, lambda row: f"{row.customer} {row.address}")


def _show_sms_terms(query: ShowSmsTerms, reading: Reading) -> SmsTerms:
    found = reading.app.store.load(sms_terms_stream(query.seller), apply_sms_terms)
    if found is None:
        raise NotFound("has no terms of SMS; `set-sms-terms` sets them", field="seller", value=query.seller)
    return found


def _of_list(query: ListUnreachableAddresses, page: Page[UnreachableRow], reading: Reading) -> Iterable[str]:
    return {row.customer for row in page.items}


QUERIES: Queries = {
    ListCustomerBases: _list_bases,
    CountCustomerBase: _count_base,
    ListBulkMessages: _list_bulk,
    ShowBulkMessage: _show_bulk,
    ListUnreachableAddresses: _list_unreachable,
    ShowSmsTerms: _show_sms_terms,
}
PERSONS: Persons = {ListUnreachableAddresses: _of_list}
CONCERNS: Concerns = {**dict.fromkeys(QUERIES, HOUSE), ListUnreachableAddresses: LISTED}
