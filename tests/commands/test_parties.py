"""Sellers and customers: each number once, changes from a date on, nothing said twice."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.errors import AlreadyExists, InvalidValue, NotFound
from billing_core.parties import CustomerChanged, CustomerRegistered
from commands.parties import ChangeCustomer, PostalAddress, RegisterCustomer, RegisterSeller, Series
from projections.parties import list_customers, list_sellers
from tests.conftest import Operator

MARCH = date(2026, 3, 1)
ADDRESS = PostalAddress(street="Main Street 1", city="Riverside", postal_code="1234", country="LV")


def test_a_customer_is_registered_changed_and_known_as_it_is_now(operator: Operator):
    operator.tell(RegisterCustomer(number="C1", name="Ona", address=ADDRESS), today=MARCH)
    answer = operator.tell(
        ChangeCustomer(number="C1", name="Ona Maria", kind="company", legal_ids={"VAT ID": "LV1"}),
        today=date(2026, 4, 1),
    )

    (row,) = operator.ask(list_customers, "C1", 10)
    assert (row.customer.name, row.customer.kind, row.customer.legal_ids) == ("Ona Maria", "company", {"VAT ID": "LV1"})
    assert (row.version, row.registered_on) == (2, MARCH)
    assert answer.position > 0
    first, second = operator.facts("customer/C1")
    assert isinstance(first, CustomerRegistered) and first.customer.address.lines() == (
        "Main Street 1",
        "1234 Riverside",
        "LV",
    )
    assert isinstance(second, CustomerChanged) and second.effective_on == date(2026, 4, 1)


def test_registering_or_changing_to_the_same_details_again_changes_nothing(operator: Operator):
    customer = RegisterCustomer(number="C1", name="Ona")
    operator.tell(customer)
    assert operator.tell(customer).position == 0
    assert operator.tell(ChangeCustomer(number="C1", name="Ona")).position == 0
    assert len(operator.facts("customer/C1")) == 1


def test_a_second_customer_with_the_same_number_is_refused_by_number(operator: Operator):
    operator.tell(RegisterCustomer(number="C1", name="Ona"))
    with pytest.raises(AlreadyExists, match="customer number 'C1'"):
        operator.tell(RegisterCustomer(number="C1", name="Other"))
    assert len(operator.facts("customer/C1")) == 1


def test_a_customer_that_does_not_exist_cannot_be_changed(operator: Operator):
    with pytest.raises(NotFound, match="C9"):
        operator.tell(ChangeCustomer(number="C9", name="Nobody"))


def test_a_customer_cannot_change_before_it_exists(operator: Operator):
    operator.tell(RegisterCustomer(number="C1", name="Ona"), today=MARCH)
    with pytest.raises(InvalidValue, match="2026-03-01"):
        operator.tell(ChangeCustomer(number="C1", name="Ona Maria"), today=date(2026, 2, 28))


def test_a_seller_is_registered_once(operator: Operator):
    seller = RegisterSeller(code="south", name="South Cable", address=ADDRESS, iban="LV80BANK0000435195001")
    operator.tell(seller)
    assert operator.tell(seller).position == 0
    with pytest.raises(AlreadyExists, match="south"):
        operator.tell(RegisterSeller(code="south", name="South Cable", address=PostalAddress()))

    sellers = operator.ask(list_sellers)
    assert list(sellers) == ["north", "south"]
    assert sellers["south"][0].iban == "LV80BANK0000435195001"


@pytest.mark.parametrize("series", [Series(prefix="A1", width=9), Series(prefix="1", width=3)])
def test_a_number_series_needs_digits_and_room(operator: Operator, series: Series):
    with pytest.raises(InvalidValue, match="series"):
        operator.tell(RegisterSeller(code="x", name="X", address=PostalAddress(), series={"invoice": series}))
    assert operator.facts("seller/x") == []
