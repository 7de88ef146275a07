"""Outages gather tickets: by hand, by place, or as they are opened.

ticket/T-1  TicketGathered(T-2), TicketGathered(T-3)      what the outage gathers, in one write
reaction    JoinOutage(T-2)    ticket/T-2  OutageJoined   each by a command of its own: one that is refused stands
reaction    JoinOutage(T-3)    ticket/T-3  OutageJoined   on the list of refused commands and stops no other
"""

from __future__ import annotations

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.work.outages import (
    Gathering,
    OutageDeclared,
    OutageJoined,
    TicketGathered,
    TicketLetGo,
    apply_gathering,
    declare_outage,
    gather,
    reason_against,
)
from billing_core.work.ticket_changes import require_open
from billing_core.work.ticket_events import TicketOpened
from billing_core.work.tickets import Ticket, apply_ticket
from commands.platform.bus import Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.work.flows import load_flow
from commands.work.known_outages import known_outage, load_at
from commands.work.streams import OfTicket, load_ticket, ticket_stream

# --- commands


class DeclareOutage(OfTicket, frozen=True, kw_only=True):
    """Make an open ticket the outage of a node or an address; those that it is about, unless others are named.

    Until it is closed, tickets about the same place whose flow joins outages are gathered by it as they are opened.
    """

    node: str = ""
    address: str = ""


class GatherTickets(OfTicket, frozen=True, kw_only=True):
    """Let an outage gather other tickets: those that are named, and the open ones about a node or an address.

    The answer says which of the named ones it cannot gather, and why. What the outage says to the customer, and its
    end, goes to all of them.
    """

    tickets: tuple[str, ...] = ()
    node: str = ""
    address: str = ""


class LetTicketGo(OfTicket, frozen=True, kw_only=True):
    """Take a ticket out of the outage that gathers it: it has another cause, and goes on by itself."""


class JoinOutage(OfTicket, frozen=True, kw_only=True):
    """Note on a ticket by which outage it is gathered. The outage gives it by itself."""

    outage: str


class SortByOutages(OfTicket, frozen=True, kw_only=True):
    """See whether a new ticket is an outage by its flow, or is explained by one. Its opening gives it by itself."""


# --- handlers


def handle_declare_outage(command: DeclareOutage, transaction: Transaction, origin: Origin) -> Decision:
    ticket, version = load_ticket(transaction, command.ticket)
    require_open(ticket, command.ticket)
    is_named = command.node or command.address
    node = command.node if is_named else ticket.about.node
    address = command.address if is_named else ticket.about.address
    wanted = OutageDeclared(effective_on=origin.today, node=node, address=address)
    events = declare_outage(load_at(transaction, ticket_stream(command.ticket)), wanted)
    return Decision((Append(ticket_stream(command.ticket), version, events),))


def handle_gather_tickets(command: GatherTickets, transaction: Transaction, origin: Origin) -> Decision:
    ticket, version = load_ticket(transaction, command.ticket)
    require_open(ticket, command.ticket)
    known = load_at(transaction, ticket_stream(command.ticket))
    if known.outage:
        raise RuleViolation(f"is gathered by {known.outage} itself", field="ticket", value=command.ticket)
    refused = {each: reason for each in command.tickets if (reason := _reason(command.ticket, each, transaction))}
    wanted = [each for each in command.tickets if each not in refused]
    if command.node or command.address:
        found = transaction.open_tickets_about(command.node, command.address)
        wanted += [each for each in found if not _reason(command.ticket, each, transaction)]
    elif not command.tickets:
        raise InvalidValue("name tickets, a node or an address", field="tickets", value="")
    events = gather(known, wanted, origin.today)
    new = [fact.ticket for fact in events if isinstance(fact, TicketGathered)]
    return Decision((Append(ticket_stream(command.ticket), version, events),), {"gathered": new, "refused": refused})


def _reason(outage: str, number: str, transaction: Transaction) -> str:
    """Why a ticket cannot be gathered; empty if it can."""
    ticket, _ = transaction.load(ticket_stream(number), apply_ticket)
    gathering, _ = transaction.load(ticket_stream(number), apply_gathering)
    return reason_against(outage, number, ticket, gathering)


