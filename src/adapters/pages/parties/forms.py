"""Forms about customers."""

from __future__ import annotations

from adapters.pages.forms import Choice, Field, Form
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.views.parties import ShowCustomer
from commands.parties import ChangeCustomer, RegisterCustomer
from commands.platform.bus import Seen

KINDS = (Choice("person", N_("Person")), Choice("company", N_("Company")))


def _card(visit: Visit) -> str:
    return f"/customers/{visit.path['number']}"


def _details(visit: Visit) -> dict[str, str]:
    customer = visit.ask(ShowCustomer, number=visit.path["number"]).customer
    address = customer.address
    return {
        "name": customer.name, "email": customer.email or "", "phone": customer.phone or "",
        "address.street": address.street, "address.city": address.city,
        "address.postal_code": address.postal_code, "address.country": address.country,
    }  # fmt: skip


def _version(visit: Visit) -> Seen:
    seen: Seen = visit.ask(ShowCustomer, number=visit.path["number"]).seen()
    return seen


FORMS = (
    Form(
        "/customers/new", RegisterCustomer, N_("New customer"), N_("Register the customer"),
        (
            Field("number", N_("Customer number"), is_required=True, width=4),
            Field("kind", N_("Kind"), "choice", choices=KINDS, is_required=True, width=4),
            Field("registered_on", N_("Customer since"), "day", width=4),
            Field("name", N_("Name"), is_required=True),
            Field("address.street", N_("Street"), width=6),
            Field("address.city", N_("City"), width=6),
            Field("address.postal_code", N_("Postal code"), width=4),
            Field("address.country", N_("Country"), hint=N_("Two letters, as in CZ"), width=4),
            Field("phone", N_("Phone"), "tel", width=4),
            Field("email", N_("E-mail"), "email", width=6),
        ),
        then=lambda visit, done: f"/customers/{visit.first('number').strip()}",
        back=lambda visit: "/customers",
        done=lambda visit, done: visit.translated(N_("The customer is registered.")),
    ),
    Form(
        "/customers/{number}/details", ChangeCustomer, N_("Change details"), N_("Save the details"),
        (
            Field("name", N_("Name"), is_required=True),
            Field("address.street", N_("Street"), width=6, clears=True),
            Field("address.city", N_("City"), width=6, clears=True),
            Field("address.postal_code", N_("Postal code"), width=4, clears=True),
            Field("address.country", N_("Country"), width=4, clears=True),
            Field("phone", N_("Phone"), "tel", width=4, clears=True),
            Field("email", N_("E-mail"), "email", width=6, clears=True),
        ),
        then=lambda visit, done: _card(visit), back=_card,
        done=lambda visit, done: visit.translated(N_("The details are saved.")),
        begins=_details, seen=_version, about=lambda visit: visit.path["number"],
    ),
)  # fmt: skip
