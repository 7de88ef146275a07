"""Change tickets: who works on them, what is known and said about them, time and material; close and reopen them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from billing_core.custom_fields import accepted_changes
from billing_core.kernel.attachments import require_file_name
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from billing_core.staff.operators import require_open as require_open_operator
from billing_core.work.flows import Audience
from billing_core.work.service_levels import Priority
from billing_core.work.ticket_changes import (
    assign,
    change_ticket,
    close,
    log_labour,
    reopen,
    require_open,
    require_words,
    set_fields,
    unwatch,
    watch,
)
from billing_core.work.ticket_events import (
    Closing,
    CommentAdded,
    MaterialUsed,
    TicketChanged,
    TicketClosed,
    TicketReopened,
)
from billing_core.work.tickets import Ticket
from commands.custom_fields import load_fields
from commands.platform.attached import AttachedFile, attached
from commands.platform.bus import Decision, Handlers
from commands.platform.concerns import Concern, Concerns, Named
from commands.platform.ports import Append, Origin, Transaction
from commands.staff.operators import load_operator
from commands.work.due import step_limits
from commands.work.flows import load_flow
from commands.work.streams import OfTicket, load_ticket, ticket_stream

# --- commands


class AssignTicket(OfTicket, frozen=True, kw_only=True):
    """Give a ticket to a queue, an operator or a crew; what is left out stays, an empty text is nobody."""

    queue: str | None = None
    assignee: str | None = None
    crew: str | None = None


class ChangeTicket(OfTicket, frozen=True, kw_only=True):
    """Change the subject, priority, deadline or tags of a ticket; what is left out stays."""

    subject: str | None = None
    priority: Priority | None = None
    due_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    tags: tuple[str, ...] | None = None


class SetTicketFields(OfTicket, frozen=True, kw_only=True):
    """Set the named custom fields of a ticket; an empty value clears one, and all others stay."""

    values: Mapping[str, str | None]


class CommentTicket(OfTicket, frozen=True, kw_only=True):
    """Say something on a ticket: inside only, or to the customer. Files are attached by the hash under which they were
    kept, each with a name.
    """

    text: str = ""
    audience: Audience = "inside"
    attachments: tuple[AttachedFile, ...] = ()


class WatchTicket(OfTicket, frozen=True, kw_only=True):
    """Let an operator follow a ticket and be written what changes on it; by default who gives the command."""

    operator: str = ""


class UnwatchTicket(OfTicket, frozen=True, kw_only=True):
    """Let an operator follow a ticket no more; by default who gives the command."""

    operator: str = ""


class LogLabour(OfTicket, frozen=True, kw_only=True):
    """Note minutes that an operator worked on a ticket, by default who gives the command; negative ones correct."""

    minutes: int
    operator: str = ""
    note: str = ""


class UseMaterial(OfTicket, frozen=True, kw_only=True):
    """Note material that was used for a ticket; a negative quantity corrects."""

    item: str
    quantity: Decimal
    unit: str = ""


class CloseTicket(OfTicket, frozen=True, kw_only=True):
    """End a ticket by hand before its flow does: cancelled, completed, or as a duplicate of another ticket."""

    reason: str = ""
    outcome: Closing = "cancelled"
    duplicate_of: str = ""


class ReopenTicket(OfTicket, frozen=True, kw_only=True):
    """Let a ticket that ended go on at a step of its flow that a person completes."""

    step: str
    reason: str


# --- handlers


def _decision(number: str, version: int, events: list[Event]) -> Decision:
    return Decision((Append(ticket_stream(number), version, events),))


def _load_open(transaction: Transaction, number: str) -> tuple[Ticket, int]:
    ticket, version = load_ticket(transaction, number)
    require_open(ticket, number)
    return ticket, version


def handle_assign_ticket(command: AssignTicket, transaction: Transaction, origin: Origin) -> Decision:
    ticket, version = _load_open(transaction, command.ticket)
    events = assign(ticket, command.queue, command.assignee, command.crew, origin.today)
    return _decision(command.ticket, version, events)


def handle_change_ticket(command: ChangeTicket, transaction: Transaction, origin: Origin) -> Decision:
    ticket, version = _load_open(transaction, command.ticket)
    wanted = TicketChanged(
        effective_on=origin.today,
        customer=ticket.customer,
        subject=ticket.subject if command.subject is None else command.subject.strip(),
        priority=command.priority or ticket.priority,
        due_at=ticket.due_at if isinstance(command.due_at, msgspec.UnsetType) else command.due_at,
        tags=ticket.tags if command.tags is None else tuple(sorted(set(command.tags))),
    )
    return _decision(command.ticket, version, change_ticket(ticket, wanted))


def handle_set_ticket_fields(command: SetTicketFields, transaction: Transaction, origin: Origin) -> Decision:
    ticket, version = _load_open(transaction, command.ticket)
    changes = accepted_changes(load_fields(transaction, "ticket"), [ticket.kind], command.values)
    return _decision(command.ticket, version, set_fields(ticket, changes, origin.today))


def handle_comment_ticket(command: CommentTicket, transaction: Transaction, origin: Origin) -> Decision:
    ticket, version = load_ticket(transaction, command.ticket)
    said = CommentAdded(
        effective_on=origin.today,
        customer=ticket.customer,
        text=command.text.strip() if command.attachments else require_words("text", command.text),
        audience=command.audience,
        attachments=attached(command.attachments, transaction),
        names=tuple(require_file_name(file.name) for file in command.attachments),
    )
    return _decision(command.ticket, version, [said])


def handle_watch_ticket(command: WatchTicket, transaction: Transaction, origin: Origin) -> Decision:
    ticket, version = load_ticket(transaction, command.ticket)
    if command.operator:
        require_open_operator(load_operator(transaction, command.operator)[0])
    return _decision(command.ticket, version, watch(ticket, command.operator or origin.actor, origin.today))


def handle_unwatch_ticket(command: UnwatchTicket, transaction: Transaction, origin: Origin) -> Decision:
    ticket, version = load_ticket(transaction, command.ticket)
    return _decision(command.ticket, version, unwatch(ticket, command.operator or origin.actor, origin.today))


def handle_log_labour(command: LogLabour, transaction: Transaction, origin: Origin) -> Decision:
    ticket, version = load_ticket(transaction, command.ticket)
    operator = command.operator or origin.actor
    events = log_labour(ticket, operator, command.minutes, command.note, origin.today)
    return _decision(command.ticket, version, events)


def handle_use_material(command: UseMaterial, transaction: Transaction, origin: Origin) -> Decision:
    _, version = load_ticket(transaction, command.ticket)
    if not command.quantity.is_finite() or not command.quantity:
        raise InvalidValue("must not be zero", field="quantity", value=command.quantity)
    item = require_words("item", command.item)
    used = MaterialUsed(effective_on=origin.today, item=item, quantity=f"{command.quantity:f}", unit=command.unit)
    return _decision(command.ticket, version, [used])


def handle_close_ticket(command: CloseTicket, transaction: Transaction, origin: Origin) -> Decision:
    ticket, version = load_ticket(transaction, command.ticket)
    if command.duplicate_of:
        load_ticket(transaction, command.duplicate_of)
    closed = TicketClosed(
        effective_on=origin.today, customer=ticket.customer, outcome=command.outcome, reason=command.reason,
        duplicate_of=command.duplicate_of, parent=ticket.parent, limits=dict(ticket.limits),
    )  # fmt: skip
    return _decision(command.ticket, version, close(ticket, command.ticket, closed))


def handle_reopen_ticket(command: ReopenTicket, transaction: Transaction, origin: Origin) -> Decision:
    ticket, version = load_ticket(transaction, command.ticket)
    flow = load_flow(transaction, ticket.kind, ticket.flow_version)
    if flow.step(command.step).by != "person":
        raise InvalidValue("is left by itself; name a step that a person completes", field="step", value=command.step)
    reopened = TicketReopened(
        effective_on=origin.today, customer=ticket.customer, reason=command.reason, step=command.step,
        limits=step_limits(flow, (command.step,), origin.recorded_at, transaction),
    )  # fmt: skip
    return _decision(command.ticket, version, reopen(ticket, command.ticket, reopened))


HANDLERS: Handlers = {
    AssignTicket: handle_assign_ticket,
    ChangeTicket: handle_change_ticket,
    SetTicketFields: handle_set_ticket_fields,
    CommentTicket: handle_comment_ticket,
    WatchTicket: handle_watch_ticket,
    UnwatchTicket: handle_unwatch_ticket,
    LogLabour: handle_log_labour,
    UseMaterial: handle_use_material,
    CloseTicket: handle_close_ticket,
    ReopenTicket: handle_reopen_ticket,
}
CONCERNS: Concerns = {
    CloseTicket: Concern("named", (
        Named("ticket", ("ticket",)), Named("ticket", ("duplicate_of",), is_optional=True),
    )),
}  # fmt: skip