def handle_let_ticket_go(command: LetTicketGo, transaction: Transaction, origin: Origin) -> Decision:
    _, version = load_ticket(transaction, command.ticket)
    stream = ticket_stream(command.ticket)
    outage = load_at(transaction, stream).outage
    if not outage:
        return Decision(())
    left = OutageJoined(effective_on=origin.today, outage="")
    _, at_version = load_ticket(transaction, outage)
    gone = TicketLetGo(effective_on=origin.today, ticket=command.ticket)
    return Decision((Append(stream, version, [left]), Append(ticket_stream(outage), at_version, [gone])))


def handle_join_outage(command: JoinOutage, transaction: Transaction, origin: Origin) -> Decision:
    ticket, version = load_ticket(transaction, command.ticket)
    outage = load_at(transaction, ticket_stream(command.outage))
    known = load_at(transaction, ticket_stream(command.ticket))
    if command.ticket not in outage.gathered or known.outage == command.outage:
        return Decision(())
    if reason := reason_against(command.outage, command.ticket, ticket, known):
        raise RuleViolation(reason, field="ticket", value=command.ticket)
    joined = OutageJoined(effective_on=origin.today, outage=command.outage)
    return Decision((Append(ticket_stream(command.ticket), version, [joined]),))


def handle_sort_by_outages(command: SortByOutages, transaction: Transaction, origin: Origin) -> Decision:
    ticket, version = load_ticket(transaction, command.ticket)
    known = load_at(transaction, ticket_stream(command.ticket))
    role = load_flow(transaction, ticket.kind, ticket.flow_version).outage
    if not ticket.is_open or not role or known.is_outage or known.outage:
        return Decision(())
    if role == "is":
        return _declared(command.ticket, ticket, version, known, transaction, origin)
    outage = known_outage(transaction, ticket.about, but_not=command.ticket)
    if not outage:
        return Decision((), {"outage": ""})
    _, at_version = load_ticket(transaction, outage)
    events = gather(load_at(transaction, ticket_stream(outage)), [command.ticket], origin.today)
    return Decision((Append(ticket_stream(outage), at_version, events),), {"outage": outage})


def _declared(
    number: str, ticket: Ticket, version: int, known: Gathering, transaction: Transaction, origin: Origin
) -> Decision:
    """A new outage, which gathers the open tickets about its place whose flows join outages."""
    about, today = ticket.about, origin.today
    declared = declare_outage(known, OutageDeclared(effective_on=today, node=about.node, address=about.address))
    found = [
        each
        for each in transaction.open_tickets_about(about.node, about.address)
        if _joins(each, transaction) and not _reason(number, each, transaction)
    ]
    return Decision((Append(ticket_stream(number), version, [*declared, *gather(known, found, today)]),))


def _joins(number: str, transaction: Transaction) -> bool:
    ticket, _ = load_ticket(transaction, number)
    return load_flow(transaction, ticket.kind, ticket.flow_version).outage == "joins"


# --- what happens by itself


def _sort(entry: RecordedEvent) -> SortByOutages | None:
    assert isinstance(entry.event, TicketOpened)
    about = entry.event.about
    return SortByOutages(ticket=entry.number) if about.node or about.address else None


def _join(entry: RecordedEvent) -> JoinOutage:
    assert isinstance(entry.event, TicketGathered)
    return JoinOutage(ticket=entry.event.ticket, outage=entry.number)


HANDLERS: Handlers = {
    DeclareOutage: handle_declare_outage,
    GatherTickets: handle_gather_tickets,
    LetTicketGo: handle_let_ticket_go,
    JoinOutage: handle_join_outage,
    SortByOutages: handle_sort_by_outages,
}
CONCERNS: Concerns = dict.fromkeys(HANDLERS, HOUSE)
REACTIONS = (
    Reaction("sort-by-outages", (TicketOpened,), _sort),
    Reaction("join-outage", (TicketGathered,), _join),
)
