"""Contact persons: put as a whole, known by a code, removed, and nothing that a clerk could not read."""

from __future__ import annotations

import msgspec
import pytest

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.parties.contacts import (
    MOST_CONTACTS,
    Contact,
    CustomerContactPut,
    CustomerContactRemoved,
    apply_contact,
    put_contact,
    remove_contact,
)
from billing_core.parties.customers import CustomerRegistered, CustomerState, apply_customer, emails_of
from billing_core.parties.forgotten import CustomerForgotten
from tests.billing_core.parties.examples import ANNA, LATER, ON

INESE = Contact(name="Inese Ozola", roles=("billing",), phones=("+371 20000007",), emails=("inese@x.example",))


def put(details: Contact, code: str = "accounts") -> CustomerContactPut:
    return CustomerContactPut(effective_on=LATER, customer="C1", contact=code, details=details)


def test_a_contact_is_added_and_replaced_as_a_whole():
    signing = Contact(name="Inese Ozola", roles=("signatory",))
    contacts = apply_contact({}, put(INESE))

    assert put_contact({}, put(INESE)) == [put(INESE)]
    assert put_contact(contacts, put(INESE)) == []
    assert put_contact(contacts, put(signing)) == [put(signing)]
    assert apply_contact(contacts, put(signing)) == {"accounts": signing}


def test_only_a_contact_that_is_known_is_removed():
    removed = CustomerContactRemoved(effective_on=LATER, customer="C1", contact="accounts")

    assert remove_contact({"accounts": INESE}, removed) == [removed]
    assert apply_contact({"accounts": INESE, "other": INESE}, removed) == {"other": INESE}
    with pytest.raises(NotFound, match="no such contact"):
        remove_contact({}, removed)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "contact name"),
        ({"name": "a\nb"}, "contact name"),
        ({"phones": ("1", "1")}, "contact phones"),
        ({"emails": ("",)}, "contact emails"),
        ({"emails": tuple(f"{n}@x.example" for n in range(11))}, "contact emails"),
        ({"language": "de"}, "contact language"),
        ({"note": "a\tb"}, "contact note"),
    ],
)
def test_details_that_nobody_could_use_are_refused(changes: dict[str, object], field: str):
    with pytest.raises(InvalidValue) as caught:
        put_contact({}, put(msgspec.structs.replace(INESE, **changes)))
    assert caught.value.field == field


def test_a_customer_has_so_many_contacts_and_no_more():
    full = {str(number): INESE for number in range(MOST_CONTACTS)}

    with pytest.raises(RuleViolation, match="50 contacts at most"):
        put_contact(full, put(INESE))
    assert put_contact(full, put(Contact(name="Other"), "7"))


def test_a_customer_and_its_contacts_write_from_their_addresses():
    anna = msgspec.structs.replace(ANNA, email="anna@x.example")

    assert emails_of(anna, {"accounts": INESE}) == ["anna@x.example", "inese@x.example"]
    assert emails_of(ANNA, {}) == []


def test_nothing_is_left_of_the_contacts_of_a_forgotten_customer():
    state: CustomerState | None = None
    for fact in (
        CustomerRegistered(effective_on=ON, customer=ANNA),
        put(INESE),
        CustomerForgotten(effective_on=LATER, customer="C1", ordered_by="the customer", reason="asked"),
    ):
        state = apply_customer(state, fact)

    assert state is not None and state.contacts == {}
