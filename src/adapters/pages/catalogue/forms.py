"""Forms of the catalogue: products, and tariffs closed and opened for new sale."""

from __future__ import annotations

from typing import Any

from adapters.pages.forms import Choice, Field, Form, says
from adapters.pages.page import N_
from adapters.pages.services.choices import currencies, usual_vat
from adapters.pages.visit import Visit
from adapters.views.catalogue import ListProducts
from adapters.views.query import MOST_AT_ONCE
from commands.catalogue import CloseTariff, DefineProduct, PublishTariff, ReopenTariff, WithdrawRevision

CATALOGUE = "/catalogue"


def _products(visit: Visit) -> list[Choice]:
    return [Choice(each.code, each.name) for each in visit.ask(ListProducts, limit=MOST_AT_ONCE).items]


def _tariff(visit: Visit) -> str:
    return f"{CATALOGUE}/tariffs/{visit.path['tariff']}"


def _product(visit: Visit) -> dict[str, str]:
    products = visit.ask(ListProducts, limit=MOST_AT_ONCE).items
    found = next((each for each in products if each.code == visit.path["code"]), None)
    return {} if found is None else {"name": found.name, "parent": found.parent}


def _as_usual(visit: Visit) -> dict[str, Any]:
    """The currency and the VAT rate of most tariffs on sale: others may be typed."""
    vat = usual_vat(visit)
    return {"currency": next(iter(currencies(visit)), ""), "components": [{"vat": vat}] if vat else []}


COMPONENT = (
    Field("code", N_("Code")),
    Field("name", N_("Name")),
    Field("kind", N_("How"), "choice",
          choices=(Choice("recurring", N_("monthly")), Choice("one-off", N_("at activation")))),
    Field("price", N_("Price"), "amount"),
    Field("vat", N_("VAT rate"), "amount"),
)  # fmt: skip
FORMS = (
    Form(
        f"{CATALOGUE}/tariffs/new", PublishTariff, N_("New tariff"), N_("Publish the tariff"),
        (
            Field("code", N_("Code"), is_required=True, width=4),
            Field("name", N_("Name"), is_required=True, width=8),
            Field("product", N_("Product"), "choice", choices=_products, width=4),
            Field("currency", N_("Currency"), is_required=True, width=4),
            Field("notice_days", N_("Days of notice"), "whole", width=4),
            Field("prices_include_vat", N_("Prices are with VAT"), "check"),
            Field("components", N_("What is charged"), "rows", columns=COMPONENT, is_required=True,
                  hint=N_("Other kinds of components come from a file of the catalogue.")),
        ),
        then=lambda visit, done: f"{CATALOGUE}/tariffs/{visit.first('code').strip()}", back=lambda visit: CATALOGUE,
        done=says(N_("The tariff is published.")), begins=_as_usual,
    ),
    Form(
        f"{CATALOGUE}/products/new", DefineProduct, N_("New product"), N_("Add the product"),
        (
            Field("code", N_("Code"), is_required=True, width=6),
            Field("name", N_("Name"), is_required=True, width=6),
            Field("parent", N_("Below"), "choice", choices=_products, width=6),
        ),
        then=lambda visit, done: CATALOGUE, back=lambda visit: CATALOGUE,
        done=says(N_("The product is in the catalogue.")),
    ),
    Form(
        f"{CATALOGUE}/products/{{code}}", DefineProduct, N_("Change the product"), N_("Save the product"),
        (
            Field("name", N_("Name"), is_required=True, width=6),
            Field("parent", N_("Below"), "choice", choices=_products, width=6),
        ),
        then=lambda visit, done: CATALOGUE, back=lambda visit: CATALOGUE, begins=_product,
        done=says(N_("The product is saved.")),
        about=lambda visit: visit.path["code"],
    ),
    Form(
        f"{CATALOGUE}/tariffs/{{tariff}}/close", CloseTariff, N_("Close for new sale"), N_("Close the tariff"),
        (Field("on", N_("From"), "day", width=6, hint=N_("Who has it keeps it.")),),
        then=lambda visit, done: _tariff(visit), back=_tariff, about=lambda visit: visit.path["tariff"],
        done=says(N_("The tariff is closed for new sale.")),
        undo=lambda visit, done: f"{_tariff(visit)}/reopen",
    ),
    Form(
        f"{CATALOGUE}/tariffs/{{tariff}}/reopen", ReopenTariff, N_("Sell again"), N_("Sell the tariff again"), (),
        then=lambda visit, done: _tariff(visit), back=_tariff, about=lambda visit: visit.path["tariff"],
        done=says(N_("The tariff is sold again.")),
    ),
    Form(
        f"{CATALOGUE}/tariffs/{{tariff}}/revisions/{{from}}/withdraw", WithdrawRevision, N_("Withdraw the price list"),
        N_("Withdraw it"), (),
        then=lambda visit, done: _tariff(visit), back=_tariff,
        about=lambda visit: f"{visit.path['tariff']}, {visit.path['from']}",
        done=says(N_("The price list does not take place; the one before goes on.")),
    ),
)  # fmt: skip
