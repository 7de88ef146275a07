"""Forms of appointments: booked for a ticket, moved, cancelled, done."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from adapters.pages.forms import Field, Form, says
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.pages.work.ticket_forms import MOST, crews, on_ticket
from adapters.views.work.appointments import ListAppointments
from billing_core.kernel.errors import NotFound
from commands.platform.bus import Seen
from commands.work.appointments import (
    BookAppointment,
    CancelAppointment,
    CompleteAppointment,
    MoveAppointment,
    appointment_stream,
)
from projections.work.appointments import AppointmentRow

BEGINS = Field("begins_at", N_("Begins at"), hint=N_("As 2026-06-12T09:00"), is_required=True, width=6)
FORCED = Field("forced", N_("Reason to book it in spite of what does not fit"))
WEEK = "/work/week"
INSTANTS = ("begins_at", "begun_at", "ended_at")


def in_zone_of_house(visit: Visit, words: dict[str, Any]) -> dict[str, Any]:
    """Times that were typed without a zone are those of the house, as pages show them; others stay as they were."""
    return words | {name: _with_zone(words[name], visit.door.zone()) for name in INSTANTS if name in words}


def _with_zone(typed: str, zone: tzinfo) -> str:
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return typed
    return (at if at.tzinfo else at.replace(tzinfo=zone)).isoformat()


def _appointment(visit: Visit) -> AppointmentRow:
    """The appointment as it is now."""
    number = visit.path["appointment"]
    for row in visit.ask(ListAppointments, ticket=number.rpartition("-")[0], limit=MOST).items:
        if row.number == number:
            found: AppointmentRow = row
            return found
    raise NotFound("no such appointment", field="appointment", value=number)


def _is_from_week(visit: Visit) -> bool:
    """Whether the form was opened out of a week, which says how it showed the visit."""
    return visit.request.method == "GET" and "version" in visit.query


def _shown(visit: Visit) -> dict[str, Any]:
    """Time and crew as the week showed them, so that what somebody else has changed since then is seen."""
    if _is_from_week(visit):
        return {"begins_at": visit.query.get("was_at", ""), "crew": visit.query.get("was_crew", "")}
    row = _appointment(visit)
    begins_at = row.time.begins_at.astimezone(visit.door.zone())
    return {"begins_at": begins_at.strftime("%Y-%m-%dT%H:%M"), "crew": row.crew}


def _seen(visit: Visit) -> Seen:
    number, version = visit.path["appointment"], visit.query.get("version", "")
    is_old = _is_from_week(visit) and version.isdecimal()
    return Seen(appointment_stream(number), int(version) if is_old else _appointment(visit).version)


# fmt: off
FORMS = (
    on_ticket(
        "book", BookAppointment, (N_("Book a visit"), N_("Book the visit"), N_("The visit is booked.")),
        Field("crew", N_("Crew"), "choice", choices=crews, is_required=True, width=6),
        Field("job_kind", N_("Kind of work"), is_required=True, width=6), BEGINS,
        Field("minutes", N_("Minutes"), "whole", is_required=True, width=6),
        Field("address", N_("Address"), is_required=True), FORCED,
        adds=in_zone_of_house,
    ),
    Form(
        "/work/appointments/{appointment}/move", MoveAppointment, N_("Move the visit"), N_("Move the visit"),
        (BEGINS, Field("crew", N_("Crew"), "choice", choices=crews, width=6), FORCED), begins=_shown, seen=_seen,
        then=lambda visit, done: f"{WEEK}?on={visit.first('begins_at')[:10]}", back=lambda visit: WEEK,
        done=says(N_("The visit is moved.")), adds=in_zone_of_house,
        about=lambda visit: visit.path["appointment"],
    ),
    Form(
        "/work/appointments/{appointment}/cancel", CancelAppointment, N_("Cancel the visit"), N_("Cancel the visit"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=lambda visit, done: WEEK, back=lambda visit: WEEK, about=lambda visit: visit.path["appointment"],
        done=says(N_("The visit is cancelled.")),
    ),
    Form(
        "/work/appointments/{appointment}/complete", CompleteAppointment, N_("Note the visit as done"),
        N_("The visit took place"),
        (
            Field("begun_at", N_("Began at"), hint=N_("As 2026-06-12T09:00"), is_required=True, width=6),
            Field("ended_at", N_("Ended at"), hint=N_("As 2026-06-12T09:00"), is_required=True, width=6),
            Field("technicians", N_("Technicians"), "list", hint=N_("Those who worked that day, if nobody is named")),
        ),
        then=lambda visit, done: WEEK, back=lambda visit: WEEK, about=lambda visit: visit.path["appointment"],
        done=says(N_("The visit is noted as done.")), adds=in_zone_of_house,
    ),
)
# fmt: on
