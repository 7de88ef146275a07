"""Closed months: the list with whether each still agrees, what has changed in one, closing and reopening."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from adapters.jobs.reports.closing import CloseMonth
from adapters.pages import shown
from adapters.pages.forms import Field, Form, says, to
from adapters.pages.job_forms import JobForm
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Page, Shown, Tile
from adapters.pages.sellers import sellers
from adapters.pages.visit import Visit
from adapters.views.reports.closings import CompareClosedMonth, ListClosedMonths
from commands.reports.closings import ReopenReportMonth
from projections.reports.closings import ClosedMonthEntry

CLOSINGS = "/reports/closings"
ONE = f"{CLOSINGS}/{{seller}}/{{month}}"


def compared(visit: Visit) -> Shown:
    """A closed month: each report with what was frozen, and what differs now."""
    found = visit.ask(CompareClosedMonth, seller=visit.path["seller"], month=visit.path["month"])
    return Shown("reports/closing.html", {"month": found, "number": shown.number, "reopen": ReopenReportMonth})


def _state(row: ClosedMonthEntry) -> State:
    return State(N_("Differs"), "warn") if row.differing else State(N_("Agrees"), "good")


def _link(row: ClosedMonthEntry) -> str:
    return f"{CLOSINGS}/{quote(row.seller)}/{row.month}"


def _about(visit: Visit) -> Any:
    return f"{visit.path['seller']} {visit.path['month']}"


# fmt: off
PAGES = (Page(ONE, compared, CompareClosedMonth),)
LISTS = (
    List(
        CLOSINGS, ListClosedMonths, N_("Closed months"),
        (
            Column(N_("Month"), lambda row: row.month, link=_link),
            Column(N_("Seller"), lambda row: row.seller),
            Column(N_("State"), _state, "state"),
            Column(N_("Reports"), lambda row: row.reports, "count"),
            Column(N_("Differ"), lambda row: row.differing, "count"),
            Column(N_("Closed by"), lambda row: row.closed_by),
            Column(N_("Closed at"), lambda row: row.closed_at, "instant"),
        ),
        filters=(Field("seller", N_("Seller"), "choice", choices=sellers),),
        actions=(Act(N_("Close a month"), f"{CLOSINGS}/close", CloseMonth, "n"),),
        empty=N_("No month is closed. Closing keeps the figures of the money reports, so that later changes show."),
    ),
)
FORMS = (
    Form(
        f"{ONE}/reopen", ReopenReportMonth, N_("Open the month again"), N_("Open it again"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=to(CLOSINGS), back=to(ONE), done=says(N_("The month is open; its figures may be frozen anew.")),
        about=_about,
    ),
)
JOB_FORMS = (
    JobForm(
        f"{CLOSINGS}/close", CloseMonth, N_("Close a month"), N_("Close it"),
        (
            Field("seller", N_("Seller"), "choice", choices=sellers, is_required=True, width=6),
            Field("month", N_("Month"), hint=N_("As 2026-05; it must have ended"), is_required=True, width=6),
        ),
        back=lambda visit: CLOSINGS,
    ),
)
SET_UP = (Tile("books", N_("Closed months"), CLOSINGS, ListClosedMonths, N_("Frozen figures, and what has changed")),)
# fmt: on
