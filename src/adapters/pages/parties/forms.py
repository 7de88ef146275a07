"""Forms about customers."""

from __future__ import annotations

from adapters.pages.custom_fields.asked import custom_fields, values_of
from adapters.pages.forms import Choice, Field, Form, says
from adapters.pages.language_choices import LANGUAGES
from adapters.pages.page import N_
from adapters.pages.parties.addresses import address_fields, address_values
from adapters.pages.sellers import dealers
from adapters.pages.visit import Visit
from adapters.views.parties import CustomerCard, ShowCustomer, SuggestCustomerNumber
from commands.accounts import CorrectRegistration
from commands.forgetting import ForgetCustomer
from commands.parties import AssignCustomer, ChangeCustomer
from commands.platform.bus import Seen

IDS = Field("legal_ids", N_("Legal ids"), "pairs", N_("One on each line, as in VAT ID = CZ12345678"))
KINDS = (Choice("person", N_("Person")), Choice("company", N_("Company")))


def suggested_number(visit: Visit) -> dict[str, str]:
    """The next number of a customer; another one may be typed."""
    if not visit.may(SuggestCustomerNumber):
        return {}
    return {"number": visit.ask(SuggestCustomerNumber).number}


def _card(visit: Visit) -> str:
    return f"/customers/{visit.path['number']}"


def _details(visit: Visit) -> dict[str, str]:
    card = visit.ask(ShowCustomer, number=visit.path["number"])
    customer = card.customer
    return values_of(card.custom_fields) | {
        "name": customer.name, "email": customer.email or "", "phone": customer.phone or "",
        **address_values(customer.address), "kind": customer.kind,
        "language": customer.language, "iban": customer.iban or "", "source": customer.source,
        **address_values(customer.postal_address, "postal_address"),
        **address_values(customer.installation_address, "installation_address"),
        "legal_ids": "\n".join(f"{label} = {value}" for label, value in sorted(customer.legal_ids.items())),
    }  # fmt: skip


def _entry(visit: Visit) -> CustomerCard:
    found: CustomerCard = visit.ask(ShowCustomer, number=visit.path["customer"])
    return found


def _named_card(visit: Visit) -> str:
    return f"/customers/{visit.path['customer']}"


def _customer(visit: Visit) -> str:
    return visit.path["customer"]


def _version(visit: Visit) -> Seen:
    seen: Seen = visit.ask(ShowCustomer, number=visit.path["number"]).seen()
    return seen


NEW_CUSTOMER = (
    Field("number", N_("Customer number"), is_required=True, width=4),
    Field("kind", N_("Kind"), "choice", choices=KINDS, is_required=True, width=4),
    Field("registered_on", N_("Customer since"), "day", width=4),
    Field("name", N_("Name"), is_required=True),
    *address_fields(),
    Field("phone", N_("Phone"), "tel", width=4),
    Field("email", N_("E-mail"), "email", width=6),
    Field("language", N_("Language"), "choice", choices=LANGUAGES, width=6),
    Field("source", N_("Came by"), hint=N_("As in recommendation or spring campaign"), width=6),
    IDS,
)
DETAILS = (
    Form(
        "/customers/{number}/details", ChangeCustomer, N_("Change details"), N_("Save the details"),
        (
            Field("kind", N_("Kind"), "choice", choices=KINDS, is_required=True, width=4),
            Field("name", N_("Name"), is_required=True, width=8),
            *address_fields(clears=True),
            Field("phone", N_("Phone"), "tel", width=4, clears=True),
            Field("email", N_("E-mail"), "email", width=6, clears=True),
            Field("language", N_("Language"), "choice", choices=LANGUAGES, clears=True, width=6),
            Field("iban", N_("IBAN"), clears=True, width=6),
            Field("source", N_("Came by"), clears=True, width=6),
            *address_fields("postal_address", N_("Letters to, if another street"), clears=True),
            *address_fields("installation_address", N_("Services at, if another street"), clears=True),
            IDS._replace(hint=N_("One on each line, as in VAT ID = CZ12345678; one without a value is cleared")),
        ),
        then=lambda visit, done: _card(visit), back=_card,
        done=says(N_("The details are saved.")),
        begins=_details, seen=_version, about=lambda visit: visit.path["number"], checks=True,
        asks=lambda visit: custom_fields(visit, "customer", clears=True),
    ),
    Form(
        "/customers/{customer}/registration", CorrectRegistration, N_("Correct the day of registration"),
        N_("Correct the day"),
        (
            Field("registered_on", N_("Customer since"), "day", is_required=True, width=6),
            Field("reason", N_("Reason"), is_required=True),
        ),
        then=lambda visit, done: _named_card(visit), back=_named_card,
        done=says(N_("The day is corrected.")),
        begins=lambda visit: {"registered_on": _entry(visit).registered_on.isoformat()}, about=_customer,
    ),
    Form(
        "/customers/{customer}/dealer", AssignCustomer, N_("Assign to a dealer"), N_("Assign the customer"),
        (Field("dealer", N_("Dealer"), "choice", choices=dealers, hint=N_("Empty: the house itself"), clears=True),),
        then=lambda visit, done: _named_card(visit), back=_named_card,
        done=says(N_("The customer is assigned.")),
        begins=lambda visit: {"dealer": _entry(visit).dealer}, about=_customer,
    ),
    Form(
        "/customers/{customer}/forget", ForgetCustomer, N_("Forget the customer"), N_("Erase the person for good"),
        (
            Field("ordered_by", N_("Ordered by"), is_required=True, hint=N_("It stays on record: not the customer")),
            Field("reason", N_("Reason"), is_required=True, hint=N_("It stays on record")),
        ),
        then=lambda visit, done: _named_card(visit), back=_named_card,
        done=says(N_("The person is erased.")),
        asks_number="customer", about=_customer,
    ),
)  # fmt: skip
