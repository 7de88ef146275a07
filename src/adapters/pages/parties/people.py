"""Forms about the people around a customer: contacts, consents, the parent who pays, and records of one person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.pages.forms import Choice, Field, Form, says
from adapters.pages.language_choices import LANGUAGES
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.views.parties import CustomerCard, ListConsentPurposes, ShowCustomer
from commands.merging import MergeCustomers, UndoMerge
from commands.parties import AssignParent, GiveConsent, PutContact, RemoveContact, WithdrawConsent

ROLES = (
    Choice("billing", N_("Bills")), Choice("technical", N_("Technology")), Choice("signatory", N_("May sign")),
    Choice("other", N_("Other")),
)  # fmt: skip
CHANNELS = (
    Choice("phone", N_("By phone")), Choice("in-person", N_("In person")), Choice("e-mail", N_("By e-mail")),
    Choice("letter", N_("By letter")), Choice("web", N_("On the web")),
)  # fmt: skip


def _entry(visit: Visit) -> CustomerCard:
    found: CustomerCard = visit.ask(ShowCustomer, number=visit.path["customer"])
    return found


def _card(visit: Visit) -> str:
    return f"/customers/{visit.path['customer']}#people"


def _customer(visit: Visit) -> str:
    return visit.path["customer"]


def _contact(visit: Visit) -> dict[str, Any]:
    known = _entry(visit).contacts.get(visit.path["contact"])
    if known is None:
        return {}
    return {
        "name": known.name, "roles": list(known.roles), "phones": list(known.phones), "emails": list(known.emails),
        "language": known.language, "note": known.note,
    }  # fmt: skip


def _new_contact(visit: Visit) -> dict[str, Any]:
    """The next free number is its code."""
    known = _entry(visit).contacts
    return {"contact": next(str(number) for number in range(1, len(known) + 2) if str(number) not in known)}


def purposes(visit: Visit) -> Sequence[Choice]:
    """What customers can agree to."""
    return [Choice(purpose.code, purpose.name) for purpose in visit.ask(ListConsentPurposes).items]


def _parent(visit: Visit) -> dict[str, Any]:
    parent = _entry(visit).parent
    return {"parent": parent.number, "paid_by_parent": parent.pays} if parent else {}


# fmt: off
DETAILS = (
    Field("name", N_("Name"), is_required=True),
    Field("roles", N_("Asked about"), "choices", choices=ROLES),
    Field("phones", N_("Phones"), "list", N_("One on each line"), width=6),
    Field("emails", N_("E-mails"), "list", N_("One on each line"), width=6),
    Field("language", N_("Language"), "choice", choices=LANGUAGES, width=6),
    Field("note", N_("Note"), width=6),
)
CONSENT = (
    Field("purpose", N_("Purpose"), "choice", choices=purposes, is_required=True, width=6),
    Field("channel", N_("How it was said"), "choice", choices=CHANNELS, is_required=True, width=6),
    Field("on", N_("Day"), "day", width=6),
)
PEOPLE = (
    Form(
        "/customers/{customer}/contacts/new", PutContact, N_("New contact"), N_("Save the contact"),
        (Field("contact", N_("Code"), is_required=True, hint=N_("As in accounts or 1"), width=4), *DETAILS),
        then=lambda visit, done: _card(visit), back=_card, begins=_new_contact, about=_customer,
        done=says(N_("The contact is saved.")),
    ),
    Form(
        "/customers/{customer}/contacts/{contact}/details", PutContact, N_("Change a contact"), N_("Save the contact"),
        DETAILS, then=lambda visit, done: _card(visit), back=_card, begins=_contact, about=_customer,
        done=says(N_("The contact is saved.")),
    ),
    Form(
        "/customers/{customer}/contacts/{contact}/remove", RemoveContact, N_("Remove a contact"),
        N_("Remove the contact"), (), then=lambda visit, done: _card(visit), back=_card, about=_customer,
        done=says(N_("The contact is removed.")),
    ),
    Form(
        "/customers/{customer}/consents/give", GiveConsent, N_("The customer agrees"), N_("Record the consent"),
        CONSENT, then=lambda visit, done: _card(visit), back=_card, about=_customer,
        done=says(N_("The consent is recorded.")),
    ),
    Form(
        "/customers/{customer}/consents/withdraw", WithdrawConsent, N_("The customer does not agree"),
        N_("Record that"), CONSENT, then=lambda visit, done: _card(visit), back=_card, about=_customer,
        done=says(N_("The consent is withdrawn.")),
    ),
    Form(
        "/customers/{customer}/parent", AssignParent, N_("Parent"), N_("Save the parent"),
        (
            Field("parent", N_("Customer number of the parent"), hint=N_("Empty: none"), clears=True, width=6),
            Field("paid_by_parent", N_("The parent pays"), "check", width=6),
        ),
        then=lambda visit, done: _card(visit), back=_card, begins=_parent, about=_customer,
        done=says(N_("The parent is saved.")),
    ),
    Form(
        "/customers/{customer}/merge", MergeCustomers, N_("Merge into another record"), N_("Merge the records"),
        (
            Field("into", N_("Customer number that is kept"), is_required=True, width=6),
            Field("reason", N_("Reason"), is_required=True, width=6),
        ),
        then=lambda visit, done: f"/customers/{visit.first('into').strip()}", back=_card, about=_customer,
        done=says(N_("The records are merged.")),
        undo=lambda visit, done: f"/customers/{visit.path['customer']}/undo-merge",
    ),
    Form(
        "/customers/{customer}/undo-merge", UndoMerge, N_("Undo a merge"), N_("Part the records"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=lambda visit, done: _card(visit), back=_card, about=_customer,
        done=says(N_("The records are parted.")),
    ),
)
