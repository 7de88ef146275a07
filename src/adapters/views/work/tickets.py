"""Tickets: lists, and the card of one with its history and what can be done now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from adapters.texts.sentences import event_name, sentence
from adapters.views.persons import Persons
from adapters.views.query import Download, Limit, Listing, Page, Queries, Query, Reading, page_of
from adapters.views.work.around import around
from billing_core.custom_fields import FieldValue, shown_values
from billing_core.kernel.errors import NotFound
from billing_core.work.fields import Field
from billing_core.work.flows import apply_flow
from billing_core.work.tickets import apply_ticket
from commands.platform.bus import Seen
from commands.platform.concerns import LISTED, Concern, Concerns, Named
from commands.work.flows import flow_stream
from commands.work.streams import ticket_stream
from projections.custom_fields import field_set
from projections.work.files import TicketFile, files_of
from projections.work.similar import SimilarTicket
from projections.work.ticket_lists import MyWork, Sort, Sought, list_tickets, place_of, work_of_operator
from projections.work.tickets import TicketRow, ticket_named


class ListTickets(Listing, frozen=True, kw_only=True):
    """Tickets in order of number; those that are open, unless another `state` is named: completed, cancelled,
    duplicate, or any.

    What else is named must hold for each: queue, assignee, crew, kind, step, customer and so on; `watcher` is an
    operator. A `search` finds words of the subject by their beginnings, without accents, or the number. With
    `is_overdue` they are those whose deadline has passed. Sorted by `due` they begin with the earliest deadline, by
    `waiting` with the one that is longest at its step, by `newest` with the last number.
    """

    sought: Sought = Sought()
    is_overdue: bool = False
    sort: Sort = "number"


class ShowMyWork(Query, frozen=True, kw_only=True):
    """The open tickets of an operator, by default of the one who asks: assigned, of the
    operator's crews, and watched only.

    The most urgent come first, at most `limit` of each.
    """

    operator: str = ""
    limit: Limit = 50


class ShowTicket(Query, frozen=True, kw_only=True):
    """A ticket with its history, and the steps that can be completed now with their forms."""

    ticket: str


class TakeAttachment(Query, frozen=True, kw_only=True):
    """A file that is attached to a ticket, by the hash of its content."""

    ticket: str
    content_hash: str


class OfferedMove(msgspec.Struct):
    """A way out of a step; `to` is where it leads."""

    resolution: str
    title: str
    to: str
    is_back: bool


class OfferedStep(msgspec.Struct):
    """A step that waits: its form, its ways out, and the permission for it, if it names one.

    Form and ways out are shown to those who hold the permission.
    """

    step: str
    title: str
    by: str
    permission: str
    form: list[Field]
    moves: list[OfferedMove]


class HistoryLine(msgspec.Struct):
    """An event of the ticket: when, by whom, and in words."""

    recorded_at: datetime
    actor: str
    event: str
    what: str


class TicketCard(msgspec.Struct):
    """A ticket with everything known of it. `values` are the answers so far, by field; `version` is its stream's.

    `similar` are tickets that may be the same trouble; `outage` is the ticket by which it is gathered, `known_outage`
    one of its place that could gather it. `held_by` are the operators who have it open now. `custom_fields` are those
    that the house defines for its kind, and those of which a value is kept.
    """

    ticket: TicketRow
    flow_version: int
    version: int
    values: dict[str, str]
    custom_fields: list[FieldValue]
    children: list[str]
    watchers: list[str]
    steps: list[OfferedStep]
    files: list[TicketFile]
    history: list[HistoryLine]
    similar: list[SimilarTicket]
    gathered: list[str]
    outage: str
    known_outage: str
    held_by: list[str]

    def seen(self) -> Seen:
        """The version of the ticket, for the ETag."""
        return Seen(ticket_stream(self.ticket.number), self.version)


def sought_by(query: ListTickets, now: datetime) -> Sought:
    """What a query asks for, at an instant."""
    state = "" if query.sought.state == "any" else query.sought.state
    return msgspec.structs.replace(query.sought, state=state, overdue_at=now if query.is_overdue else None)


def _list_tickets(query: ListTickets, reading: Reading) -> Page[TicketRow]:
    sought = sought_by(query, reading.source.now)
    with reading.source.cursor() as cursor:
        found = list_tickets(cursor, sought, query.limit + 1, query.sort, query.after, reading.dealer)
    return page_of(found, query.limit, lambda row: place_of(row, query.sort))


def _show_my_work(query: ShowMyWork, reading: Reading) -> MyWork:
    with reading.source.cursor() as cursor:
        return work_of_operator(cursor, query.operator or reading.actor, query.limit, reading.dealer)


def _show_ticket(query: ShowTicket, reading: Reading) -> TicketCard:
    with reading.source.cursor() as cursor:
        row, files = ticket_named(cursor, query.ticket), files_of(cursor, query.ticket)
        defined = field_set(cursor, "ticket")
    if row is None:
        raise NotFound("no such ticket; `billing work` lists them", field="ticket", value=query.ticket)
    entries = reading.source.entries_of(ticket_stream(query.ticket))
    ticket = None
    for entry in entries:
        ticket = apply_ticket(ticket, entry.event)
    assert ticket is not None
    flows = None
    for fact in reading.source.events_of(flow_stream(ticket.kind)):
        flows = apply_flow(flows, fact)
    assert flows is not None
    flow = flows.version(ticket.flow_version)
    offered = []
    for code in ticket.steps:
        step = flow.step(code)
        moves = [OfferedMove(move.resolution, move.title, move.to, move.is_back) for move in step.moves]
        if step.permission and not reading.permits(step.permission):
            moves = []
        form = list(flow.fields_of(code)) if moves else []
        offered.append(OfferedStep(code, step.title, step.by, step.permission, form, moves))
    lines = [
        HistoryLine(entry.recorded_at, entry.origin.actor, event_name(entry.event), sentence(entry.event))
        for entry in entries
    ]
    others = around(query.ticket, reading)
    gathering = others.gathering
    return TicketCard(row, ticket.flow_version, len(entries), dict(ticket.values),
                      shown_values(defined, [ticket.kind], ticket.custom_fields), list(ticket.children),
                      list(ticket.watchers), offered, files, lines, others.similar, list(gathering.gathered),
                      gathering.outage, others.known_outage, others.held_by)  # fmt: skip


def _take_attachment(query: TakeAttachment, reading: Reading) -> Download:
    with reading.source.cursor() as cursor:
        files = files_of(cursor, query.ticket)
    for file in files:
        if file.content_hash == query.content_hash:
            return Download(file.content_hash, file.name)
    raise NotFound("no such file is attached to this ticket", field="attachment", value=query.content_hash)


def customers_of_tickets(tickets: Iterable[TicketRow]) -> set[str]:
    """Whose tickets they are."""
    return {row.customer for row in tickets if row.customer}


QUERIES: Queries = {
    ListTickets: _list_tickets,
    ShowMyWork: _show_my_work,
    ShowTicket: _show_ticket,
    TakeAttachment: _take_attachment,
}
PERSONS: Persons = {
    ListTickets: lambda query, page, reading: customers_of_tickets(page.items),
    ShowMyWork: lambda query, work, reading: customers_of_tickets((*work.assigned, *work.of_crews, *work.watched)),
    ShowTicket: lambda query, card, reading: {each.customer for each in (card.ticket, *card.similar) if each.customer},
}
CONCERNS: Concerns = {
    ListTickets: LISTED,
    ShowMyWork: LISTED,
    ShowTicket: Concern("named", (Named("ticket", ("ticket",)),)),
    TakeAttachment: Concern("named", (Named("ticket", ("ticket",)),)),
}
