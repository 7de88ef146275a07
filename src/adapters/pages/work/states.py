"""States of tickets as badges: what is late first, then what is near."""

from __future__ import annotations

from datetime import datetime, timedelta

from adapters.pages.lists import State
from adapters.pages.page import N_
from projections.work.tickets import TicketRow

NEAR = timedelta(days=1)
ENDED = {"completed": N_("Completed"), "cancelled": N_("Cancelled"), "duplicate": N_("Duplicate")}


def state_of(ticket: TicketRow, now: datetime) -> State:
    """The badge of a ticket at an instant."""
    if ticket.state in ENDED:
        return State(ENDED[ticket.state])
    if ticket.due_at is not None and ticket.due_at < now:
        return State(N_("Overdue"), "bad")
    if ticket.due_at is not None and ticket.due_at < now + NEAR:
        return State(N_("Due soon"), "warn")
    if ticket.assignee or ticket.crew:
        return State(N_("Assigned"), "good")
    return State(N_("New"), "info")
