"""Complete steps of tickets; what waits goes on by itself when that for which it waits has come."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.payments.events import PaymentMovedIn, PaymentReceived
from billing_core.work.flows import Awaited, Flow
from billing_core.work.moves import Completion, answers, require_completable
from billing_core.work.ticket_events import (
    TICKET_OF_ACCOUNT,
    ActionDone,
    ActionOverruled,
    StepCompleted,
    TicketClosed,
    TicketOpened,
    TicketReopened,
)
from billing_core.work.tickets import Ticket, apply_ticket
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.work.diagrams import position_of
from commands.work.progress import OpenedTicket, complete, load_opened, opened_of
from commands.work.streams import OfTicket, load_ticket

# --- commands


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


def handle_complete_step(command: CompleteStep, transaction: Transaction, origin: Origin) -> Decision:
    found = load_opened(transaction, command.ticket, origin)
    require_completable(found.ticket, command.ticket, command.step)
    require_person(found, command.step, transaction)
    fields = found.flow.fields_of(command.step)
    values = answers(fields, command.values, found.ticket.values)
    completion = Completion(command.step, command.resolution, values, command.reason)
    return found.decision(complete(found, completion, transaction))


def require_person(found: OpenedTicket, step: str, transaction: Transaction) -> None:
    """The step is completed by a person, not by what it waits for or by itself."""
    if found.flow.diagram:
        is_person = step in position_of(found.flow, found.ticket, transaction.processes()).waiting
    else:
        is_person = found.flow.step(step).by == "person"
    if not is_person:
        raise RuleViolation("is left by itself, not by a person", field="step", value=step)


def handle_continue_ticket(command: ContinueTicket, transaction: Transaction, origin: Origin) -> Decision:
    loaded = load_ticket(transaction, command.ticket)
    if not loaded[0].is_open:
        return Decision(())
    found = opened_of(command.ticket, loaded, transaction, origin)
    if command.message:
        events = left_at(found, "message", command.message, transaction)
        if not events:
            raise InvalidValue("is not waited for", field="message", value=command.message)
        return found.decision(events)
    return found.decision(left_at(found, "children", "", transaction) or _left_if_paid(found, transaction))


def handle_continue_tickets_of_account(
    command: ContinueTicketsOfAccount, transaction: Transaction, origin: Origin
) -> Decision:
    appends: list[Append] = []
    for number in _open_tickets_of(command.account, transaction):
        found = load_opened(transaction, number, origin)
        events = left_at(found, "payment", "", transaction)
        appends += [found.append(events)] if events else []
    return Decision(tuple(appends))


def _open_tickets_of(account: str, transaction: Transaction) -> list[str]:
    """The numbers of the open tickets of an account, by two look-ups, however many have ended."""
    claims = transaction.claims_beginning(TICKET_OF_ACCOUNT, f"{account}:")
    if not claims:
        return []
    as_of_now = {claim.stream: sys.maxsize for claim in claims}
    found = transaction.load_all(as_of_now, (TicketOpened, TicketClosed, TicketReopened), apply_ticket)
    return [stream.partition("/")[2] for stream in as_of_now if found[stream].is_open]


def left_at(found: OpenedTicket, awaited: Awaited, message: str, transaction: Transaction) -> list[Event]:
    """The step at which the ticket waits is left, if its condition holds now; nothing if it does not wait for this."""
    if found.ticket.actions or (awaited == "children" and not children_ended(found.ticket, transaction)):
        return []
    for completion in _waiting_for(found, awaited, message, transaction):
        try:
            return complete(found, completion, transaction)
        except RuleViolation:
            return []
    return []


def _waiting_for(found: OpenedTicket, awaited: Awaited, message: str, transaction: Transaction) -> Iterator[Completion]:
    """The steps that wait for this. In a diagram they are events of a message: `children`, `payment`, or its name."""
    if found.flow.diagram:
        for each in position_of(found.flow, found.ticket, transaction.processes()).messages:
            if each.name == (message or awaited):
                yield Completion(each.element, "", {})
        return
    for code in found.ticket.steps:
        step = found.flow.step(code)
        if (step.wait_for, step.message) == (awaited, message):
            yield Completion(code, step.moves[0].resolution, {})


def _left_if_paid(found: OpenedTicket, transaction: Transaction) -> list[Event]:
    """The wait for a payment is over at once if its condition holds already; one without waits for the next payment."""
    has_condition = any(found.flow.step(code).moves[0].when for code in found.ticket.steps if _waits(found.flow, code))
    return left_at(found, "payment", "", transaction) if has_condition else []


def _waits(flow: Flow, code: str) -> bool:
    return flow.step(code).by == "wait"


def children_ended(ticket: Ticket, transaction: Transaction) -> bool:
    """Whether every child has ended."""
    return all(not load_ticket(transaction, child)[0].is_open for child in ticket.children)


# --- what happens by itself


def _continue_parent(entry: RecordedEvent) -> ContinueTicket | None:
    assert isinstance(entry.event, TicketClosed)
    return ContinueTicket(ticket=entry.event.parent) if entry.event.parent else None


def _continue_of_account(entry: RecordedEvent) -> ContinueTicketsOfAccount:
    return ContinueTicketsOfAccount(account=entry.number)


def _continue_at_once(entry: RecordedEvent) -> ContinueTicket | None:
    """What a ticket begins to wait for may have come before."""
    match entry.event:
        case StepCompleted(waits_for=awaited, actions=actions):
            may_wait = awaited in ("children", "payment") and not actions
        case ActionDone(left=left) | ActionOverruled(left=left):
            may_wait = left == 0
        case _:
            may_wait = False
    return ContinueTicket(ticket=entry.number) if may_wait else None


HANDLERS: Handlers = {
    CompleteStep: handle_complete_step,
    ContinueTicket: handle_continue_ticket,
    ContinueTicketsOfAccount: handle_continue_tickets_of_account,
}
REACTIONS = (
    Reaction("continue-waiting-ticket", (StepCompleted, ActionDone, ActionOverruled), _continue_at_once),
    Reaction("continue-parent-ticket", (TicketClosed,), _continue_parent),
    Reaction("continue-tickets-of-account", (PaymentReceived, PaymentMovedIn), _continue_of_account),
)
