"""What can be chosen in the forms of services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from adapters.pages.forms import Choice
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.views.accounts import ShowBalance
from adapters.views.catalogue import ListTariffs
from adapters.views.parties import ShowCustomer
from adapters.views.services import ListSubscriptions, SubscriptionEntry
from adapters.views.suspensions import ListSuspensionReasons
from billing_core.kernel.errors import NotFound
from billing_core.services.suspension_reasons import OF_THE_PROGRAM, SuspensionReason

MOST = 1_000
# The names of the reasons that are ready.
NAMES = {
    "non-payment": N_("Non-payment"), "abuse": N_("Abuse"), "operator": N_("Decision of the operator"),
    "end-of-contract": N_("End of contract"), "no-money": N_("Not enough money on a prepaid account"),
    "usage-limit": N_("Limit of usage"),
}  # fmt: skip


def tariffs_on_sale(visit: Visit) -> Sequence[Choice]:
    """The tariffs that are sold today, in the account's currency for who may see the account."""
    currency = ""
    if visit.may(ShowBalance):
        currency = visit.ask(ShowBalance, account=visit.path["account"]).balance.currency
    return in_currency(sold_today(visit), currency)


def in_currency(tariffs: Iterable[dict[str, Any]], currency: str) -> Sequence[Choice]:
    """Those of some tariffs that are in a currency, or all if it is empty, each with its fees."""
    found = [tariff for tariff in tariffs if currency in ("", tariff["currency"])]
    return [Choice(tariff["code"], f"{tariff['name']}{_fees(tariff)}") for tariff in found]


def sold_today(visit: Visit) -> list[dict[str, Any]]:
    """The tariffs that are sold today, for who may list them."""
    found = visit.ask(ListTariffs, limit=MOST).items if visit.may(ListTariffs) else []
    return [each for each in found if each["closed_from"] is None or each["closed_from"] > visit.today]


def currencies(visit: Visit) -> list[str]:
    """The currencies of the tariffs on sale, that of most of them first."""
    return [code for code, _ in Counter(tariff["currency"] for tariff in sold_today(visit)).most_common()]


def usual_vat(visit: Visit) -> str:
    """The VAT rate that most components on sale have; empty if nothing is on sale, or the reader may not see it."""
    rates = Counter(part["vat"] for tariff in sold_today(visit) for part in tariff["components"] if part.get("vat"))
    return next((str(rate) for rate, _ in rates.most_common(1)), "")


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


def reasons_to_suspend(visit: Visit) -> Sequence[Choice]:
    """The reasons for which a person may suspend: all but those of the program."""
    found = visit.ask(ListSuspensionReasons, limit=MOST).items
    return [Choice(each.code, _name_of(each, visit)) for each in found if each.code not in OF_THE_PROGRAM]


def _name_of(reason: SuspensionReason, visit: Visit) -> str:
    """The name of a reason; in the reader's language if it is one that is ready."""
    ready = NAMES.get(reason.code, "")
    return visit.translated(ready) if reason.name == ready else reason.name


def reasons_to_resume(visit: Visit) -> Sequence[Choice]:
    """The reasons of suspensions in the timeline of the service."""
    named = {change.reason for change in subscription_of(visit).timeline if change.kind == "suspend"}
    found = visit.ask(ListSuspensionReasons, limit=MOST).items
    return [Choice(each.code, _name_of(each, visit)) for each in found if each.code in named]


def card_of(visit: Visit) -> str:
    """The address of the card of the customer whose account it is; of all customers for who may not see it."""
    if not visit.may(ShowBalance):
        return "/customers"
    return f"/customers/{visit.ask(ShowBalance, account=visit.path['account']).customer}#services"
