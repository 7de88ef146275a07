"""Reports that are sent by e-mail: the list, and the forms that schedule one and end it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from adapters.edge.models import written
from adapters.languages.codes import BACK_OFFICE
from adapters.languages.language import language_of
from adapters.pages.forms import Choice, Field, Form, says, to
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Tile
from adapters.pages.sellers import sellers
from adapters.pages.visit import Visit
from adapters.texts.reports.schedules import times_text
from adapters.views.query import MOST_AT_ONCE
from adapters.views.reports.asking import ListReports
from adapters.views.reports.schedules import ListReportSchedules
from billing_core.reports.schedules import WEEKDAYS, KnownSchedule
from commands.reports.schedules import EndReportSchedule, ScheduleReport

SCHEDULES = "/report-schedules"
ONE = f"{SCHEDULES}/{{code}}"
FORMATS = (
    Choice("xlsx", N_("Workbook (XLSX)")), Choice("pdf", N_("Paper (PDF)")), Choice("csv", "CSV"),
    Choice("csv-excel", N_("CSV for Excel with a decimal comma")),
)  # fmt: skip
EVERY = (Choice("day", N_("Every day")), Choice("week", N_("Every week")), Choice("month", N_("Every month")))
LANGUAGES = tuple(Choice(code, language_of(code).name) for code in BACK_OFFICE)
DAYS_OF_WEEK = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
WEEKDAY_CHOICES = tuple(map(Choice, WEEKDAYS, DAYS_OF_WEEK))


def _reports(visit: Visit) -> list[Choice]:
    """The reports that the one who asks may see."""
    return [Choice(entry.report, f"{entry.title} ({entry.report})") for entry in visit.ask(ListReports).items]


def _state(known: KnownSchedule) -> State:
    if known.next_at is None:
        return State(N_("Ended"), "calm")
    return State(N_("Could not be made"), "bad") if known.failure else State(N_("On"), "good")


def _at(what: str) -> Any:
    return lambda known: f"{SCHEDULES}/{quote(known.schedule.code)}/{what}"


def _known(visit: Visit) -> Mapping[str, Any]:
    """The terms of the schedule as the form has them."""
    for known in visit.ask(ListReportSchedules, limit=str(MOST_AT_ONCE)).items:
        if known.schedule.code == visit.path["code"]:
            terms: dict[str, Any] = written(known.schedule)
            return terms
    return {}


def _code(visit: Visit) -> str:
    return visit.path["code"]


CODE = Field("code", N_("Code"), is_required=True, width=4, hint=N_("Small letters, digits and -"))
TERMS = (
    Field("report", N_("Report"), "choice", choices=_reports, is_required=True),
    Field("given", N_("What it is asked for"), "pairs",
          hint=N_("On each line, as from = last-month-begin; what is left out has its default on the day.")),
    Field("sort", N_("In the order of"), width=6, hint=N_("The name of a column, with a minus: largest first")),
    Field("form", N_("Format"), "choice", choices=FORMATS, width=6),
    Field("language", N_("Titles in"), "choice", choices=LANGUAGES, width=6),
    Field("recipients", N_("To"), "list", is_required=True, hint=N_("An e-mail address on each line")),
    Field("every", N_("How often"), "choice", choices=EVERY, is_required=True, width=3),
    Field("weekday", N_("On weekday"), "choice", choices=WEEKDAY_CHOICES, width=3, hint=N_("If every week")),
    Field("day", N_("On day of the month"), "whole", width=3,
          hint=N_("If every month; in a shorter month it is the last day")),
    Field("at", N_("At"), width=3, hint=N_("Such as 06:30")),
    Field("seller", N_("On the clock of seller"), "choice", choices=sellers, is_required=True, width=6),
)  # fmt: skip
_BACK = to(SCHEDULES)
# fmt: off
LISTS = (
    List(
        SCHEDULES, ListReportSchedules, N_("Reports by e-mail"),
        (
            Column(N_("Report"), lambda known: known.schedule.report, below=lambda known: known.schedule.code),
            Column(N_("State"), _state, "state"),
            Column(N_("When"), lambda known: times_text(known.schedule)),
            Column(N_("Next"), lambda known: known.next_at, "instant"),
            Column(N_("To"), lambda known: ", ".join(known.schedule.recipients)),
            Column(N_("Format"), lambda known: known.schedule.form),
            Column(N_("With the rights of"), lambda known: known.maker),
            Column(N_("Last made on"), lambda known: known.last.on if known.last else None, "day",
                   below=lambda known: known.failure),
        ),
        actions=(Act(N_("Schedule a report"), f"{SCHEDULES}/new", ScheduleReport, "n"),),
        row_actions=(
            Act(N_("Change"), _at("change"), ScheduleReport),
            Act(N_("End"), _at("end"), EndReportSchedule, when=lambda known: known.next_at is not None),
        ),
        empty=N_("A report can be sent every day, week or month, as a file."),
        after="after",
    ),
)
FORMS = (
    Form(
        f"{SCHEDULES}/new", ScheduleReport, N_("Schedule a report"), N_("Schedule it"), (CODE, *TERMS),
        then=_BACK, back=_BACK, done=says(N_("It is sent from now on, with your rights.")),
        begins=lambda visit: {"report": visit.query.get("of", ""), "form": "xlsx", "every": "day", "at": "06:00"},
    ),
    Form(
        f"{ONE}/change", ScheduleReport, N_("Change the schedule"), N_("Change the schedule"), TERMS,
        then=_BACK, back=_BACK, done=says(N_("It is sent so from now on, with your rights.")), begins=_known,
        about=_code,
    ),
    Form(
        f"{ONE}/end", EndReportSchedule, N_("End the schedule"), N_("Send it no more"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=_BACK, back=_BACK, about=_code, done=says(N_("It is not sent any more.")),
    ),
)
SET_UP = (
    Tile("by itself", N_("Reports by e-mail"), SCHEDULES, ListReportSchedules, N_("Which are sent to whom, and when")),
)
# fmt: on
