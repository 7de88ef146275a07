"""Sellers: their details, their number series, and beyond which limits their changes ask first."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from adapters.pages.forms import Choice, Field, Form, forms, says, to
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_, Page, Shown, Tile
from adapters.pages.parties.addresses import address_fields, address_values
from adapters.pages.visit import Visit
from adapters.views.confirmation import ShowConfirmationLimits
from adapters.views.parties import ListSellers
from billing_core.kernel.errors import NotFound
from billing_core.parties.sellers import Seller
from commands.confirmation import SetConfirmationLimits
from commands.outreach.terms import SetOutreachTerms
from commands.parties import ChangeSeller, OpenNumberSeries, RegisterSeller

SELLERS = "/set-up/sellers"
ONE = f"{SELLERS}/{{seller}}"
KINDS = (Choice("invoice", N_("Invoices")), Choice("credit-note", N_("Credit notes")))


def seller_card(visit: Visit) -> Shown:
    """A seller with everything that is set for it."""
    seller = _seller(visit, visit.path["seller"])
    limits = visit.ask(ShowConfirmationLimits, seller=seller.code) if visit.may(ShowConfirmationLimits) else None
    offers = [(form.title, to(form.path)(visit), form.command) for form in forms() if form.path.startswith(f"{ONE}/")]
    return Shown("confirmation/seller.html", {
        "seller": seller, "limits": limits, "change": ChangeSeller, "offers": offers,
    })  # fmt: skip


def _seller(visit: Visit, code: str) -> Seller:
    found: list[Seller] = visit.ask(ListSellers).items
    known = next((seller for seller in found if seller.code == code), None)
    if known is None:
        raise NotFound("no such seller", field="seller", value=code)
    return known


def _details(visit: Visit) -> dict[str, Any]:
    seller = _seller(visit, visit.path["code"])
    return {
        "name": seller.name, **address_values(seller.address),
        "legal_ids": dict(seller.legal_ids), "iban": seller.iban or "", "bic": seller.bic or "",
        "email": seller.email or "", "phone": seller.phone or "",
    }  # fmt: skip


def _limits(visit: Visit) -> dict[str, Any]:
    limits = visit.ask(ShowConfirmationLimits, seller=visit.path["seller"])
    return {"limits.most_days_ahead": limits.most_days_ahead, "limits.most_amount": limits.most_amount,
            "limits.most_percent": limits.most_percent}  # fmt: skip


def _code(visit: Visit) -> str:
    return visit.path.get("seller") or visit.path["code"]


DETAILS = (
    Field("name", N_("Name"), is_required=True),
    *address_fields(clears=True),
    Field("phone", N_("Phone"), "tel", width=4, clears=True),
    Field("email", N_("E-mail"), "email", width=6, clears=True),
    Field("iban", N_("IBAN"), width=4, clears=True),
    Field("bic", N_("BIC"), width=2, clears=True),
    Field("legal_ids", N_("Legal ids"), "pairs", hint=N_("Kind and value, one on each line, as vat_id = CZ12345678")),
)
LISTS = (
    List(
        SELLERS, ListSellers, N_("Sellers"),
        (
            Column(N_("Seller"), lambda row: row.name, link=lambda row: f"{SELLERS}/{quote(row.code)}",
                   below=lambda row: row.code),
            Column(N_("Address"), lambda row: ", ".join(row.address.lines())),
            Column(N_("Time zone"), lambda row: row.time_zone),
            Column(N_("Invoices"), lambda row: row.series["invoice"].first if "invoice" in row.series else "", "code"),
            Column(N_("Credit notes"),
                   lambda row: row.series["credit-note"].first if "credit-note" in row.series else "", "code"),
        ),
        actions=(Act(N_("New seller"), f"{SELLERS}/new", RegisterSeller, "n"),),
        row_actions=(
            Act(N_("Messages"), lambda row: f"{SELLERS}/{quote(row.code)}/messages", SetOutreachTerms),
        ),
        empty=N_("A seller is who issues invoices: the house, or each of its companies."),
    ),
)  # fmt: skip
PAGES = (Page(ONE, seller_card, ListSellers),)
FORMS = (
    Form(
        f"{SELLERS}/new", RegisterSeller, N_("New seller"), N_("Register the seller"),
        (
            Field("code", N_("Code"), is_required=True, width=4),
            Field("time_zone", N_("Time zone"), hint=N_("As Europe/Prague"), is_required=True, width=4),
            *DETAILS,
        ),
        then=lambda visit, done: f"{SELLERS}/{quote(visit.first('code').strip())}", back=to(SELLERS),
        done=says(N_("The seller is registered.")),
    ),
    Form(
        f"{SELLERS}/{{code}}/details", ChangeSeller, N_("Change the seller"), N_("Save the details"), DETAILS,
        then=to(f"{SELLERS}/{{code}}"), back=to(f"{SELLERS}/{{code}}"), done=says(N_("The details are saved.")),
        begins=_details, about=_code,
    ),
    Form(
        f"{ONE}/series", OpenNumberSeries, N_("Open a number series"), N_("Open the series"),
        (
            Field("kind", N_("Documents"), "choice", choices=KINDS, is_required=True, width=4),
            Field("prefix", N_("Prefix"), is_required=True, width=4,
                  hint=N_("Digits with which every number begins; YY or YYYY is the year")),
            Field("width", N_("Digits after it"), "whole", is_required=True, width=4),
        ),
        then=to(ONE), back=to(ONE), done=says(N_("The next document of the kind is numbered by it.")), about=_code,
    ),
    Form(
        f"{ONE}/limits", SetConfirmationLimits, N_("Limits of confirmation"), N_("Set the limits"),
        (
            Field("limits.most_days_ahead", N_("Days ahead"), "whole", is_required=True, width=4),
            Field("limits.most_amount", N_("Amount"), "amount", is_required=True, width=4,
                  hint=N_("In the currency of each account")),
            Field("limits.most_percent", N_("Percent of all accounts"), "amount", is_required=True, width=4),
        ),
        then=to(ONE), back=to(ONE), done=says(N_("Beyond these limits a change is asked about first.")),
        begins=_limits, about=_code,
    ),
)  # fmt: skip
SET_UP = (Tile("house", N_("Sellers"), SELLERS, ListSellers, N_("Who issues invoices, number series, limits")),)
