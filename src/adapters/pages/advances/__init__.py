"""Tax documents on advances: the list, a document as PDF, drawing them up, and the terms of sellers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from adapters.jobs.advances import DrawUpAdvances
from adapters.pages.accounts.owner import card_of, named
from adapters.pages.forms import Field, Form, says, to
from adapters.pages.job_forms import JobForm
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_, Page, Tile
from adapters.pages.sellers import sellers
from adapters.pages.visit import Visit
from adapters.views.advances import ListAdvanceDocuments, ListAdvanceTerms, PrintAdvanceDocument
from commands.payments.advances import SetAdvanceTerms, TaxAdvances

DOCUMENTS, TERMS = "/payments/advances", "/set-up/advances"


def _paper(row: Any) -> str:
    return f"/accounts/{quote(row.account, safe='')}/advances/{quote(row.number)}"


def _print(visit: Visit) -> Response:
    found = visit.ask(PrintAdvanceDocument, account=visit.path["account"], document=visit.path["document"])
    headers = {"Content-Disposition": f'inline; filename="{quote(visit.path["document"])}.pdf"'}
    return Response(found.content, media_type=found.media_type, headers=headers)


PAGES = (Page("/accounts/{account}/advances/{document}", _print, PrintAdvanceDocument),)
# fmt: off
LISTS = (
    List(
        DOCUMENTS, ListAdvanceDocuments, N_("Tax documents on advances"),
        (
            Column(N_("Tax point"), lambda row: row.tax_point_on, "day"),
            Column(N_("Document"), lambda row: row.number, "code", link=_paper, below=lambda row: row.reason),
            Column(N_("Corrects"), lambda row: row.corrects or "–"),
            Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{row.account}",
                   below=lambda row: row.credit),
            Column(N_("VAT rate"), lambda row: f"{row.vat_rate:f}"),
            Column(N_("Currency"), lambda row: row.gross.currency),
            Column(N_("Without VAT"), lambda row: row.base, "moved"),
            Column(N_("VAT"), lambda row: row.vat, "moved"),
            Column(N_("With VAT"), lambda row: row.gross, "moved"),
        ),
        filters=(Field("account", N_("Account")), Field("from", N_("From"), "day"), Field("to", N_("before"), "day")),
        actions=(Act(N_("Draw up"), f"{DOCUMENTS}/draw-up", DrawUpAdvances, "n"),
                 Act(N_("Terms of advances"), TERMS, ListAdvanceTerms)),
        empty=N_("No tax document on an advance was issued."),
    ),
    List(
        TERMS, ListAdvanceTerms, N_("Terms of advances"),
        (
            Column(N_("Seller"), lambda row: row.seller),
            Column(N_("VAT rate"), lambda row: f"{row.terms.vat_rate:f}" if row.terms else "–"),
            Column(N_("After days"), lambda row: row.terms.after_days if row.terms else "–"),
        ),
        actions=(Act(N_("Set the terms"), f"{TERMS}/set", SetAdvanceTerms, "n"),),
        empty=N_("No seller issues tax documents on advances."),
    ),
)
FORMS = (
    Form(
        "/accounts/{account}/tax-advances", TaxAdvances, N_("Tax documents on the advances of an account"),
        N_("Draw them up"), (), then=to(DOCUMENTS), back=card_of, about=named,
        done=says(N_("The tax documents of the account are drawn up.")),
    ),
    Form(
        f"{TERMS}/set", SetAdvanceTerms, N_("Terms of advances"), N_("Set the terms"),
        (
            Field("seller", N_("Seller"), "choice", choices=sellers, is_required=True, width=6),
            Field("terms.vat", N_("VAT rate"), "amount", width=3, hint=N_("In percent, of all advances")),
            Field("terms.after_days", N_("After days"), "whole", width=3,
                  hint=N_("Money that is unused for so long gets a document")),
        ),
        then=to(TERMS), back=to(TERMS), done=says(N_("The terms are set.")),
    ),
)
JOB_FORMS = (
    JobForm(f"{DOCUMENTS}/draw-up", DrawUpAdvances, N_("Draw up tax documents on advances"), N_("Draw them up"),
            (Field("seller", N_("Seller"), "choice", N_("Empty: all sellers"), choices=sellers, width=6),),
            back=to(DOCUMENTS), after=DOCUMENTS),
)
SET_UP = (Tile("house", N_("Advances"), TERMS, ListAdvanceTerms, N_("VAT of money that came in before an invoice")),)
# fmt: on
