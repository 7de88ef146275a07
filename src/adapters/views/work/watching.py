"""Watchers are written what changes on their tickets, as a follower of the log.

    eva completes the step lending of T-1, which ends it      one mail to milan, who watches T-1, with both changes
    milan comments T-1                                        none to milan: who changed it knows
    milan was closed, or may not see T-1 any more             none

All that one command changes is one mail. It has the same Message-ID at every try, by which its receiver's program knows
a repetition. Nothing is answered by it: an answer would be taken for a mail of the customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from adapters.bootstrap.application import Application
from adapters.bootstrap.mail_out import Sending, sending_of
from adapters.bootstrap.operations import operations
from adapters.bootstrap.settings import Settings
from adapters.messages.sending import send_mail
from adapters.messages.writing import PlainMail, write_plain
from adapters.texts.sentences import sentence
from adapters.views.work.tickets import CONCERNS, ShowTicket
from billing_core.kernel.errors import NotFound
from billing_core.kernel.events import Event
from billing_core.staff.operators import Operator
from billing_core.staff.roles import NotPermitted, NotSignedIn
from billing_core.work.outages import OutageJoined
from billing_core.work.ticket_events import (
    ActionOverruled,
    ChildOpened,
    CommentAdded,
    LabourLogged,
    MaterialUsed,
    StepCompleted,
    TicketAssigned,
    TicketChanged,
    TicketClosed,
    TicketEscalated,
    TicketFieldsSet,
    TicketReopened,
)
from billing_core.work.tickets import Ticket, apply_ticket
from commands.platform.event_log import RecordedEvent
from commands.platform.followers import Delivery, Follower, Undeliverable
from projections.platform.projection import LoggedEvent

NAME = "ticket-watchers"
CHANGES: tuple[type[Event], ...] = (
    StepCompleted, ActionOverruled, TicketAssigned, TicketChanged, TicketFieldsSet, CommentAdded, LabourLogged,
    MaterialUsed, ChildOpened, TicketEscalated, TicketClosed, TicketReopened, OutageJoined,
)  # fmt: skip
TEXT = """{number} {subject}

{changes}

You watch this ticket. Please do not answer this mail: comment on the ticket.
"""


class Change(NamedTuple):
    """What one command changed on a ticket, and the ticket after it."""

    ticket: Ticket
    entries: Sequence[LoggedEvent]


def watch_followers(application: Application, settings: Settings) -> list[Follower]:
    """The follower that writes to watchers, from the time on at which a mail server is set; none without."""
    sending = sending_of(application, settings)
    return [Follower(NAME, CHANGES, partial(_deliver, application, sending))] if sending else []


def _deliver(app: Application, sending: Sending, delivery: Delivery) -> None:
    change = _change(app, delivery.entry)
    if change is None:
        return
    refused = []
    for watcher in change.ticket.watchers:
        operator = _written_to(app, watcher, change.entries[0])
        if operator is None:
            continue
        try:
            _send(sending, operator, delivery, change)
        except Undeliverable as error:
            refused.append(f"{watcher}: {error.message}")
    if refused:
        raise Undeliverable("; ".join(refused))


def _change(app: Application, entry: RecordedEvent) -> Change | None:
    """What the command of an event changed; None unless the event is the first of its changes, or nobody watches."""
    ticket: Ticket | None = None
    changes: list[LoggedEvent] = []
    for each in app.queries.entries_of(entry.stream):
        if each.position > entry.position and each.origin.command != entry.origin.command:
            break
        ticket = apply_ticket(ticket, each.event)
        if each.origin.command == entry.origin.command and isinstance(each.event, CHANGES):
            changes.append(each)
    if ticket is None or not ticket.watchers or not changes or changes[0].position != entry.position:
        return None
    return Change(ticket, changes)


def _written_to(app: Application, watcher: str, entry: LoggedEvent) -> Operator | None:
    """The operator, if there is an address, the ticket may be seen, and somebody else changed it."""
    if watcher == entry.origin.actor:
        return None
    try:
        rights = app.rights.of(watcher)
        rights.require(operations()[ShowTicket].permission, CONCERNS[ShowTicket])
        app.scopes.require_own(rights.scope, CONCERNS[ShowTicket], ShowTicket(ticket=entry.number))
    except (NotSignedIn, NotPermitted, NotFound):
        return None
    return rights.operator if rights.operator.email else None


def _send(sending: Sending, operator: Operator, delivery: Delivery, change: Change) -> None:
    number, subject = delivery.entry.number, " ".join(change.ticket.subject.split())
    changes = "\n".join(f"{each.origin.actor}: {sentence(each.event)}" for each in change.entries)
    mail = PlainMail(
        f"watched.{delivery.key}.{operator.code}", operator.email, f"{number}: {subject}",
        TEXT.format(number=number, subject=subject, changes=changes), delivery.entry.recorded_at,
    )  # fmt: skip
    try:
        written = write_plain(mail, sending.sender)
    except ValueError:
        raise Undeliverable("the address is none that a mail can be sent to") from None
    send_mail(written, sending.sender.address, operator.email, sending.server)
