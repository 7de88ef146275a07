"""Dealers, the customers that belong to them, and the limits of a role."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from billing_core.dealers import Dealer, DealerChanged, DealerRegistered, apply_dealer, change_dealer, register_dealer
from billing_core.kernel.errors import AlreadyExists, InvalidValue
from billing_core.kernel.money import Money
from billing_core.parties.customers import (
    Customer,
    CustomerAssigned,
    CustomerChanged,
    CustomerRegistered,
    CustomerState,
    apply_customer,
    assign_customer,
    register_customer,
)
from billing_core.staff.roles import Role, define_role, is_within

ON = date(2026, 3, 2)
EAST = Dealer(code="east", name="East Sales", iban="LV80 BANK 0000 4351 9500 1", is_vat_payer=True)
ANNA = Customer(number="C1", kind="person", name="Anna")


def test_a_dealer_is_registered_once_with_its_bank_account_as_banks_write_it():
    (fact,) = register_dealer(None, EAST, ON)

    assert isinstance(fact, DealerRegistered) and fact.dealer.iban == "LV80BANK0000435195001"
    known = apply_dealer(None, fact)
    assert register_dealer(known, EAST, ON) == []
    with pytest.raises(AlreadyExists):
        register_dealer(known, msgspec.structs.replace(EAST, name="Other"), ON)


def test_a_dealers_details_are_replaced():
    known = apply_dealer(None, register_dealer(None, EAST, ON)[0])
    assert known is not None
    (fact,) = change_dealer(known, msgspec.structs.replace(EAST, name="Other"), ON)

    assert isinstance(fact, DealerChanged) and apply_dealer(known, fact) == fact.dealer
    assert change_dealer(known, EAST, ON) == []


@pytest.mark.parametrize("wrong", [{"code": " "}, {"name": ""}, {"iban": "LV81BANK0000435195001"}, {"bic": "X"}])
def test_wrong_details_of_a_dealer_are_refused(wrong: dict[str, str]):
    with pytest.raises(InvalidValue):
        register_dealer(None, msgspec.structs.replace(EAST, **wrong), ON)


def test_a_customer_belongs_to_the_dealer_that_it_was_last_assigned_to():
    state: CustomerState | None = None
    for fact in register_customer(None, ANNA, ON, "east"):
        state = apply_customer(state, fact)
    assert state is not None and state.dealer == "east"
    assert register_customer(state, ANNA, ON, "east") == []
    with pytest.raises(AlreadyExists):
        register_customer(state, ANNA, ON, "west")

    (moved,) = assign_customer(state, "west", ON)
    state = apply_customer(state, moved)
    assert state is not None and assign_customer(state, "west", ON) == []
    state = apply_customer(state, CustomerChanged(effective_on=ON, customer=ANNA, before=ANNA))
    assert state is not None and state.dealer == "west"


def test_a_customer_of_the_house_is_assigned_to_nobody():
    assert register_customer(None, ANNA, ON) == [CustomerRegistered(effective_on=ON, customer=ANNA)]
    known = CustomerState(ANNA, ON, dealer="east")
    assert assign_customer(known, "", ON) == [CustomerAssigned(effective_on=ON, customer="C1", dealer="")]


@pytest.mark.parametrize(
    ("amount", "currency", "is_right"),
    [("500.00", "EUR", True), ("-500.00", "EUR", True), ("500.01", "EUR", False), ("1.00", "PLN", False)],
)
def test_an_amount_is_within_the_limit_of_its_currency_whatever_its_sign(amount: str, currency: str, is_right: bool):
    limits = {"EUR": Decimal("500.00")}

    assert is_within(Money(Decimal(amount), currency), limits) is is_right
    assert is_within(Money(Decimal(amount), currency), {})
    assert not is_within(None, limits)


@pytest.mark.parametrize("limits", [{"EUR": Decimal("-1.00")}, {"EUR": Decimal("1.000")}, {"XXQ": Decimal("1.00")}])
def test_a_limit_without_sense_is_refused(limits: dict[str, Decimal]):
    for wrong in (Role(permissions=(), amount_limits=limits), Role(permissions=(), alone_up_to=limits)):
        with pytest.raises(InvalidValue):
            define_role(None, "desk", wrong, ON)
