"""What was written off, and what lapses soon."""

from __future__ import annotations

from starlette.responses import Response

from adapters.pages.forms import Choice, Field, Form, says, to
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_, Page
from adapters.pages.sellers import sellers
from adapters.pages.visit import Visit
from adapters.views.collection.agencies import ListCollectionItems
from adapters.views.collection.losses import ListLapsing, ListWriteOffs, WriteWriteOffs
from commands.collection.limitation import RenewLimitation, SetLimitationTerm

HOW = (Choice("acknowledged", N_("The debtor acknowledged it")), Choice("filed", N_("Its claim was filed")))
COUNTS_FROM = (Choice("due", N_("The due date")), Choice("year-end", N_("The end of that year")))


def _write_offs(visit: Visit) -> Response:
    """What was written off in a month, to be saved."""
    found = visit.ask(WriteWriteOffs, month=visit.query.get("month", ""), seller=visit.query.get("seller", ""))
    headers = {"Content-Disposition": 'attachment; filename="write-offs.csv"'}
    return Response(found.content, media_type=found.media_type, headers=headers)


PAGES = (Page("/write-offs/csv", _write_offs, WriteWriteOffs),)
# fmt: off
LISTS = (
    List(
        "/write-offs", ListWriteOffs, N_("Written off"),
        (
            Column(N_("Day"), lambda row: row.written_off_on, "day"),
            Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{row.account}"),
            Column(N_("Invoice"), lambda row: row.invoice, "code"),
            Column(N_("Seller"), lambda row: row.seller),
            Column(N_("VAT rate"), lambda row: row.vat_rate),
            Column(N_("Base"), lambda row: row.base, "moved"),
            Column(N_("VAT"), lambda row: row.vat, "moved"),
            Column(N_("Law"), lambda row: row.law, below=lambda row: row.reason),
        ),
        filters=(
            Field("month", N_("Month"), hint=N_("As 2026-05")),
            Field("seller", N_("Seller"), "choice", choices=sellers),
        ),
        actions=(
            Act(N_("Save for the tax return"), "/write-offs/csv", WriteWriteOffs),
            Act(N_("Collection"), "/collection", ListCollectionItems),
        ),
        empty=N_("Nothing was written off in that month."),
    ),
    List(
        "/lapsing", ListLapsing, N_("Lapsing soon"),
        (
            Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{row.account}"),
            Column(N_("Invoice"), lambda row: row.invoice, "code"),
            Column(N_("Due"), lambda row: row.due_on, "day"),
            Column(N_("Acknowledged"), lambda row: row.renewed_on, "day"),
            Column(N_("Lapses"), lambda row: row.lapses_on, "day"),
            Column(N_("Currency"), lambda row: row.open.currency),
            Column(N_("Open"), lambda row: row.open, "amount"),
        ),
        filters=(Field("days", N_("Within so many days"), "whole"),), begins={"days": "90"},
        actions=(Act(N_("Collection"), "/collection", ListCollectionItems),),
        row_actions=(
            Act(N_("Renew"), lambda row: f"/accounts/{row.account}/invoices/{row.invoice}/limitation", RenewLimitation),
        ),
        empty=N_("No open invoice lapses in that time."),
    ),
)
FORMS = (
    Form(
        "/accounts/{account}/invoices/{invoice}/limitation", RenewLimitation, N_("Renew the limitation"), N_("Save"),
        (
            Field("how", N_("What happened"), "choice", choices=HOW, is_required=True, width=6),
            Field("on", N_("On"), "day", width=6),
            Field("reference", N_("Reference"), hint=N_("Of the letter or the court"), is_required=True),
        ),
        then=to("/lapsing"), back=to("/lapsing"), done=says(N_("The limitation is renewed.")),
        about=lambda visit: visit.path["invoice"],
    ),
    Form(
        "/set-up/sellers/{seller}/limitation-term", SetLimitationTerm, N_("Term of limitation"), N_("Save the term"),
        (
            Field("term.years", N_("Years"), "whole", width=4),
            Field("term.counts_from", N_("Counted from"), "choice", choices=COUNTS_FROM, width=4),
            Field("term.years_acknowledged", N_("Years once acknowledged"), "whole", width=4),
        ),
        then=to("/lapsing"), back=to("/lapsing"), done=says(N_("The term is saved.")),
        about=lambda visit: visit.path["seller"],
    ),
)
# fmt: on
