"""The page on which a report is built: its view, then columns or groups and figures, conditions, preview, and its name.

GET  /reports/new                        the views
GET  /reports/new?view=income            the fields for the columns of one
GET  /reports/new?report=own-by-month    those of a saved report
POST do=preview                          the first rows and the question in words; nothing is saved
POST do=save                             saved; then the report's page
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from adapters.edge.faults import reason
from adapters.pages import shown
from adapters.pages.forms import Field, Form, says, to
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Page, Shown, Tile
from adapters.pages.reports.tree_fields import fields_of, tree_typed, values_of, values_typed
from adapters.pages.sessions import Notice, put_notice
from adapters.pages.visit import Visit
from adapters.views.reports.asking import ListReports
from adapters.views.reports.building import BuildReport, BuiltAnswer, ListReportViews, ShowSavedReport, ViewEntry
from billing_core.kernel.errors import BillingError, InvalidValue, NotFound
from billing_core.reports.saved import PREFIX
from billing_core.staff.roles import NotPermitted, NotSignedIn
from commands.platform.identity import new_id
from commands.reports.saved import RemoveReport, SaveReport
from projections.reports import definition

TEMPLATE, NEW, SAVED = "reports/builder.html", "/reports/new", "/reports/saved"
SAVE, REFUSED, ROWS = "save", 422, 20
NUMERIC = frozenset({"count", "quantity", "money", "share"})
YES, NO = N_("Yes"), N_("No")
NAMES = (
    Field("report", N_("Name"), hint=N_("Words of a to z and digits, as in cash-by-month"), width=4),
    Field("title", N_("Title"), width=8),
    Field("question", N_("The question that it answers"), width=12),
)


def start(visit: Visit) -> Shown:
    """The views, or the fields for one of them."""
    views: list[ViewEntry] = visit.ask(ListReportViews).items
    name = visit.query.get("report", "")
    if name:
        found = visit.ask(ShowSavedReport, report=name)
        view = _view(views, found.saved.tree.view)
        names = {"report": found.saved.report, "title": found.saved.title, "question": found.saved.question,
                 "is_private": found.saved.is_private, "subject": found.saved.subject}  # fmt: skip
        fault = found.broken
        return _shown(visit, view, {**names, **values_of(found.saved.tree)}, fault=fault)
    if not visit.query.get("view"):
        return Shown(TEMPLATE, {"views": views, "view": None})
    return _shown(visit, _view(views, visit.query["view"]), {})


def receive(visit: Visit) -> Shown | Response:
    """Preview what was put together, or save it."""
    view = _view(visit.ask(ListReportViews).items, visit.first("view"))
    names = {name: visit.first(name).strip() for name in ("report", "title", "question", "subject")}
    typed = {**names, "is_private": "is_private" in visit.posted, **values_typed(visit, view)}
    try:
        tree = tree_typed(visit, view)
        subject = names["subject"] or view.subjects[0]
        built = visit.ask(BuildReport, tree=json.dumps(tree), subject=subject, limit=ROWS)
        if visit.first("do") != SAVE:
            return _shown(visit, view, typed, built=built)
        return _saved(visit, {**typed, "subject": subject, "tree": tree})
    except (NotSignedIn, NotPermitted):
        raise
    except BillingError as error:
        return _shown(visit, view, typed, fault=str(error))
    except ValidationError as error:
        said = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {reason(fault)}" for fault in error.errors())
        return _shown(visit, view, typed, fault=said)


def _saved(visit: Visit, typed: Mapping[str, Any]) -> Response:
    name = typed["report"]
    if not name:
        raise InvalidValue("a saved report needs a name", field="name")
    words = {each: typed[each] for each in ("title", "question", "subject", "tree", "is_private")}
    report = name if name.startswith(PREFIX) else f"{PREFIX}{name}"
    done = visit.carry_out(SaveReport, {**words, "report": report}, key=visit.first("_key"))
    response = RedirectResponse(f"/reports/{quote(report)}", 303)
    put_notice(response, Notice(visit.translated(N_("The report is saved.")), done.position, ""), visit.request)
    return response


def _view(views: list[ViewEntry], name: str) -> ViewEntry:
    found = next((view for view in views if view.view == name), None)
    if found is None:
        raise NotFound("no such view, or none that you may build on", field="view", value=name)
    return found


def _shown(
    visit: Visit, view: ViewEntry, values: Mapping[str, Any], *, built: BuiltAnswer | None = None, fault: str = ""
) -> Shown:
    fields = [(field, values.get(field.name, ""), ()) for field in fields_of(view)]
    names = [(field, values.get(field.name, ""), ()) for field in NAMES]
    rows = [_texts(visit, built, row) for row in built.rows] if built else []
    return Shown(TEMPLATE, {
        "views": [], "view": view, "fields": fields, "names": names, "built": built, "rows": rows, "fault": fault,
        "subject": values.get("subject", ""), "is_private": values.get("is_private", False), "numeric": NUMERIC,
        "totals": _totals(visit, built) if built else [], "key": str(new_id()), "may_save": visit.may(SaveReport),
    }, REFUSED if fault else 200)  # fmt: skip


def _texts(visit: Visit, built: BuiltAnswer, row: tuple[Any, ...]) -> list[Any]:
    return [_text(visit, column, value) for column, value in zip(built.columns, row, strict=True)]


def _totals(visit: Visit, built: BuiltAnswer) -> list[list[Any]]:
    return [
        [
            _text(visit, column, total.sums.get(column.name)) if column.name != "currency" else total.currency
            for column in built.columns
        ]
        for total in built.totals
    ]


def _text(visit: Visit, column: definition.Column, value: Any) -> Any:
    """A value as pages show it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return visit.translated(YES if value else NO)
    if isinstance(value, datetime):
        return shown.instant(value, visit.door.zone())
    if isinstance(value, date):
        return f"{value:%Y-%m}" if column.kind == "month" else shown.day(value)
    return shown.number(value) if column.kind in NUMERIC else str(value)


