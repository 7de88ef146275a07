"""What is around a ticket: similar ones, its outage and what it gathers, and who has it open too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from adapters.postgres.ticket_holds import PostgresTicketHolds
from adapters.views.persons import Persons
from adapters.views.query import Queries, Query, Reading
from billing_core.kernel.errors import NotFound
from billing_core.work.outages import Gathering, apply_gathering
from commands.platform.concerns import Concern, Concerns, Named
from commands.work.known_outages import known_outage
from commands.work.streams import load_ticket, ticket_stream
from projections.work.similar import Alike, SimilarTicket, alike, similar_tickets
from projections.work.tickets import ticket_named


class ListSimilarTickets(Query, frozen=True, kw_only=True):
    """Open tickets that may be the same trouble as a ticket, or as one that is to be opened: those about the same
    address, device, node, account or product, the likeliest first, each with the reasons.
    """

    ticket: str = ""
    address: str = ""
    node: str = ""
    device: str = ""
    account: str = ""
    product: str = ""


class SimilarTickets(msgspec.Struct):
    """Similar tickets, the likeliest first."""

    tickets: list[SimilarTicket]


class Around(NamedTuple):
    """What the card of a ticket says of others. `known_outage` is one of its place that does not gather it."""

    similar: list[SimilarTicket]
    gathering: Gathering
    known_outage: str
    held_by: list[str]


def around(ticket: str, reading: Reading) -> Around:
    """What is around a ticket that exists; holds and outages are those of now, whatever the moment of the answer."""
    gathering = None
    for fact in reading.source.events_of(ticket_stream(ticket)):
        gathering = apply_gathering(gathering, fact)
    assert gathering is not None
    app = reading.app
    with app.store.transaction() as transaction:
        about = load_ticket(transaction, ticket)[0].about
        outage = "" if gathering.outage else known_outage(transaction, about, but_not=ticket)
    held_by = PostgresTicketHolds(app.tables).holders(ticket, datetime.now(UTC))
    return Around(_similar(ListSimilarTickets(ticket=ticket), reading), gathering, outage, held_by)


def _list_similar(query: ListSimilarTickets, reading: Reading) -> SimilarTickets:
    return SimilarTickets(_similar(query, reading))


def _similar(query: ListSimilarTickets, reading: Reading) -> list[SimilarTicket]:
    with reading.source.cursor() as cursor:
        named = {field: value for field in Alike.__struct_fields__ if (value := getattr(query, field))}
        if query.ticket:
            row = ticket_named(cursor, query.ticket)
            if row is None:
                raise NotFound("no such ticket; `billing work` lists them", field="ticket", value=query.ticket)
            named = msgspec.structs.asdict(alike(row)) | named
        return similar_tickets(cursor, Alike(**named), query.ticket, reading.dealer)


PERSONS: Persons = {
    ListSimilarTickets: lambda query, found, reading: {row.customer for row in found.tickets if row.customer},
}
QUERIES: Queries = {ListSimilarTickets: _list_similar}
CONCERNS: Concerns = {
    ListSimilarTickets: Concern("named", (
        Named("ticket", ("ticket",), is_optional=True), Named("account", ("account",), is_optional=True),
    )),
}  # fmt: skip
