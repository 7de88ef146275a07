"""Forms of a ticket: a new one, and what can be done with one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from adapters.pages.custom_fields.asked import custom_fields, values_of
from adapters.pages.forms import Choice, Field, Form, says, to
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.pages.work.board import queues
from adapters.views.staff import ListOperators
from adapters.views.work.crews import ListCrews
from adapters.views.work.flows import ListFlows, ShowFlow
from adapters.views.work.tickets import ShowTicket
from commands.work.assignment import AssignByRule
from commands.work.opening import OpenTicket
from commands.work.outages import DeclareOutage, GatherTickets, JoinOutage, LetTicketGo
from commands.work.tickets import (
    AssignTicket,
    ChangeTicket,
    CloseTicket,
    CommentTicket,
    LogLabour,
    ReopenTicket,
    SetTicketFields,
    UnwatchTicket,
    UseMaterial,
    WatchTicket,
)

MOST = 1_000
PATH = "/tickets/{ticket}"
PRIORITIES = (
    Choice("low", N_("Low")), Choice("normal", N_("Normal")), Choice("high", N_("High")),
    Choice("urgent", N_("Urgent")),
)  # fmt: skip
SOURCES = (Choice("phone", N_("Phone")), Choice("page", N_("In person")), Choice("mail", N_("E-mail")))


def kinds(visit: Visit) -> Sequence[Choice]:
    """The kinds of tickets that can be opened."""
    flows = visit.ask(ListFlows, limit=MOST).items
    return [Choice(flow.kind, flow.title) for flow in flows if not flow.is_withdrawn]


def crews(visit: Visit) -> Sequence[Choice]:
    """The crews."""
    return [Choice(each.crew.code, each.crew.title) for each in visit.ask(ListCrews, limit=MOST).items]


def operators(visit: Visit) -> list[Choice]:
    """Who works here, for who may list them."""
    if not visit.may(ListOperators):
        return []
    return [Choice(row.operator, row.name) for row in visit.ask(ListOperators).items if not row.is_closed]


def with_named(choices: Sequence[Choice], named: Iterable[str]) -> list[Choice]:
    """What can be chosen, and what is named though it can be chosen no more: a form drops nothing by itself."""
    known = {choice.value for choice in choices}
    return [*choices, *(Choice(each, each) for each in named if each and each not in known)]


def _holder_fields(visit: Visit) -> tuple[Field, ...]:
    """Who can have the ticket: chosen from the operators by who may list them, else typed."""
    held, known = _holders(visit), operators(visit)
    assignee = Field("assignee", N_("Operator"), clears=True, width=4)
    if known:
        assignee = assignee._replace(kind="choice", choices=with_named(known, [held["assignee"]]))
    return (
        assignee,
        Field("crew", N_("Crew"), "choice", choices=with_named(crews(visit), [held["crew"]]), clears=True, width=4),
        Field("queue", N_("Queue"), "choice", choices=with_named(queues(visit), [held["queue"]]), is_required=True,
              width=4),
    )  # fmt: skip


def _steps(visit: Visit) -> Sequence[Choice]:
    """The steps of the ticket's flow that a person completes."""
    card = visit.ask(ShowTicket, ticket=visit.path["ticket"])
    flow = visit.ask(ShowFlow, kind=card.ticket.kind, version=card.flow_version).flow
    return [Choice(step["code"], step.get("title") or step["code"])
            for step in flow["steps"] if step.get("by", "person") == "person"]  # fmt: skip


def back(visit: Visit) -> str:
    """The card of the ticket."""
    return PATH.format(**visit.path)


def on_ticket(name: str, command: type, texts: tuple[str, str, str], *fields: Field, **more: Any) -> Form:
    """A form of a ticket; `texts` are its title, its button, and what is said when it is done."""
    title, button, done = texts
    return Form(
        f"{PATH}/{name}", command, title, button, fields, then=lambda visit, done: back(visit), back=back,
        done=says(done), about=lambda visit: visit.path["ticket"], **more,
    )  # fmt: skip


def _details(visit: Visit) -> dict[str, Any]:
    ticket = visit.ask(ShowTicket, ticket=visit.path["ticket"]).ticket
    return {"subject": ticket.subject, "priority": ticket.priority, "tags": list(ticket.tags)}


def _holders(visit: Visit) -> dict[str, Any]:
    ticket = visit.ask(ShowTicket, ticket=visit.path["ticket"]).ticket
    return {"queue": ticket.queue, "assignee": ticket.assignee, "crew": ticket.crew}