# --- those that were saved


def _state(row: Any) -> State:
    return State(N_("Broken"), "bad") if row.broken else State(N_("In order"), "good")


def _about(visit: Visit) -> str:
    return visit.path["report"]


# fmt: off
PAGES = (
    Page(NEW, start, BuildReport),
    Page(NEW, receive, BuildReport, method="POST"),
)
LISTS = (
    List(
        SAVED, ListReports, N_("Saved reports"),
        (
            Column(N_("Report"), lambda row: row.title, link=lambda row: f"/reports/{row.report}",
                   below=lambda row: row.question),
            Column(N_("Name"), lambda row: row.report, "code"),
            Column(N_("Subject"), lambda row: row.subject),
            Column(N_("Made by"), lambda row: row.maker),
            Column(N_("State"), _state, "state", below=lambda row: row.broken),
        ),
        actions=(Act(N_("New report"), NEW, BuildReport, "n"),),
        row_actions=(
            Act(N_("Change"), lambda row: f"{NEW}?report={row.report}", SaveReport),
            Act(N_("Remove"), lambda row: f"{SAVED}/{row.report}/remove", RemoveReport),
        ),
        items=lambda answer: [row for row in answer.items if row.maker],
        empty=N_("No report was saved. A report is built from a view: its columns, groups, figures and conditions."),
    ),
)
FORMS = (
    Form(
        f"{SAVED}/{{report}}/remove", RemoveReport, N_("Remove the report"), N_("Remove it"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=to(SAVED), back=to(SAVED), done=says(N_("The report is removed.")), about=_about,
    ),
)
SET_UP = (Tile("books", N_("Saved reports"), SAVED, ListReports, N_("Reports that you build from views")),)
# fmt: on
