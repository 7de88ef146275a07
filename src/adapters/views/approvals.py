"""Commands that wait for a second person."""

from __future__ import annotations

from typing import Any

import msgspec

from adapters.edge.models import written
from adapters.views.persons import Persons, owners
from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.approvals import apply_request
from billing_core.kernel.errors import NotFound
from commands.approval_streams import request_stream
from commands.approvals import command_of, is_erased
from commands.platform.concerns import LISTED, Concern, Concerns, Named
from projections.approvals import RequestRow, list_requests, request_named


class ListApprovalRequests(Listing, frozen=True, kw_only=True):
    """Commands that wait for a second person, the oldest first; with `all` also those decided or expired."""

    all: bool = False


class ShowApprovalRequest(Query, frozen=True, kw_only=True):
    """A command that waits or waited for a second person, with its content."""

    request: str


class RequestCard(msgspec.Struct):
    """A request, with the fields of the command as they were written; none after the customer was forgotten."""

    request: RequestRow
    fields: dict[str, Any]


def _list_requests(query: ListApprovalRequests, reading: Reading) -> Page[RequestRow]:
    with reading.source.cursor() as cursor:
        found = list_requests(cursor, reading.today, query.limit + 1, query.after, all=query.all, dealer=reading.dealer)
    return page_of(found, query.limit, lambda row: row.request)


def _show_request(query: ShowApprovalRequest, reading: Reading) -> RequestCard:
    with reading.source.cursor() as cursor:
        row = request_named(cursor, query.request, reading.today)
    if row is None:
        raise NotFound("no such request; `billing approvals` lists them", field="request", value=query.request)
    state = None
    for fact in reading.source.events_of(request_stream(query.request)):
        state = apply_request(state, fact)
    assert state is not None
    return RequestCard(row, {} if is_erased(state) else written(command_of(state)))


QUERIES: Queries = {ListApprovalRequests: _list_requests, ShowApprovalRequest: _show_request}
PERSONS: Persons = {ShowApprovalRequest: lambda query, card, reading: owners([card.request.account], reading)}
CONCERNS: Concerns = {
    ListApprovalRequests: LISTED,
    ShowApprovalRequest: Concern("named", (Named("request", ("request",)),)),
}
