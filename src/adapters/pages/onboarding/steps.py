"""The steps of the wizard for a new customer: which fields each has, and with what it begins.

The fields are the words of `take-on-customer`; those of the first service are under `services.0`, of the next one
under `services.1`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from adapters.pages.accounts.terms import OF_PLAN, policies
from adapters.pages.contracts.forms import kinds
from adapters.pages.custom_fields.asked import custom_fields
from adapters.pages.forms import Choice, Field
from adapters.pages.language_choices import LANGUAGES
from adapters.pages.page import N_
from adapters.pages.parties.forms import NEW_CUSTOMER, suggested_number
from adapters.pages.sellers import sellers
from adapters.pages.services.changes import PRICES
from adapters.pages.services.choices import currencies, in_currency, sold_today
from adapters.pages.typed import day_typed
from adapters.pages.visit import Visit
from adapters.views.contracts import ListContractKinds

Typed = Mapping[str, Any]
SERVICE = "service"
MOST_SERVICES = 20
PLACE = re.compile(r"services\.([0-9]{1,2})\.")


class Step(NamedTuple):
    """A step: its fields, which may depend on what was typed before, and the values that it begins with.

    `without` is the button that leaves it out, empty if it is needed. One that is left out leaves out those that
    `need` it.
    """

    code: str
    title: str
    fields: Callable[[Visit, Typed], tuple[Field, ...]]
    begins: Callable[[Visit, Typed], Mapping[str, Any]]
    without: str = ""
    need: tuple[str, ...] = ()


def _customer_fields(visit: Visit, typed: Typed) -> tuple[Field, ...]:
    return (*NEW_CUSTOMER, *custom_fields(visit, "customer"))


def _first_values(visit: Visit, typed: Typed) -> Mapping[str, Any]:
    return {**suggested_number(visit), "kind": "person"}


def _account_fields(visit: Visit, typed: Typed) -> tuple[Field, ...]:
    return (
        Field("account.number", N_("Account number"), is_required=True, width=6),
        Field("account.seller", N_("Seller"), "choice", choices=sellers, is_required=True, width=6),
        _currency(visit),
        Field("account.opened_on", N_("Open since"), "day", width=4),
        Field("account.billing_day", N_("Billing day"), "whole", N_("1 to 31; 31 is the last day"), width=4),
        *(field._replace(name=f"account.{field.name}") for field in OF_PLAN),
        Field("account.dunning", N_("Dunning policy"), "choice", N_("What happens if money does not come in"), policies,
              width=12),
    )  # fmt: skip


def _currency(visit: Visit) -> Field:
    """One of those in which something is sold; any, while nothing is."""
    found = [Choice(code, code) for code in currencies(visit)]
    if not found:
        return Field("account.currency", N_("Currency"), hint=N_("Three letters, as in CZK"), is_required=True, width=4)
    return Field("account.currency", N_("Currency"), "choice", choices=found, is_required=True, width=4)


def _account_values(visit: Visit, typed: Typed) -> Mapping[str, Any]:
    return {
        "account.number": typed.get("number", ""), "account.currency": next(iter(currencies(visit)), ""),
        "account.billing_day": "1", "account.due_days": "14", "account.tolerance_days": "7",
        "account.plan": "postpaid", "account.opened_on": typed.get("registered_on", ""),
    }  # fmt: skip


def _fields_of_services(visit: Visit, typed: Typed) -> tuple[Field, ...]:
    sold = sold_today(visit)
    on_sale = in_currency(sold, typed.get("account.currency", ""))
    parameters = {tariff["code"]: tariff.get("parameters", ()) for tariff in sold}
    return tuple(
        field for place in places(typed)
        for field in _fields_of_service(place, on_sale, parameters.get(typed.get(f"{place}.tariff", ""), ()))
    )  # fmt: skip


def _fields_of_service(
    place: str, on_sale: Sequence[Choice], parameters: Iterable[Mapping[str, Any]]
) -> tuple[Field, ...]:
    """The fields of the service at a place, with one for each parameter that the chosen tariff asks for."""
    return (
        Field(f"{place}.tariff", N_("Tariff"), "choice", choices=on_sale, is_required=True, width=8),
        Field(f"{place}.subscription", N_("Code of the service"), is_required=True, width=4,
              hint=N_("As it is known on this account: a number, or a word such as net")),
        Field(f"{place}.on", N_("First day"), "day", is_required=True, width=4),
        Field(f"{place}.quantity", N_("Quantity"), "amount", is_required=True, width=4),
        Field(f"{place}.address", N_("Code of the address"), width=4),
        *(
            Field(f"{place}.parameters.{each['code']}", each.get("name") or each["code"],
                  is_required=not each.get("optional"), width=6)
            for each in parameters if each.get("value") is None
        ),
        Field(f"{place}.options", N_("Options"), "list", N_("One on each line"), width=6),
        PRICES._replace(name=f"{place}.prices", width=6),
        Field(f"{place}.until", N_("Agreed prices until"), "day", width=4),
    )  # fmt: skip


def places(typed: Typed) -> list[str]:
    """The places of the services: `services.0`, `services.1`; that of one at least."""
    numbers = [int(found[1]) for name in typed if (found := PLACE.match(name))]
    return [f"services.{number}" for number in range(min(max(numbers, default=0) + 1, MOST_SERVICES))]


def place_of(name: str) -> str:
    """The place of the service whose field has a name; empty for other fields."""
    found = PLACE.match(name)
    return f"services.{found[1]}" if found else ""


def next_service(visit: Visit, typed: Typed) -> Mapping[str, Any]:
    """What a further service begins with: the next free number as its code, and the first day of those before it."""
    known = places(typed)
    codes = {typed.get(f"{place}.subscription", "") for place in known}
    code = next(str(number) for number in count(1) if str(number) not in codes)
    return _begun(f"services.{len(known)}", code, typed.get(f"{known[-1]}.on", ""))


def _service_values(visit: Visit, typed: Typed) -> Mapping[str, Any]:
    return _begun("services.0", "1", typed.get("account.opened_on") or visit.today.isoformat())


def _begun(place: str, code: str, on: str) -> Mapping[str, Any]:
    return {f"{place}.subscription": code, f"{place}.on": on, f"{place}.quantity": "1"}


def _contract_fields(visit: Visit, typed: Typed) -> tuple[Field, ...]:
    return (
        Field("contract.kind", N_("Kind"), "choice", choices=kinds, is_required=True, width=6),
        Field("contract.language", N_("Language"), "choice", choices=LANGUAGES, is_required=True,
              width=6),
        Field("contract.begins_on", N_("Begins"), "day", width=6),
        Field("contract.issued", N_("Print it for signature at once"), "check"),
        Field("contract.agreed", N_("Agreed besides"), "lines"),
    )  # fmt: skip


def _contract_values(visit: Visit, typed: Typed) -> Mapping[str, Any]:
    first_days = (day_typed(typed.get(f"{place}.on", ""), visit.today) for place in places(typed))
    return {
        "contract.language": typed.get("language") or visit.language, "contract.issued": True,
        "contract.begins_on": min(filter(None, first_days), default=""),
    }  # fmt: skip


CUSTOMER = Step("customer", N_("Customer"), _customer_fields, _first_values)
STEPS = (
    CUSTOMER,
    Step("account", N_("Account"), _account_fields, _account_values, N_("Without an account"), (SERVICE, "contract")),
    Step(SERVICE, N_("Services"), _fields_of_services, _service_values, N_("Without a service")),
    Step("contract", N_("Contract"), _contract_fields, _contract_values, N_("Without a contract")),
)


def steps_for(visit: Visit, *, is_whole: bool) -> Sequence[Step]:
    """The steps for who may take a customer on as a whole, or may register one alone; no contract without kinds."""
    if not is_whole:
        return (CUSTOMER,)
    has_kinds = visit.may(ListContractKinds) and visit.ask(ListContractKinds).items
    return STEPS if has_kinds else STEPS[:-1]
