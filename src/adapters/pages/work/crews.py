"""Crews: who is in one, when it works, where it sets off; days off; what technicians get for kinds of work."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from adapters.pages.forms import Field, Form, says, to
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Tile
from adapters.pages.sellers import sellers
from adapters.pages.visit import Visit
from adapters.pages.work.ticket_forms import crews
from adapters.views.work.crews import ListCrews
from adapters.views.work.pay import ListJobRates, ShowPay
from commands.work.crews import DefineCrew, RecordAbsence, WithdrawAbsence
from commands.work.job_rates import SetJobRate

CREWS, RATES = "/work/crews", "/work/job-rates"
CREW = f"{CREWS}/{{crew}}"
MOST = 1_000
WEEKDAYS = (
    ("monday", N_("Monday")), ("tuesday", N_("Tuesday")), ("wednesday", N_("Wednesday")),
    ("thursday", N_("Thursday")), ("friday", N_("Friday")), ("saturday", N_("Saturday")), ("sunday", N_("Sunday")),
    ("holiday", N_("Public holidays")),
)  # fmt: skip
HOURS = tuple(
    Field(f"hours.{day}", label, "list", hint=N_("As 08:00-12:00, one on each line"), width=3)
    for day, label in WEEKDAYS
)


def hours_of(hours: Any) -> dict[str, list[str]]:
    """Working hours as the fields of a form."""
    return {f"hours.{day}": list(getattr(hours, day)) for day, _ in WEEKDAYS}


def _details(visit: Visit) -> dict[str, Any]:
    known = visit.ask(ListCrews, limit=MOST).items
    crew = next((each.crew for each in known if each.crew.code == visit.query.get("as")), None)
    if crew is None:
        return {"travel.speed": "40", "travel.road_factor": "1.3"}
    base = {"base.latitude": crew.base.latitude, "base.longitude": crew.base.longitude} if crew.base else {}
    return {
        "code": crew.code, "title": crew.title, "seller": crew.seller, "members": list(crew.members),
        "skills": list(crew.skills), "districts": list(crew.districts), "travel.speed": crew.travel.speed,
        "travel.road_factor": crew.travel.road_factor, **base, **hours_of(crew.hours),
    }  # fmt: skip


# fmt: off
OFF = (
    Field("from", N_("First day off"), "day", is_required=True, width=4),
    Field("to", N_("First day at work again"), "day", is_required=True, width=4),
    Field("technician", N_("Technician"), hint=N_("The whole crew, if nobody is named"), width=4),
)
FORMS = (
    Form(
        f"{CREWS}/define", DefineCrew, N_("Define a crew"), N_("Save the crew"),
        (
            Field("code", N_("Code"), is_required=True, width=3), Field("title", N_("Name"), is_required=True, width=5),
            Field("seller", N_("Seller"), "choice", choices=sellers, is_required=True, width=4),
            Field("members", N_("Members"), "list", hint=N_("User names, one on each line"), is_required=True, width=4),
            Field("skills", N_("Kinds of work"), "list", hint=N_("Every kind, if none is named"), width=4),
            Field("districts", N_("Districts"), "list", hint=N_("Everywhere, if none is named"), width=4),
            *HOURS,
            Field("base.latitude", N_("Sets off at latitude"), width=3),
            Field("base.longitude", N_("Longitude"), width=3),
            Field("travel.speed", N_("Speed, km/h"), "whole", width=3),
            Field("travel.road_factor", N_("Roads are longer by"), width=3),
        ),
        then=to(CREWS), back=to(CREWS), done=says(N_("The crew is saved.")), begins=_details,
    ),
    Form(
        f"{CREW}/absences/new", RecordAbsence, N_("Note days off"), N_("Note the days off"),
        (*OFF, Field("reason", N_("Reason"))),
        then=to(CREWS), back=to(CREWS), done=says(N_("The days off are noted.")),
        about=lambda visit: visit.path["crew"],
    ),
    Form(
        f"{CREW}/absences/withdraw", WithdrawAbsence, N_("Withdraw days off"), N_("They do not take place"),
        (OFF[0], OFF[2]),
        then=to(CREWS), back=to(CREWS), done=says(N_("The days off are withdrawn.")),
        about=lambda visit: visit.path["crew"],
    ),
    Form(
        f"{RATES}/new", SetJobRate, N_("Set a rate"), N_("Set the rate"),
        (
            Field("job_kind", N_("Kind of work"), is_required=True, width=6),
            Field("rate", N_("For each job"), "amount", is_required=True, width=3),
            Field("currency", N_("Currency"), is_required=True, width=3),
            Field("from", N_("From"), "day", is_required=True, width=4),
            Field("crew", N_("Crew"), "choice", choices=crews, hint=N_("Every crew, if none is named"), width=4),
            Field("technician", N_("Technician"), hint=N_("Everybody, if nobody is named"), width=4),
        ),
        then=to(RATES), back=to(RATES), done=says(N_("The rate is set.")),
    ),
)
LISTS = (
    List(
        CREWS, ListCrews, N_("Crews"),
        (
            Column(N_("Crew"), lambda row: row.crew.title, link=lambda row: f"{CREWS}/define?as={quote(row.crew.code)}",
                   below=lambda row: row.crew.code),
            Column(N_("Members"), lambda row: ", ".join(row.crew.members)),
            Column(N_("Kinds of work"), lambda row: ", ".join(row.crew.skills)),
        ),
        actions=(Act(N_("Define a crew"), f"{CREWS}/define", DefineCrew, "n"),),
        row_actions=(
            Act(N_("Note days off"), lambda row: f"{CREWS}/{quote(row.crew.code)}/absences/new", RecordAbsence),
            Act(N_("Withdraw days off"), lambda row: f"{CREWS}/{quote(row.crew.code)}/absences/withdraw",
                WithdrawAbsence),
        ),
        empty=N_("No crew is defined yet."),
    ),
    List(
        RATES, ListJobRates, N_("Pay of technicians"),
        (
            Column(N_("Kind of work"), lambda row: row.job_kind), Column(N_("From"), lambda row: row.from_on, "day"),
            Column(N_("Of whom"), lambda row: row.technician or row.crew or State(N_("Everybody"))),
            Column(N_("For each job"), lambda row: row.amount, "amount"),
        ),
        actions=(
            Act(N_("Set a rate"), f"{RATES}/new", SetJobRate, "n"), Act(N_("Pay for visits"), "/work/pay", ShowPay),
        ),
        empty=N_("No rate is set yet."),
    ),
)
# fmt: on
SET_UP = (
    Tile("people", N_("Crews"), CREWS, ListCrews, N_("Who goes out, when, and days off")),
    Tile("people", N_("Pay of technicians"), RATES, ListJobRates, N_("What is paid for kinds of work")),
)
