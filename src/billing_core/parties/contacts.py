"""Contact persons of a customer: who is called about bills, about technology, and who may sign.

Decides which details of a contact are accepted. A contact is known by a code within its customer, and put again it is
replaced as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.languages import require_language
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.parties.details import require_printable, require_text

ContactRole = Literal["billing", "technical", "signatory", "other"]
MOST_CONTACTS = 50
MOST_WAYS = 10

# --- values and events


class Contact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person who is asked for a customer, in the roles that the person has there."""

    name: str = ""
    roles: tuple[ContactRole, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    language: str = ""
    note: str = ""


@event("customer-contact-put")
class CustomerContactPut(Event, frozen=True, kw_only=True):
    """From now on the contact has these details, complete."""

    customer: PersonNumber
    contact: Personal[str]
    details: Personal[Contact] = Contact()


@event("customer-contact-removed")
class CustomerContactRemoved(Event, frozen=True, kw_only=True):
    """The customer has this contact no more."""

    customer: PersonNumber
    contact: Personal[str]


Contacts = dict[str, Contact]

# --- state


def apply_contact(contacts: Contacts, fact: CustomerContactPut | CustomerContactRemoved) -> Contacts:
    """The contacts after one of their facts."""
    kept = {code: contact for code, contact in contacts.items() if code != fact.contact}
    if isinstance(fact, CustomerContactPut):
        kept = {**contacts, fact.contact: fact.details}
    return kept


# --- decisions


def put_contact(contacts: Mapping[str, Contact], fact: CustomerContactPut) -> list[Event]:
    """A contact is added or replaced; the same details change nothing."""
    require_text(fact.contact, "contact")
    _require_contact(fact.details)
    if contacts.get(fact.contact) == fact.details:
        return []
    if fact.contact not in contacts and len(contacts) >= MOST_CONTACTS:
        raise RuleViolation(f"a customer has {MOST_CONTACTS} contacts at most; remove one first", field="contact",
                            value=fact.contact)  # fmt: skip
    return [fact]


def remove_contact(contacts: Mapping[str, Contact], fact: CustomerContactRemoved) -> list[Event]:
    """A contact that the customer has is removed."""
    if fact.contact not in contacts:
        raise NotFound("the customer has no such contact", field="contact", value=fact.contact)
    return [fact]


def _require_contact(contact: Contact) -> None:
    require_text(contact.name, "contact name")
    require_printable(contact.note, "contact note")
    require_language(contact.language, "contact language")
    for field, values in (("phones", contact.phones), ("emails", contact.emails), ("roles", contact.roles)):
        if len(values) > MOST_WAYS:
            raise InvalidValue(f"must be {MOST_WAYS} at most", field=f"contact {field}", value=len(values))
        if repeated := sorted({value for value in values if values.count(value) > 1}):
            raise InvalidValue("stands there twice", field=f"contact {field}", value=repeated[0])
        for value in values:
            require_text(value, f"contact {field}")
