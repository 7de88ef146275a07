"""The steps of the wizard for a new customer: which fields each has, and with what it begins.

The fields are the words of `take-on-customer`; those of the service are under `service`, for the wizard has one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from adapters.pages.accounts.terms import OF_PLAN, policies
from adapters.pages.contracts.forms import kinds
from adapters.pages.custom_fields.asked import custom_fields
from adapters.pages.forms import Choice, Field
from adapters.pages.page import N_
from adapters.pages.parties.forms import NEW_CUSTOMER, suggested_number
from adapters.pages.sellers import sellers
from adapters.pages.services.changes import PRICES
from adapters.pages.services.choices import sold_today, tariffs_sold
from adapters.pages.visit import Visit
from adapters.views.contracts import ListContractKinds
from billing_core.kernel.languages import LANGUAGES

Typed = Mapping[str, Any]


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
    found = [Choice(code, code) for code in _currencies(visit)]
    if not found:
        return Field("account.currency", N_("Currency"), hint=N_("Three letters, as in CZK"), is_required=True, width=4)
    return Field("account.currency", N_("Currency"), "choice", choices=found, is_required=True, width=4)


def _currencies(visit: Visit) -> list[str]:
    """The currencies of the tariffs on sale, that of most of them first."""
    return [code for code, _ in Counter(tariff["currency"] for tariff in sold_today(visit)).most_common()]


def _account_values(visit: Visit, typed: Typed) -> Mapping[str, Any]:
    return {
        "account.number": typed.get("number", ""), "account.currency": next(iter(_currencies(visit)), ""),
        "account.billing_day": "1", "account.due_days": "14", "account.tolerance_days": "7",
        "account.plan": "postpaid", "account.opened_on": typed.get("registered_on", ""),
    }  # fmt: skip


def _service_fields(visit: Visit, typed: Typed) -> tuple[Field, ...]:
    currency = typed.get("account.currency", "")
    return (
        Field("service.tariff", N_("Tariff"), "choice", choices=lambda visit: tariffs_sold(visit, currency),
              is_required=True, width=8),
        Field("service.subscription", N_("Code of the service"), is_required=True, width=4,
              hint=N_("As it is known on this account: a number, or a word such as net")),
        Field("service.on", N_("First day"), "day", is_required=True, width=4),
        Field("service.quantity", N_("Quantity"), "amount", is_required=True, width=4),
        Field("service.address", N_("Code of the address"), width=4),
        *_parameters(visit, typed.get("service.tariff", "")),
        Field("service.options", N_("Options"), "list", N_("One on each line"), width=6),
        PRICES._replace(name="service.prices", width=6),
        Field("service.until", N_("Agreed prices until"), "day", width=4),
    )  # fmt: skip


def _parameters(visit: Visit, tariff: str) -> tuple[Field, ...]:
    """A field for each parameter that the chosen tariff asks for."""
    known: Mapping[str, Any] = next((each for each in sold_today(visit) if each["code"] == tariff), {})
    return tuple(
        Field(f"service.parameters.{each['code']}", each.get("name") or each["code"],
              is_required=not each.get("optional"), width=6)
        for each in known.get("parameters", ()) if each.get("value") is None
    )  # fmt: skip


def _service_values(visit: Visit, typed: Typed) -> Mapping[str, Any]:
    first_on = typed.get("account.opened_on") or visit.today.isoformat()
    return {"service.subscription": "1", "service.on": first_on, "service.quantity": "1"}


def _contract_fields(visit: Visit, typed: Typed) -> tuple[Field, ...]:
    return (
        Field("contract.kind", N_("Kind"), "choice", choices=kinds, is_required=True, width=6),
        Field("contract.language", N_("Language"), "choice", is_required=True, width=6,
              choices=[Choice(code, code) for code in LANGUAGES]),
        Field("contract.begins_on", N_("Begins"), "day", width=6),
        Field("contract.issued", N_("Print it for signature at once"), "check"),
        Field("contract.agreed", N_("Agreed besides"), "lines"),
    )  # fmt: skip


def _contract_values(visit: Visit, typed: Typed) -> Mapping[str, Any]:
    return {
        "contract.language": typed.get("language") or visit.language, "contract.issued": True,
        "contract.begins_on": typed.get("service.on", ""),
    }  # fmt: skip


CUSTOMER = Step("customer", N_("Customer"), _customer_fields, _first_values)
STEPS = (
    CUSTOMER,
    Step("account", N_("Account"), _account_fields, _account_values, N_("Without an account"), ("service", "contract")),
    Step("service", N_("Service"), _service_fields, _service_values, N_("Without a service")),
    Step("contract", N_("Contract"), _contract_fields, _contract_values, N_("Without a contract")),
)


def steps_for(visit: Visit, *, is_whole: bool) -> Sequence[Step]:
    """The steps for who may take a customer on as a whole, or may register one alone; no contract without kinds."""
    if not is_whole:
        return (CUSTOMER,)
    has_kinds = visit.may(ListContractKinds) and visit.ask(ListContractKinds).items
    return STEPS if has_kinds else STEPS[:-1]
