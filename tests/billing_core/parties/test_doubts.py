"""Details of a party that are likely mistyped are warned of, and those that may be right are not."""

from __future__ import annotations

import pytest

from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from billing_core.parties.doubts import doubts_of

LATVIA = Address(street="Lime Street 7", city="Riga", country="LV")


@pytest.mark.parametrize("email", ["anna@customer.example", "a.b+c@mail.customer.example", "anna@zīle.example"])
@pytest.mark.parametrize("phone", ["+371 67000000", "67 000", "67000000, in the evening", "٦٧٠٠٠"])
def test_what_may_be_right_is_not_warned_of(email: str, phone: str):
    assert list(doubts_of(customer(email=email, phone=phone))) == []


@pytest.mark.parametrize("email", ["anna", "anna@@customer.example", "anna@customer", "anna @customer.example"])
def test_an_address_of_no_form_is_warned_of_without_repeating_it(email: str):
    (doubt,) = doubts_of(customer(email=email))
    assert doubt.startswith("e-mail: ") and "anna@customer.example; messages" in doubt


@pytest.mark.parametrize("phone", ["abc", "ask the neighbour", "6700"])
def test_a_number_that_nobody_can_call_is_warned_of(phone: str):
    assert list(doubts_of(customer(phone=phone))) == ["phone: has fewer than 5 digits; nobody can be called at it"]


def test_a_detail_that_is_not_known_is_no_doubt_and_ids_are_compared_with_their_country():
    assert list(doubts_of(customer())) == []
    (doubt,) = doubts_of(customer(legal_ids={"VAT ID": "LV12"}))
    assert doubt.startswith("VAT ID: ")


def customer(**details: object) -> Customer:
    return Customer(number="1", kind="person", name="Anna", address=LATVIA, **details)  # type: ignore[arg-type]
