"""The form of a new service."""

from __future__ import annotations

from itertools import count
from typing import Any

from adapters.pages.forms import Field, Form
from adapters.pages.page import N_
from adapters.pages.services.changes import PARAMETERS, PRICES
from adapters.pages.services.choices import card_of, tariffs_on_sale
from adapters.pages.services.effect import money_effect
from adapters.pages.visit import Visit
from adapters.views.services import ListSubscriptions
from commands.services.status import ActivateSubscription


def _first_values(visit: Visit) -> dict[str, Any]:
    return {"subscription": _next_code(visit), "on": visit.today.isoformat(), "quantity": "1"}


def _next_code(visit: Visit) -> str:
    """The first of 1, 2, 3 ... that no service of the account has; another code may be typed."""
    if not visit.may(ListSubscriptions):
        return ""
    taken = {row.subscription for row in visit.ask(ListSubscriptions, account=visit.path["account"]).items}
    return next(code for code in map(str, count(1)) if code not in taken)


ACTIVE = N_("the service is active")
# fmt: off
NEW_SERVICE = Form(
    "/accounts/{account}/subscriptions/new", ActivateSubscription, N_("New service"), N_("Activate the service"),
    (
        Field("subscription", N_("Code of the service"), is_required=True, width=5,
              hint=N_("As it is known on this account: a number, or a word such as net")),
        Field("tariff", N_("Tariff"), "choice", choices=tariffs_on_sale, is_required=True, width=7),
        Field("on", N_("First day"), "day", is_required=True, width=5),
        Field("quantity", N_("Quantity"), "amount", is_required=True, width=3),
        Field("address", N_("Code of the address"), width=4),
        Field("options", N_("Options"), "list", N_("One on each line")),
        PARAMETERS, PRICES, Field("until", N_("Agreed prices until"), "day", width=4),
    ),
    then=lambda visit, done: card_of(visit), back=card_of,
    done=lambda visit, done: f"{visit.first('subscription')}: {visit.translated(ACTIVE)}.",
    effect=money_effect(ActivateSubscription), begins=_first_values, about=lambda visit: visit.path["account"],
)
# fmt: on
