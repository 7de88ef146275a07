"""Forms of appointments: booked for a ticket, moved, cancelled."""

from __future__ import annotations

from adapters.pages.forms import Field, Form, says
from adapters.pages.page import N_
from adapters.pages.work.ticket_forms import crews, on_ticket
from commands.work.appointments import BookAppointment, CancelAppointment, MoveAppointment

BEGINS = Field("begins_at", N_("Begins at"), hint=N_("As 2026-06-12T09:00"), is_required=True, width=6)
FORCED = Field("forced", N_("Reason to book it in spite of what does not fit"))
WEEK = "/work/week"

# fmt: off
FORMS = (
    on_ticket(
        "book", BookAppointment, (N_("Book a visit"), N_("Book the visit"), N_("The visit is booked.")),
        Field("crew", N_("Crew"), "choice", choices=crews, is_required=True, width=6),
        Field("job_kind", N_("Kind of work"), is_required=True, width=6), BEGINS,
        Field("minutes", N_("Minutes"), "whole", is_required=True, width=6),
        Field("address", N_("Address"), is_required=True), FORCED,
    ),
    Form(
        "/work/appointments/{appointment}/move", MoveAppointment, N_("Move the visit"), N_("Move the visit"),
        (BEGINS, Field("crew", N_("Crew"), "choice", choices=crews, width=6), FORCED),
        then=lambda visit, done: f"{WEEK}?on={visit.first('begins_at')[:10]}", back=lambda visit: WEEK,
        done=says(N_("The visit is moved.")),
        about=lambda visit: visit.path["appointment"],
    ),
    Form(
        "/work/appointments/{appointment}/cancel", CancelAppointment, N_("Cancel the visit"), N_("Cancel the visit"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=lambda visit, done: WEEK, back=lambda visit: WEEK, about=lambda visit: visit.path["appointment"],
        done=says(N_("The visit is cancelled.")),
    ),
)
# fmt: on
