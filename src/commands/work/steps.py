"""Complete steps of tickets; what waits goes on by itself when that for which it waits has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.payments.events import PaymentMovedIn, PaymentReceived
from billing_core.work.courses import Passage, follow
from billing_core.work.expressions import Facts
from billing_core.work.flows import Awaited, Flow
from billing_core.work.moves import Completion, Next, answers, completed, facts_at, require_completable, require_move
from billing_core.work.tickets import TICKET_OF_ACCOUNT, Ticket, TicketClosed, apply_ticket
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.work.due import step_limits
from commands.work.facts import outside_facts
from commands.work.flows import load_flow
from commands.work.opening import load_ticket, ticket_stream

# --- commands


class OfTicket(Command, frozen=True, kw_only=True):
    ticket: str


class CompleteStep(OfTicket, frozen=True, kw_only=True):
    """Complete a step of a ticket with one of its resolutions; `values` are the answers of its form.

    A resolution that goes back needs a `reason`. What the flow does by itself then is done in order, each action once;
    until it is done no other step can be completed.
    """

    step: str
    resolution: str = ""
    values: Mapping[str, str] = {}
    reason: str = ""


class ContinueTicket(OfTicket, frozen=True, kw_only=True):
    """Leave a step at which a ticket waits, if that for which it waits has come; a `message` is one by its name."""

    message: str = ""


class ContinueTicketsOfAccount(Command, frozen=True, kw_only=True):
    """Leave the steps at which tickets of an account wait for a payment. A payment gives it by itself."""

    account: str


# --- handlers


class OpenedTicket(NamedTuple):
    """A ticket with its flow, and what is known of it and around it."""

    number: str
    ticket: Ticket
    version: int
    flow: Flow
    outside: Facts
    origin: Origin

    def decision(self, events: list[Event]) -> Decision:
        """The events of the ticket."""
        return Decision((self.append(events),) if events else (), {"steps": list(self._after(events).steps)})

    def append(self, events: list[Event]) -> Append:
        return Append(ticket_stream(self.number), self.version, events)

    def _after(self, events: list[Event]) -> Ticket:
        ticket: Ticket | None = self.ticket
        for fact in events:
            ticket = apply_ticket(ticket, fact)
        assert ticket is not None
        return ticket


def load_opened(transaction: Transaction, number: str, origin: Origin) -> OpenedTicket:
    """The ticket with the version of the flow that it began with."""
    ticket, version = load_ticket(transaction, number)
    flow = load_flow(transaction, ticket.kind, ticket.flow_version)
    outside = outside_facts(ticket, number, transaction, origin.today)
    return OpenedTicket(number, ticket, version, flow, outside, origin)


def handle_complete_step(command: CompleteStep, transaction: Transaction, origin: Origin) -> Decision:
    found = load_opened(transaction, command.ticket, origin)
    require_completable(found.ticket, command.ticket, command.step)
    step = found.flow.step(command.step)
    if step.by != "person":
        raise RuleViolation(f"is left by {step.by}, not by a person", field="step", value=command.step)
    fields = found.flow.fields_of(command.step)
    values = answers(fields, command.values, found.ticket.values)
    completion = Completion(command.step, command.resolution, values, command.reason)
    return found.decision(complete(found, completion, transaction))


def complete(found: OpenedTicket, completion: Completion, transaction: Transaction) -> list[Event]:
    """The step is completed, and what follows from it."""
    known = {**found.ticket.values, **completion.values}
    outside = {**found.outside, "resolution": completion.resolution}
    facts = facts_at(found.flow, known, outside)
    is_back = require_move(found.flow, completion, facts)
    passage = passage_after(found, completion, facts)
    limits = step_limits(found.flow, passage.steps, found.origin.recorded_at, transaction)
    follows = Next(passage, limits, is_back)
    return completed(found.ticket, found.flow, completion, follows, found.origin.today)


def passage_after(found: OpenedTicket, completion: Completion, facts: Facts) -> Passage:
    """What follows by the moves of the flow."""
    return follow(found.flow, completion.step, completion.resolution, facts)


def handle_continue_ticket(command: ContinueTicket, transaction: Transaction, origin: Origin) -> Decision:
    ticket, _ = load_ticket(transaction, command.ticket)
    if not ticket.is_open:
        return Decision(())
    found = load_opened(transaction, command.ticket, origin)
    awaited: Awaited = "message" if command.message else "children"
    events = _left(found, awaited, command.message, transaction)
    if command.message and not events:
        raise InvalidValue("is not waited for", field="message", value=command.message)
    return found.decision(events)


def handle_continue_tickets_of_account(
    command: ContinueTicketsOfAccount, transaction: Transaction, origin: Origin
) -> Decision:
    appends: list[Append] = []
    for claim in transaction.claims_beginning(TICKET_OF_ACCOUNT, f"{command.account}:"):
        number = claim.stream.partition("/")[2]
        ticket, _ = load_ticket(transaction, number)
        if ticket.is_open and not ticket.actions:
            found = load_opened(transaction, number, origin)
            events = _left(found, "payment", "", transaction)
            appends += [found.append(events)] if events else []
    return Decision(tuple(appends))


def _left(found: OpenedTicket, awaited: Awaited, message: str, transaction: Transaction) -> list[Event]:
    """The step at which the ticket waits is left, if its condition holds now; nothing if it does not wait for this."""
    if found.ticket.actions:
        return []
    for code in found.ticket.steps:
        step = found.flow.step(code)
        if step.wait_for != awaited or step.message != message:
            continue
        if awaited == "children" and not children_ended(found.ticket, transaction):
            continue
        try:
            return complete(found, Completion(code, step.moves[0].resolution, {}), transaction)
        except RuleViolation:
            return []
    return []


def children_ended(ticket: Ticket, transaction: Transaction) -> bool:
    """Whether every child has ended."""
    return all(not load_ticket(transaction, child)[0].is_open for child in ticket.children)


# --- what happens by itself


def _continue_parent(entry: RecordedEvent) -> ContinueTicket | None:
    assert isinstance(entry.event, TicketClosed)
    return ContinueTicket(ticket=entry.event.parent) if entry.event.parent else None


def _continue_of_account(entry: RecordedEvent) -> ContinueTicketsOfAccount:
    return ContinueTicketsOfAccount(account=entry.number)


HANDLERS: Handlers = {
    CompleteStep: handle_complete_step,
    ContinueTicket: handle_continue_ticket,
    ContinueTicketsOfAccount: handle_continue_tickets_of_account,
}
REACTIONS = (
    Reaction("continue-parent-ticket", (TicketClosed,), _continue_parent),
    Reaction("continue-tickets-of-account", (PaymentReceived, PaymentMovedIn), _continue_of_account),
)
