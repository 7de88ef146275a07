"""Late interest: its tables, that of an account, and the claims in proceedings over a customer."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from adapters.edge.models import written
from adapters.jobs.collection import ChargeAllLateInterest
from adapters.pages.forms import Choice, Field, Form, says, to
from adapters.pages.job_forms import JobForm
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_, Page, Tile
from adapters.pages.visit import Visit
from adapters.views.collection.interest import (
    ListInsolvencyClaims,
    ListInterestTables,
    ShowLateInterest,
    WriteInsolvencyClaims,
)
from commands.collection.interest import ChargeLateInterest, PublishInterestTable

TABLES = "/set-up/interest-tables"
FOLLOWS = (Choice("each-half-year", N_("The rate of each half-year")),
           Choice("kept-from-delay", N_("The rate of the half-year in which the delay began")))  # fmt: skip
YEAR = (Choice("365", N_("365 days")), Choice("actual", N_("Its own days")))


def _table(visit: Visit) -> dict[str, Any]:
    known = visit.ask(ListInterestTables, limit=1_000).items
    found: dict[str, Any] = next((written(table) for table in known if table.code == visit.path["code"]), {})
    return {word: value for word, value in found.items() if word != "code"}


def _claims(visit: Visit) -> Response:
    """The claims on an account, to be saved."""
    found = visit.ask(WriteInsolvencyClaims, account=visit.path["account"])
    name = quote(f"claims-{visit.path['account']}.csv")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(found.content, media_type=found.media_type, headers=headers)


PAGES = (Page("/accounts/{account}/insolvency-claims/csv", _claims, WriteInsolvencyClaims),)
# fmt: off
DETAILS = (
    Field("name", N_("Name"), is_required=True),
    Field("follows", N_("Which rate holds"), "choice", choices=FOLLOWS, width=8),
    Field("year", N_("A year counts"), "choice", choices=YEAR, width=4),
    Field("rates", N_("Rates"), "rows", N_("From 1 January or 1 July, in percent a year"), is_required=True,
          columns=(Field("from", N_("From"), "day", width=4), Field("percent", N_("Percent"), width=4))),
)
LISTS = (
    List(
        TABLES, ListInterestTables, N_("Tables of late interest"),
        (
            Column(N_("Table"), lambda row: row.name, below=lambda row: row.code),
            Column(N_("Newest rate from"), lambda row: row.rates[-1].from_on, "day"),
            Column(N_("Percent"), lambda row: f"{row.rates[-1].percent:f}"),
        ),
        actions=(
            Act(N_("New table"), f"{TABLES}/new", PublishInterestTable, "n"),
            Act(N_("Charge all late interest"), "/collection/late-interest", ChargeAllLateInterest),
        ),
        row_actions=(
            Act(N_("Change"), lambda row: f"{TABLES}/{quote(row.code)}/change", PublishInterestTable),
        ),
        empty=N_("A dunning policy names the table by which late interest is charged."),
    ),
    List(
        "/accounts/{account}/late-interest", ShowLateInterest, N_("Late interest"),
        (
            Column(N_("Invoice"), lambda row: row.invoice, "code"),
            Column(N_("From"), lambda row: row.from_on, "day"),
            Column(N_("before"), lambda row: row.upto_on, "day"),
            Column(N_("To be charged"), lambda row: row.due, "amount"),
        ),
        items=lambda card: card.due,
        filters=(Field("upto", N_("For the days before"), "day"),),
        actions=(Act(N_("Charge it"), lambda visit: f"/accounts/{visit.path['account']}/late-interest/charge",
                     ChargeLateInterest),),
        empty=N_("No late interest is due."),
    ),
    List(
        "/accounts/{account}/insolvency-claims", ListInsolvencyClaims, N_("Claims in the proceedings"),
        (
            Column(N_("Invoice"), lambda row: row.invoice, "code"),
            Column(N_("Due"), lambda row: row.due_on, "day"),
            Column(N_("Open"), lambda row: row.open, "amount"),
            Column(N_("Late interest"), lambda row: row.interest, "amount"),
        ),
        actions=(Act(N_("Save"), lambda visit: f"/accounts/{visit.path['account']}/insolvency-claims/csv",
                     WriteInsolvencyClaims),),
    ),
)
FORMS = (
    Form(
        f"{TABLES}/new", PublishInterestTable, N_("New table of late interest"), N_("Publish the table"),
        (Field("code", N_("Code"), is_required=True, width=4), *DETAILS),
        then=to(TABLES), back=to(TABLES), done=says(N_("The table is published.")),
    ),
    Form(
        f"{TABLES}/{{code}}/change", PublishInterestTable, N_("Change the table of late interest"),
        N_("Publish the table"), DETAILS,
        then=to(TABLES), back=to(TABLES), done=says(N_("The table is published.")), begins=_table,
        about=lambda visit: visit.path["code"],
    ),
    Form(
        "/accounts/{account}/late-interest/charge", ChargeLateInterest, N_("Charge the late interest"), N_("Charge it"),
        (Field("upto", N_("For the days before"), "day", hint=N_("Empty is today."), width=6),),
        then=to("/accounts/{account}"), back=to("/accounts/{account}"), done=says(N_("The late interest is charged.")),
        about=lambda visit: visit.path["account"],
    ),
)
JOB_FORMS = (
    JobForm(
        "/collection/late-interest", ChargeAllLateInterest, N_("Late interest of all accounts"),
        N_("Charge the late interest"),
        (Field("upto", N_("For the days before"), "day", hint=N_("Empty is today."), width=6),),
        back=to(TABLES),
    ),
)
SET_UP = (Tile("house", N_("Late interest"), TABLES, ListInterestTables, N_("Statutory rates of each half-year")),)
# fmt: on
