"""The search for anything shows each operator what the role may list, and a dealer's operator the own customers."""

from __future__ import annotations

from typing import Any

import pytest

from billing_core.dealers import Dealer
from billing_core.party_changes import CustomerChanges
from billing_core.staff.roles import Role
from commands.dealers import RegisterDealer
from commands.merging import MergeCustomers
from commands.parties import AssignCustomer, ChangeCustomer
from commands.staff.operators import DefineRole
from tests.adapters.http.conftest import Api, SignedIn
from tests.operators import Operator


@pytest.fixture
def house(operator: Operator) -> Operator:
    operator.subscribers(2)
    operator.application.runner.catch_up()
    return operator


def found(api: Api, text: str, **others: Any) -> list[tuple[str, str, Any]]:
    answer = api.get("/search", text=text, **others)
    assert answer.status_code == 200, answer.text
    return [(hit["kind"], hit["number"], hit["amount"]) for hit in answer.json()["items"]]


def test_the_balance_of_an_account_is_shown_to_who_may_ask_for_it(house: Operator, signed_in: SignedIn):
    nothing = {"amount": "0.00", "currency": "EUR"}
    assert found(signed_in("sara", "support"), "A0001") == [("customer", "A0001", None), ("account", "A0001", None)]
    assert found(signed_in("carl", "cashier"), "A0001")[1] == ("account", "A0001", nothing)


def test_kinds_that_a_role_may_not_list_are_left_out(house: Operator, signed_in: SignedIn):
    house.tell(DefineRole(role="looker", permits=Role(permissions=("search.read.*", "work.read.list-tickets"))))
    assert found(signed_in("tom", "looker"), "A0001") == []
    answer = signed_in("tina", "technician").get("/search", text="A0001").json()
    assert answer == {"items": [], "kinds": ["ticket"]}
    nobody = signed_in("rad", "radius")
    assert nobody.get("/search", text="A0001").status_code == 403


def test_a_dealers_operator_finds_the_own_customers(house: Operator, signed_in: SignedIn):
    house.tell(RegisterDealer(dealer=Dealer(code="east", name="East")))
    house.tell(AssignCustomer(customer="A0001", dealer="east"))
    house.application.runner.catch_up()
    api = signed_in("eva", "dealer", dealer="east")
    assert {number for _, number, _ in found(api, "customer")} == {"A0001"}
    assert found(api, "A0002") == []
    assert "remittance" not in api.get("/search", text="A0001").json()["kinds"]


def test_what_finds_a_merged_record_finds_the_customer_into_which_it_was_merged(house: Operator, admin: Api):
    named = CustomerChanges(name="Jarmila Vrabcová")
    house.tell(ChangeCustomer(number="A0002", changes=named))
    house.tell(MergeCustomers(customer="A0002", into="A0001", reason="registered twice"))
    house.application.runner.catch_up()
    assert found(admin, "vrabcova") == [("customer", "A0001", None)]


@pytest.mark.parametrize("limit", [0, 1001])
def test_a_limit_that_makes_no_sense_is_refused(house: Operator, admin: Api, limit: int):
    assert admin.get("/search", text="A0001", limit=limit).status_code == 422


def test_there_are_at_most_so_many_hits_of_a_kind(house: Operator, admin: Api):
    assert [kind for kind, _, _ in found(admin, "A000", limit=1)] == ["customer", "account"]
