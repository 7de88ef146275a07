"""Agencies, the invoices they collect, and their hand-over files."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from adapters.jobs.collection import ImportAgencyPayments
from adapters.pages.forms import Field, Form, says, to
from adapters.pages.job_forms import JobForm
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Entry, Page, Tile
from adapters.pages.visit import Visit
from adapters.views.collection.agencies import (
    ListCollectionAgencies,
    ListCollectionBatches,
    ListCollectionItems,
    ShowCollectionBatch,
    WriteCollectionFile,
)
from adapters.views.collection.calls import ListCalls
from adapters.views.collection.interest import ShowLateInterest
from adapters.views.collection.losses import ListLapsing, ListWriteOffs
from commands.collection.agencies import (
    DrawUpCollectionBatch,
    HandItemsToCollection,
    SetCollectionAgency,
    TakeBackFromCollection,
)
from commands.collection.agency_payments import BookAgencyPayment
from projections.collection.items import CollectedRow

COLLECTION, AGENCIES = "/collection", "/set-up/agencies"


def _state(row: CollectedRow) -> State:
    if row.taken_back_on is not None:
        return State(N_("Taken back"), "calm")
    return State(N_("Collected"), "warn") if row.open.amount else State(N_("Paid"), "good")


def _is_collected(row: CollectedRow) -> bool:
    return row.taken_back_on is None and bool(row.open.amount)


def _files(row: Any) -> str:
    return f"{COLLECTION}/files/{quote(row.code)}"


def _file(visit: Visit) -> Response:
    """A hand-over file, to be saved."""
    found = visit.ask(WriteCollectionFile, agency=visit.path["agency"], batch=visit.path["batch"])
    name = f"{visit.path['agency']}-{visit.path['batch']}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{quote(name)}"'}
    return Response(found.content, media_type=found.media_type, headers=headers)


def _agency(visit: Visit) -> dict[str, Any]:
    known = visit.ask(ListCollectionAgencies, limit=1_000).items
    found = next((agency for agency in known if agency.code == visit.path["code"]), None)
    return {} if found is None else {"name": found.name, "terms": found.terms}


PAGES = (Page(f"{COLLECTION}/files/{{agency}}/{{batch}}/csv", _file, WriteCollectionFile),)
# fmt: off
LISTS = (
    List(
        COLLECTION, ListCollectionItems, N_("Invoices in collection"),
        (
            Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{row.account}"),
            Column(N_("Invoice"), lambda row: row.invoice, "code"),
            Column(N_("Agency"), lambda row: row.agency),
            Column(N_("Handed over"), lambda row: row.handed_on, "day"),
            Column(N_("State"), _state, "state", below=lambda row: row.reason or ""),
            Column(N_("Currency"), lambda row: row.open.currency),
            Column(N_("Open"), lambda row: row.open, "amount"),
            Column(N_("Fees"), lambda row: row.fees, "amount"),
        ),
        filters=(Field("agency", N_("Agency")), Field("account", N_("Account")),
                 Field("all", N_("Also those that were taken back or paid"), "check")),
        actions=(
            Act(N_("Agencies and their files"), AGENCIES, ListCollectionAgencies),
            Act(N_("Calls"), "/calls", ListCalls),
            Act(N_("Lapsing soon"), "/lapsing", ListLapsing),
            Act(N_("Written off"), "/write-offs", ListWriteOffs),
        ),
        row_actions=(
            Act(N_("Take back"), lambda row: f"/accounts/{row.account}/collection/{row.invoice}/take-back",
                TakeBackFromCollection, when=_is_collected),
            Act(N_("Payment"), lambda row: f"{COLLECTION}/{quote(row.agency)}/{row.account}/{row.invoice}/payment",
                BookAgencyPayment, when=_is_collected),
            Act(N_("Late interest"), lambda row: f"/accounts/{row.account}/late-interest", ShowLateInterest),
        ),
        empty=N_("No agency collects anything. A step of the dunning policy hands invoices over, or a person does."),
    ),
    List(
        AGENCIES, ListCollectionAgencies, N_("Collection agencies"),
        (
            Column(N_("Agency"), lambda row: row.name, below=lambda row: row.code, link=_files),
            Column(N_("Terms"), lambda row: row.terms),
        ),
        actions=(Act(N_("Collection"), COLLECTION, ListCollectionItems),
                 Act(N_("New agency"), f"{AGENCIES}/new", SetCollectionAgency, "n")),
        row_actions=(
            Act(N_("Files"), _files, ListCollectionBatches),
            Act(N_("Change"), lambda row: f"{AGENCIES}/{quote(row.code)}/details", SetCollectionAgency),
            Act(N_("Import its payments"), lambda row: f"{COLLECTION}/import/{quote(row.code)}", ImportAgencyPayments),
        ),
        empty=N_("An agency collects debts for the house."),
    ),
    List(
        f"{COLLECTION}/files/{{agency}}", ListCollectionBatches, N_("Hand-over files"),
        (
            Column(N_("File"), lambda row: row.batch, "count",
                   link=lambda row: f"{COLLECTION}/files/{quote(row.agency)}/{row.batch}"),
            Column(N_("Drawn up"), lambda row: row.drawn_up_on, "day"),
            Column(N_("Invoices"), lambda row: row.items, "count"),
        ),
        actions=(Act(N_("Draw up the next file"), lambda visit: f"{COLLECTION}/draw-up/{quote(visit.path['agency'])}",
                     DrawUpCollectionBatch, "n"),),
        row_actions=(
            Act(N_("Save"), lambda row: f"{COLLECTION}/files/{quote(row.agency)}/{row.batch}/csv", WriteCollectionFile),
        ),
        empty=N_("No file was drawn up for this agency yet."),
    ),
    List(
        f"{COLLECTION}/files/{{agency}}/{{batch}}", ShowCollectionBatch, N_("Hand-over file"),
        (
            Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{row.account}"),
            Column(N_("Invoice"), lambda row: row.invoice, "code"),
            Column(N_("Debtor"), lambda row: row.debtor.name if row.debtor else ""),
            Column(N_("Due"), lambda row: row.due_on, "day"),
            Column(N_("Currency"), lambda row: row.open.currency),
            Column(N_("Open"), lambda row: row.open, "amount"),
        ),
    ),
)
DETAILS = (
    Field("name", N_("Name"), is_required=True, width=8),
    Field("terms", N_("Terms"), hint=N_("In words, as a fifth of what is paid")),
)
FORMS = (
    Form(
        f"{AGENCIES}/new", SetCollectionAgency, N_("New agency"), N_("Save the agency"),
        (Field("code", N_("Code"), is_required=True, width=4), *DETAILS),
        then=to(AGENCIES), back=to(AGENCIES), done=says(N_("The agency is saved.")),
    ),
    Form(
        f"{AGENCIES}/{{code}}/details", SetCollectionAgency, N_("Change the agency"), N_("Save the agency"), DETAILS,
        then=to(AGENCIES), back=to(AGENCIES), done=says(N_("The agency is saved.")), begins=_agency,
        about=lambda visit: visit.path["code"],
    ),
    Form(
        f"{COLLECTION}/draw-up/{{agency}}", DrawUpCollectionBatch, N_("The next hand-over file"),
        N_("Draw up the file"), (),
        then=to(f"{COLLECTION}/files/{{agency}}"), back=to(f"{COLLECTION}/files/{{agency}}"),
        done=says(N_("The file is drawn up.")), about=lambda visit: visit.path["agency"],
    ),
    Form(
        "/accounts/{account}/collection", HandItemsToCollection, N_("Hand invoices to an agency"), N_("Hand over"),
        (
            Field("invoices", N_("Invoices"), "list", hint=N_("One on each line"), is_required=True),
            Field("agency", N_("Agency"), is_required=True, width=6),
        ),
        then=to("/accounts/{account}"), back=to("/accounts/{account}"), done=says(N_("The agency collects them.")),
        about=lambda visit: visit.path["account"],
    ),
    Form(
        "/accounts/{account}/collection/{invoice}/take-back", TakeBackFromCollection,
        N_("Take the invoice back from the agency"), N_("Take it back"),
        (Field("reason", N_("Reason"), is_required=True),),
        fixed=lambda visit: {"invoices": [visit.path["invoice"]]},
        then=to(COLLECTION), back=to(COLLECTION), done=says(N_("The invoice is taken back.")),
        about=lambda visit: visit.path["invoice"],
    ),
    Form(
        f"{COLLECTION}/{{agency}}/{{account}}/{{invoice}}/payment", BookAgencyPayment,
        N_("Payment of the agency"), N_("Book the payment"),
        (
            Field("amount", N_("Amount"), "amount", is_required=True, width=4),
            Field("fee", N_("Fee of the agency"), "amount", width=4),
            Field("received_on", N_("Received"), "day", width=4),
            Field("reference", N_("Its own reference"), is_required=True, width=6),
        ),
        then=to(COLLECTION), back=to(COLLECTION), done=says(N_("The payment is booked.")),
        about=lambda visit: visit.path["invoice"],
    ),
)
JOB_FORMS = (
    JobForm(
        f"{COLLECTION}/import/{{agency}}", ImportAgencyPayments, N_("Payments of an agency"),
        N_("Import the payments"), back=to(AGENCIES), file=N_("File of the agency"),
        file_hint=N_("Columns: account, invoice, amount, fee, reference, received_on"),
        result="payments/imported.html", after=COLLECTION, about=lambda visit: visit.path["agency"],
    ),
)
SET_UP = (Tile("house", N_("Collection agencies"), AGENCIES, ListCollectionAgencies, N_("Who collects old debts")),)
MENU = (Entry(N_("Collection"), COLLECTION, "briefcase", ListCollectionItems, (2, 4)),)
# fmt: on
