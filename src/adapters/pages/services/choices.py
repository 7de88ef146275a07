"""What can be chosen in the forms of services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.pages.forms import Choice
from adapters.pages.visit import Visit
from adapters.views.accounts import ShowBalance
from adapters.views.catalogue import ListTariffs
from adapters.views.parties import ShowCustomer
from adapters.views.services import ListSubscriptions, SubscriptionEntry
from billing_core.kernel.errors import NotFound

MOST = 1_000


def tariffs_on_sale(visit: Visit) -> Sequence[Choice]:
    """The tariffs that are sold today, each with its fees: in the account's currency, for who may see the account."""
    currency = ""
    if visit.may(ShowBalance):
        currency = visit.ask(ShowBalance, account=visit.path["account"]).balance.currency
    return [
        Choice(tariff["code"], f"{tariff['name']}{_fees(tariff)}")
        for tariff in visit.ask(ListTariffs, limit=MOST).items
        if currency in ("", tariff["currency"])
        and (tariff["closed_from"] is None or tariff["closed_from"] > visit.today)
    ]


def _fees(tariff: dict[str, Any]) -> str:
    """The newest list price of its first fee: `, 500`."""
    for component in tariff["components"]:
        if component["kind"] == "recurring" and component.get("prices"):
            price = component["prices"][-1].get("price")
            return f", {price}" if price else ""
    return ""


def subscription_of(visit: Visit) -> SubscriptionEntry:
    """The subscription that the page is about."""
    found = visit.ask(ListSubscriptions, account=visit.path["account"]).items
    known = next((row for row in found if row.subscription == visit.path["subscription"]), None)
    if known is None:
        raise NotFound("no such subscription", field="subscription", value=visit.path["subscription"])
    return known


def other_accounts(visit: Visit) -> Sequence[Choice]:
    """The other accounts of the same customer, for who may see the account."""
    if not visit.may(ShowBalance):
        return []
    customer = visit.ask(ShowBalance, account=visit.path["account"]).customer
    accounts = visit.ask(ShowCustomer, number=customer).accounts
    return [Choice(each.number, each.number) for each in accounts if each.number != visit.path["account"]]


def card_of(visit: Visit) -> str:
    """The address of the card of the customer whose account it is; of all customers for who may not see it."""
    if not visit.may(ShowBalance):
        return "/customers"
    return f"/customers/{visit.ask(ShowBalance, account=visit.path['account']).customer}#services"
