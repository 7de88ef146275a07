"""Lists of tickets and of what belongs to them."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

from adapters.pages.forms import Choice, Field
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_
from adapters.pages.work.board import queues
from adapters.pages.work.states import state_of
from adapters.pages.work.ticket_forms import PRIORITIES
from adapters.views.work.appointments import ListAppointments
from adapters.views.work.flows import ListFlows
from adapters.views.work.ready_flows import ListReadyFlows
from adapters.views.work.tickets import ListTickets
from commands.work.appointments import CompleteAppointment
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket

STATES = (
    Choice("any", N_("Any")), Choice("completed", N_("Completed")), Choice("cancelled", N_("Cancelled")),
    Choice("duplicate", N_("Duplicate")),
)  # fmt: skip

# fmt: off
LISTS = (
    List(
        "/tickets", ListTickets, N_("Tickets"),
        (
            Column(N_("Ticket"), lambda row: row.subject, link=lambda row: f"/tickets/{row.number}",
                   below=lambda row: f"{row.number}, {row.kind}", sorts=("number", "newest")),
            Column(N_("State"), lambda row: state_of(row, datetime.now(UTC)), "state",
                   below=lambda row: ", ".join(row.steps), sorts=("waiting", "")),
            Column(N_("Queue"), lambda row: row.queue, below=lambda row: row.assignee or row.crew),
            Column(N_("Customer"), lambda row: row.customer,
                   link=lambda row: f"/customers/{row.customer}" if row.customer else ""),
            Column(N_("Opened"), lambda row: row.opened_on, "day"),
            Column(N_("Deadline"), lambda row: row.due_at, "instant", sorts=("due", "")),
        ),
        filters=(
            Field("search", N_("Words or number")), Field("queue", N_("Queue"), "choice", choices=queues),
            Field("state", N_("State"), "choice", choices=STATES),
            Field("priority", N_("Priority"), "choice", choices=PRIORITIES), Field("assignee", N_("Operator")),
            Field("customer", N_("Customer number")), Field("is_overdue", N_("Overdue only"), "check"),
        ),
        actions=(Act(N_("New ticket"), "/tickets/new", OpenTicket, "n"),),
        empty=N_("No ticket is open."),
    ),
    List(
        "/flows", ListFlows, N_("Flows"),
        (
            Column(N_("Flow"), lambda row: row.title, link=lambda row: f"/flows/{row.kind}",
                   below=lambda row: row.kind),
            Column(N_("Version"), lambda row: row.version, "count"), Column(N_("Queue"), lambda row: row.queue),
            Column(N_("Steps"), lambda row: ", ".join(row.steps) if isinstance(row.steps, list) else row.steps),
        ),
        actions=(
            Act(N_("New flow"), "/flows/new", PublishFlow, "n"), Act(N_("Ready flows"), "/ready-flows", ListReadyFlows),
        ),
        empty=N_("A flow says by which steps tickets of a kind go."),
    ),
    List(
        "/ready-flows", ListReadyFlows, N_("Ready flows"),
        (
            Column(N_("Flow"), lambda row: row.title, below=lambda row: row.kind),
            Column(N_("Queue"), lambda row: row.queue), Column(N_("Steps"), lambda row: ", ".join(row.steps)),
        ),
        row_actions=(Act(N_("Take it over"), lambda row: f"/flows/new?ready={quote(row.kind)}", PublishFlow),),
        hint=N_("They come with the program. Take one over as it is, or change it before it is published."),
    ),
    List(
        "/work/appointments", ListAppointments, N_("Appointments"),
        (
            Column(N_("Appointment"), lambda row: row.number, link=lambda row: f"/tickets/{row.ticket}"),
            Column(N_("Crew"), lambda row: row.crew), Column(N_("Day"), lambda row: row.on, "day"),
            Column(N_("State"), lambda row: row.state), Column(N_("Kind"), lambda row: row.job_kind),
        ),
        row_actions=(Act(N_("Note it as done"), lambda row: f"/work/appointments/{row.number}/complete",
                         CompleteAppointment, when=lambda row: row.state == "booked"),),
        filters=(Field("crew", N_("Crew")), Field("from", N_("From"), "day"), Field("to", N_("Before"), "day")),
        empty=N_("No appointment is booked."),
    ),
)
# fmt: on
