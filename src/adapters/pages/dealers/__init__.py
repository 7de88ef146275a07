"""Dealers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from adapters.pages.forms import Field, Form, says, to
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_, Tile
from adapters.pages.parties.addresses import address_fields, address_values
from adapters.pages.visit import Visit
from adapters.views.dealers import ListDealers, ShowDealer
from commands.dealers import ChangeDealer, RegisterDealer

DEALERS = "/set-up/dealers"


def _details(visit: Visit) -> dict[str, Any]:
    dealer = visit.ask(ShowDealer, code=visit.path["code"]).dealer
    return {
        "name": dealer.name, **address_values(dealer.address),
        "legal_ids": dict(dealer.legal_ids), "vat_payer": dealer.is_vat_payer, "iban": dealer.iban or "",
        "bic": dealer.bic or "", "email": dealer.email or "", "phone": dealer.phone or "",
    }  # fmt: skip


DETAILS = (
    Field("name", N_("Name"), is_required=True),
    *address_fields(),
    Field("phone", N_("Phone"), "tel", width=4),
    Field("email", N_("E-mail"), "email", width=6),
    Field("iban", N_("IBAN"), width=4),
    Field("bic", N_("BIC"), width=2),
    Field("legal_ids", N_("Legal ids"), "pairs", hint=N_("Kind and value, one on each line, as company_id = 12345678")),
    Field("vat_payer", N_("Pays VAT"), "check"),
)
LISTS = (
    List(
        DEALERS, ListDealers, N_("Dealers"),
        (
            Column(N_("Dealer"), lambda row: row.dealer.name, below=lambda row: row.dealer.code,
                   link=lambda row: f"/customers?dealer={quote(row.dealer.code)}"),
            Column(N_("Address"), lambda row: ", ".join(row.dealer.address.lines())),
            Column(N_("E-mail"), lambda row: row.dealer.email),
            Column(N_("Phone"), lambda row: row.dealer.phone),
            Column(N_("Customers"), lambda row: row.customers, "count"),
        ),
        actions=(Act(N_("New dealer"), f"{DEALERS}/new", RegisterDealer, "n"),),
        row_actions=(Act(N_("Change"), lambda row: f"{DEALERS}/{quote(row.dealer.code)}/details", ChangeDealer),),
        empty=N_("A dealer sells for the house, and sees its own customers alone."),
    ),
)  # fmt: skip
FORMS = (
    Form(
        f"{DEALERS}/new", RegisterDealer, N_("New dealer"), N_("Register the dealer"),
        (Field("code", N_("Code"), is_required=True, width=4), *DETAILS),
        then=to(DEALERS), back=to(DEALERS), done=says(N_("The dealer is registered.")),
    ),
    Form(
        f"{DEALERS}/{{code}}/details", ChangeDealer, N_("Change the dealer"), N_("Save the details"), DETAILS,
        then=to(DEALERS), back=to(DEALERS), done=says(N_("The details are saved.")), begins=_details,
        about=lambda visit: visit.path["code"],
    ),
)  # fmt: skip
SET_UP = (Tile("house", N_("Dealers"), DEALERS, ListDealers, N_("Who sells for the house")),)
