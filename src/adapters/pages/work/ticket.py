"""A ticket: where it stands, its history, and what can be done now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from starlette.responses import Response

from adapters.actions.work import HoldTicket
from adapters.door.downloads import attachment_answer
from adapters.pages.page import Page, Shown
from adapters.pages.visit import Visit
from adapters.pages.work.states import state_of
from adapters.pages.work.ticket_forms import FORMS
from adapters.views.work.drawings import ShowDrawing
from adapters.views.work.flows import ShowFlow
from adapters.views.work.plans import FindFreeTimes
from adapters.views.work.tickets import ShowTicket, TakeAttachment, TicketCard
from commands.work.appointments import BookAppointment
from commands.work.assignment import AssignByRule
from commands.work.outages import DeclareOutage, GatherTickets, JoinOutage, LetTicketGo
from commands.work.tickets import (
    AssignTicket,
    ChangeTicket,
    CloseTicket,
    CommentTicket,
    ReopenTicket,
    SetTicketFields,
)

OF_OPEN = (
    AssignTicket, AssignByRule, ChangeTicket, SetTicketFields, DeclareOutage, JoinOutage, GatherTickets, LetTicketGo,
    CloseTicket,
)  # fmt: skip
OF_ENDED = (ReopenTicket,)
KEYS: dict[type, str] = {AssignTicket: "a", CommentTicket: "c"}


def ticket(visit: Visit) -> Shown:
    """The card of a ticket."""
    card = visit.ask(ShowTicket, ticket=visit.path["ticket"])
    flow = visit.ask(ShowFlow, kind=card.ticket.kind, version=card.flow_version).flow if visit.may(ShowFlow) else {}
    badge = state_of(card.ticket, datetime.now(UTC))
    only = visit.query.get("show", "")
    shown = [line for line in reversed(card.history) if only in line.event]
    steps = flow.get("steps", [])
    return Shown("work/ticket.html", {
        "card": card, "ticket": card.ticket, "badge": badge, "history": shown, "only": only, "steps": steps,
        "passed": passed_of([step["code"] for step in steps], card.ticket.steps), "is_drawn": "diagram" in flow,
        "offers": [(form.path.format(**visit.path), form.title, KEYS.get(form.command, "")) for form in FORMS
                   if "{ticket}" in form.path and visit.may(form.command) and _applies(form.command, card)],
        "can_hold": visit.may(HoldTicket),
        "can_book": card.ticket.state == "open" and visit.may(FindFreeTimes, BookAppointment),
    })  # fmt: skip


def _applies(command: type, card: TicketCard) -> bool:
    """A ticket leaves the outage that gathers it; one that is gathered joins no other. What has ended is reopened, and
    can be commented, watched, and given time and material that were forgotten; the rest is for an open one."""
    if command in (LetTicketGo, JoinOutage) and bool(card.outage) != (command is LetTicketGo):
        return False
    return command not in (OF_ENDED if card.ticket.state == "open" else OF_OPEN)


def hold(visit: Visit) -> Shown:
    """Who else has the ticket open. The page of a ticket asks it as long as it is open, which holds the ticket."""
    answer = visit.carry_out(HoldTicket, {"ticket": visit.path["ticket"]})
    return Shown("work/held.html", {"held_by": answer.result["held_by"]})


def passed_of(steps: Sequence[str], waiting: Sequence[str]) -> set[str]:
    """The steps before the first that waits, in the order of the flow; all of a ticket that has ended."""
    first = min((steps.index(step) for step in waiting if step in steps), default=len(steps))
    return set(steps[:first])


def drawing(visit: Visit) -> Response:
    """The diagram of the flow with the position of the ticket, as a picture."""
    found = visit.ask(ShowDrawing, ticket=visit.path["ticket"])
    return Response(found.svg, media_type="image/svg+xml")


def attachment(visit: Visit) -> Response:
    """A file that is attached to the ticket."""
    found = visit.ask(TakeAttachment, **visit.path)
    return attachment_answer(visit.door.app, found.content_hash, found.name)


PAGES = (
    Page("/tickets/{ticket}", ticket, ShowTicket),
    Page("/tickets/{ticket}/hold", hold, ShowTicket, method="POST"),
    Page("/tickets/{ticket}/attachments/{content_hash}", attachment, TakeAttachment),
    Page("/tickets/{ticket}/drawing", drawing, ShowDrawing),
)