# fmt: off
FORMS = (
    Form(
        "/tickets/new", OpenTicket, N_("New ticket"), N_("Open the ticket"),
        (
            Field("kind", N_("Kind"), "choice", choices=kinds, is_required=True, width=6),
            Field("source", N_("Came by"), "choice", choices=SOURCES, width=3),
            Field("priority", N_("Priority"), "choice", choices=PRIORITIES, width=3),
            Field("subject", N_("What it is about"), is_required=True),
            Field("customer", N_("Customer number"), width=4), Field("account", N_("Account"), width=4),
            Field("subscription", N_("Service"), width=4), Field("address", N_("Address"), width=6),
            Field("node", N_("Node"), width=3), Field("device", N_("Device"), width=3),
            Field("values", N_("Answers that are known"), "pairs", N_("One on each line, as in: floor = 3")),
        ),
        then=lambda visit, done: f"/tickets/{done.result['ticket']}", back=to("/work"),
        done=says(N_("The ticket is open.")),
        asks=lambda visit: custom_fields(visit, "ticket"),
    ),
    on_ticket(
        "comment", CommentTicket, (N_("Comment"), N_("Add the comment"), N_("The comment is added.")),
        Field("text", N_("Comment"), "lines", is_required=True),
        Field("audience", N_("For"), "choice", is_required=True, width=6, choices=(
            Choice("inside", N_("Inside only")), Choice("customer", N_("The customer too")))),
        Field("attachments", N_("Files"), "files", width=6),
        begins=lambda visit: {"audience": "inside"},
    ),
    on_ticket(
        "assign", AssignTicket, (N_("Assign"), N_("Assign the ticket"), N_("The ticket is assigned.")),
        begins=_holders, asks=_holder_fields,
    ),
    on_ticket(
        "assign-by-rule", AssignByRule,
        (N_("Assign by rule"), N_("Let the rules decide"), N_("The rules have decided.")),
    ),
    on_ticket(
        "change", ChangeTicket, (N_("Edit"), N_("Save the ticket"), N_("The ticket is changed.")),
        Field("subject", N_("What it is about"), is_required=True),
        Field("priority", N_("Priority"), "choice", choices=PRIORITIES, width=6),
        Field("tags", N_("Tags"), "list", N_("One on each line"), clears=True, width=6),
        begins=_details, seen=lambda visit: visit.ask(ShowTicket, ticket=visit.path["ticket"]).seen(),
    ),
    on_ticket(
        "fields", SetTicketFields, (N_("Other details"), N_("Save the details"), N_("The details are saved.")),
        begins=lambda visit: values_of(visit.ask(ShowTicket, ticket=visit.path["ticket"]).custom_fields, "values"),
        asks=lambda visit: custom_fields(visit, "ticket", clears=True, word="values"),
    ),
    on_ticket(
        "labour", LogLabour, (N_("Note working time"), N_("Note the time"), N_("The time is noted.")),
        Field("minutes", N_("Minutes"), "whole", is_required=True, width=3), Field("note", N_("Note"), width=9),
    ),
    on_ticket(
        "material", UseMaterial, (N_("Note material"), N_("Note the material"), N_("The material is noted.")),
        Field("item", N_("Material"), is_required=True, width=6),
        Field("quantity", N_("Quantity"), "amount", is_required=True, width=3), Field("unit", N_("Unit"), width=3),
    ),
    on_ticket(
        "watch", WatchTicket, (N_("Watch"), N_("Watch the ticket"), N_("The ticket is watched.")),
        Field("operator", N_("Operator"), hint=N_("You, if nobody is named"), width=6),
    ),
    on_ticket(
        "unwatch", UnwatchTicket, (N_("Unwatch"), N_("Watch it no more"), N_("The ticket is watched no more.")),
        Field("operator", N_("Operator"), hint=N_("You, if nobody is named"), width=6),
    ),
    on_ticket(
        "declare-outage", DeclareOutage, (N_("Declare an outage"), N_("Declare the outage"), N_("It is an outage.")),
        Field("node", N_("Node"), width=6), Field("address", N_("Address"), width=6),
    ),
    on_ticket(
        "join-outage", JoinOutage, (N_("Join an outage"), N_("Join the outage"), N_("It belongs to the outage.")),
        Field("outage", N_("Number of the outage"), is_required=True, width=6),
    ),
    on_ticket(
        "gather", GatherTickets, (N_("Gather tickets"), N_("Gather them"), N_("The outage gathers them.")),
        Field("tickets", N_("Tickets"), "list", N_("Numbers, one on each line")),
        Field("node", N_("Node"), hint=N_("All open tickets about it"), width=6),
        Field("address", N_("Address"), hint=N_("All open tickets about it"), width=6),
    ),
    on_ticket(
        "let-go", LetTicketGo, (N_("Leave the outage"), N_("Leave the outage"), N_("It goes on by itself.")),
    ),
    on_ticket(
        "close", CloseTicket, (N_("Close"), N_("Close the ticket"), N_("The ticket is closed.")),
        Field("outcome", N_("How"), "choice", is_required=True, width=6, choices=(
            Choice("cancelled", N_("Cancelled")), Choice("completed", N_("Completed")),
            Choice("duplicate", N_("Duplicate of another")))),
        Field("duplicate_of", N_("Which"), width=6), Field("reason", N_("Reason")),
    ),
    on_ticket(
        "reopen", ReopenTicket, (N_("Reopen"), N_("Reopen the ticket"), N_("The ticket is open again.")),
        Field("step", N_("At the step"), "choice", choices=_steps, is_required=True, width=6),
        Field("reason", N_("Reason"), is_required=True),
    ),
)
# fmt: on
