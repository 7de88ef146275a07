"""Changes of tickets by hand: who has it, what is known of it, time, its end, and that it goes on again.

Decides whether a change is allowed, and which events say so. What a completed step leads to is decided by its flow
(`courses`, `moves`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.work.flows import Subject
from billing_core.work.ticket_events import (
    About,
    LabourLogged,
    TicketAssigned,
    TicketChanged,
    TicketClosed,
    TicketFieldsSet,
    TicketReopened,
    WatchersChanged,
)
from billing_core.work.tickets import Ticket

MOST_TEXT = 20_000
MOST_TAGS = 50


def require_about(wanted: Collection[Subject], customer: str, about: About) -> None:
    """A ticket says what its flow needs it to be about."""
    for subject in wanted:
        if not (customer if subject == "customer" else getattr(about, subject)):
            raise InvalidValue("is needed for tickets of this kind", field=subject, value="")


def require_open(ticket: Ticket, number: str) -> None:
    """A ticket that has not ended."""
    if not ticket.is_open:
        raise RuleViolation(f"is {ticket.outcome}; reopen it first", field="ticket", value=number)


def require_no_actions(ticket: Ticket, number: str) -> None:
    """Nothing of the flow is still to be done: what comes next rests on it."""
    if ticket.actions:
        raise RuleViolation(
            f"the action {ticket.actions[0]} is still to be done by itself; if it was refused, mend the cause and "
            "retry it, or overrule it with `overrule-action`", field="ticket", value=number,
        )  # fmt: skip


def assign(ticket: Ticket, queue: str | None, assignee: str | None, crew: str | None, on: date) -> list[Event]:
    """Another queue, operator or crew; what is None stays, an empty text is nobody."""
    wanted = TicketAssigned(
        effective_on=on,
        queue=ticket.queue if queue is None else queue,
        assignee=ticket.assignee if assignee is None else assignee,
        crew=ticket.crew if crew is None else crew,
    )
    if not wanted.queue:
        raise InvalidValue("must not be empty", field="queue", value="")
    is_same = (wanted.queue, wanted.assignee, wanted.crew) == (ticket.queue, ticket.assignee, ticket.crew)
    return [] if is_same else [wanted]


def change_ticket(ticket: Ticket, wanted: TicketChanged) -> list[Event]:
    """Subject, priority, deadline and tags; those that it has change nothing."""
    require_words("subject", wanted.subject)
    if len(wanted.tags) > MOST_TAGS:
        raise InvalidValue(f"are more than {MOST_TAGS}", field="tags", value=len(wanted.tags))
    known = (ticket.subject, ticket.priority, ticket.due_at, ticket.tags)
    return [] if known == (wanted.subject, wanted.priority, wanted.due_at, wanted.tags) else [wanted]


def set_fields(ticket: Ticket, changes: Mapping[str, str | None], on: date) -> list[Event]:
    """The named custom fields change, None clears one, all others stay; the same values change nothing."""
    values = {code: value for code, value in {**ticket.custom_fields, **changes}.items() if value is not None}
    if values == ticket.custom_fields:
        return []
    return [TicketFieldsSet(effective_on=on, customer=ticket.customer, values=values)]


def watch(ticket: Ticket, operator: str, on: date) -> list[Event]:
    """The operator is written every change from now on."""
    if operator in ticket.watchers:
        return []
    return [WatchersChanged(effective_on=on, watchers=tuple(sorted({*ticket.watchers, operator})))]


def unwatch(ticket: Ticket, operator: str, on: date) -> list[Event]:
    """The operator is written nothing any more."""
    if operator not in ticket.watchers:
        return []
    return [WatchersChanged(effective_on=on, watchers=tuple(each for each in ticket.watchers if each != operator))]


def log_labour(ticket: Ticket, operator: str, minutes: int, note: str, on: date) -> list[Event]:
    """Time that was worked; a correction never makes it less than nothing."""
    if not minutes or abs(minutes) > 24 * 60:
        raise InvalidValue("must be 1 to 1,440, or -1 to -1,440 as a correction", field="minutes", value=minutes)
    if ticket.labour_minutes + minutes < 0:
        raise RuleViolation(f"only {ticket.labour_minutes} minutes are logged", field="minutes", value=minutes)
    return [LabourLogged(effective_on=on, operator=operator, minutes=minutes, note=note)]


def close(ticket: Ticket, number: str, closed: TicketClosed) -> list[Event]:
    """End a ticket by hand; a duplicate names another ticket."""
    require_open(ticket, number)
    require_no_actions(ticket, number)
    if (closed.outcome == "duplicate") != bool(closed.duplicate_of) or closed.duplicate_of == number:
        raise InvalidValue("a duplicate names another ticket", field="duplicate of", value=closed.duplicate_of)
    if closed.outcome != "duplicate":
        require_words("reason", closed.reason)
    return [closed]


def reopen(ticket: Ticket, number: str, reopened: TicketReopened) -> list[Event]:
    """A ticket that ended goes on at a step, for a reason."""
    require_words("reason", reopened.reason)
    if ticket.is_open:
        raise RuleViolation("is open", field="ticket", value=number)
    return [reopened]


def require_words(field: str, text: str) -> str:
    """A text that says something, and not a whole book."""
    if not text.strip():
        raise InvalidValue("must not be empty", field=field, value=text)
    if len(text) > MOST_TEXT:
        raise InvalidValue(f"is longer than {MOST_TEXT:,} letters", field=field, value=f"{text[:40]}...")
    return text.strip()
