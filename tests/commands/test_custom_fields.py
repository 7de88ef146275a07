"""Values of customers, services and tickets are set by their own commands, and found by what is searchable."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billing_core.catalogue.products import Product
from billing_core.custom_fields import FieldDefinition, FieldSubject
from billing_core.kernel.errors import AlreadyExists, InvalidValue, RuleViolation
from billing_core.parties.customers import Customer
from billing_core.party_changes import CustomerChanges
from commands.accounts import OpenAccount
from commands.catalogue import DefineProduct
from commands.custom_fields import PublishCustomFields
from commands.forgetting import ForgetCustomer
from commands.parties import ChangeCustomer, RegisterCustomer
from commands.services import MoveSubscription, SetServiceFields, UndoMove
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.tickets import CloseTicket, SetTicketFields
from projections.custom_fields import field_set, values_of
from projections.parties import list_customers
from tests.billing_core.work.flows import CONNECTION
from tests.operators import Operator

DOOR = FieldDefinition(code="door", labels={"en": "Door code"}, is_searchable=True)
FLOOR = FieldDefinition(code="floor", kind="number", labels={"en": "Floor"}, default="0")


def publish(operator: Operator, subject: FieldSubject, *fields: FieldDefinition) -> int:
    return int(operator.tell(PublishCustomFields(subject=subject, fields=fields)).result["version"])


def customer(number: str, **fields: str) -> Customer:
    return Customer(number=number, kind="person", name="Anna", custom_fields=fields)


def values(operator: Operator, subject: FieldSubject, number: str) -> dict[str, str]:
    found: dict[str, str] = operator.ask(values_of, subject, [number])[number]
    return found


def found(operator: Operator, text: str) -> list[str]:
    return [row.customer.number for row in operator.ask(list_customers, text, 10)]


def test_each_publication_is_a_version(operator: Operator):
    assert [publish(operator, "customer", DOOR), publish(operator, "customer", DOOR, FLOOR)] == [1, 2]
    assert publish(operator, "customer", DOOR, FLOOR) == 2
    known = operator.ask(field_set, "customer")
    assert (known.version, known.fields) == (2, (DOOR, FLOOR))
    assert operator.ask(field_set, "ticket").version == 0


def test_a_customer_is_registered_with_values_and_registered_again_without_a_change(operator: Operator):
    publish(operator, "customer", DOOR, FLOOR)
    for _ in range(2):
        operator.tell(RegisterCustomer(customer=customer("C1", door=" 12 A ")))
    assert values(operator, "customer", "C1") == {"door": "12 A", "floor": "0"}
    with pytest.raises(AlreadyExists):
        operator.tell(RegisterCustomer(customer=customer("C1", door="13")))
    with pytest.raises(InvalidValue, match=r"custom_fields\.gate '7': no such field is defined"):
        operator.tell(RegisterCustomer(customer=customer("C2", gate="7")))


def test_the_named_values_of_a_customer_change_and_a_later_definition_does_not_stop_other_changes(operator: Operator):
    publish(operator, "customer", DOOR, FLOOR)
    operator.tell(RegisterCustomer(customer=customer("C1", door="12 A")))
    publish(operator, "customer", FieldDefinition(code="door", labels={"en": "Door"}, pattern=r"\d+"), FLOOR)

    operator.tell(ChangeCustomer(number="C1", changes=CustomerChanges(name="Berta", custom_fields={"floor": " 4"})))
    assert values(operator, "customer", "C1") == {"door": "12 A", "floor": "4"}
    with pytest.raises(InvalidValue, match=r"custom_fields\.door '12 B': must match the pattern"):
        operator.tell(ChangeCustomer(number="C1", changes=CustomerChanges(custom_fields={"door": "12 B"})))
    operator.tell(ChangeCustomer(number="C1", changes=CustomerChanges(custom_fields={"door": None})))
    assert values(operator, "customer", "C1") == {"floor": "4"}


def test_a_customer_is_found_by_a_searchable_value_as_long_as_it_is_searchable(operator: Operator):
    publish(operator, "customer", DOOR, FLOOR)
    operator.tell(RegisterCustomer(customer=customer("C1", door="Zelené dveře", floor="77")))
    assert (found(operator, "zelene"), found(operator, "77")) == (["C1"], [])

    publish(operator, "customer", FieldDefinition(code="door", labels={"en": "Door"}), FLOOR)
    assert found(operator, "zelene") == []


def test_a_service_has_the_fields_of_its_product_and_of_those_above_it(operator: Operator):
    for code, parent in (("internet", ""), ("fibre", "internet"), ("tv", "")):
        operator.tell(DefineProduct(product=Product(code=code, name=code, parent=parent)))
    operator.publish("fast", "30.00", product="fibre")
    operator.subscriber(tariff="fast")
    of_tv = FieldDefinition(code="card", labels={"en": "Card"}, applies_to=("tv",))
    socket = FieldDefinition(code="socket", labels={"en": "Socket"}, applies_to=("internet",))
    publish(operator, "service", socket, of_tv)
    service: dict[str, Any] = {"account": "A0001", "subscription": "main"}

    operator.tell(SetServiceFields(**service, values={"socket": "left wall"}))
    assert values(operator, "service", "A0001/main") == {"socket": "left wall"}
    with pytest.raises(InvalidValue, match="the field is of tv alone"):
        operator.tell(SetServiceFields(**service, values={"card": "1"}))
    operator.tell(SetServiceFields(**service, values={"socket": ""}))
    assert values(operator, "service", "A0001/main") == {}


def test_a_service_takes_its_values_along_to_another_account_and_back(operator: Operator):
    operator.subscribers(2)
    operator.tell(OpenAccount(account="B1", customer="A0002", seller="north", currency="EUR"), today=date(2026, 1, 1))
    publish(operator, "service", FieldDefinition(code="socket", labels={"en": "Socket"}))
    here: dict[str, Any] = {"account": "A0001", "subscription": "main"}
    operator.tell(SetServiceFields(**here, values={"socket": "left wall"}))

    operator.tell(MoveSubscription(**here, to_account="B1", on=date(2026, 2, 1)), today=date(2026, 2, 1))
    assert values(operator, "service", "B1/main") == {"socket": "left wall"}
    operator.tell(SetServiceFields(account="B1", subscription="main", values={"socket": "right wall"}))
    operator.tell(UndoMove(**here, to_account="B1", on=date(2026, 2, 1), reason="slip"), today=date(2026, 2, 2))
    assert values(operator, "service", "A0001/main") == {"socket": "right wall"}


def test_a_ticket_is_opened_with_values_that_change_while_it_is_open(operator: Operator):
    operator.subscriber()
    operator.tell(PublishFlow(flow=CONNECTION))
    key = FieldDefinition(code="key", labels={"en": "Key"}, applies_to=("connection",), is_required=True)
    publish(operator, "ticket", key, FLOOR)
    wanted: dict[str, Any] = {"kind": "connection", "subject": "x", "account": "A0001", "subscription": "main"}

    with pytest.raises(InvalidValue, match=r"custom_fields\.key '': is required: Key"):
        operator.tell(OpenTicket(**wanted))
    ticket = operator.tell(OpenTicket(**wanted, custom_fields={"key": "porter"})).result["ticket"]
    operator.tell(SetTicketFields(ticket=ticket, values={"floor": "2"}))
    assert values(operator, "ticket", ticket) == {"key": "porter", "floor": "2"}

    operator.tell(CloseTicket(ticket=ticket, reason="gone"))
    with pytest.raises(RuleViolation, match="is cancelled"):
        operator.tell(SetTicketFields(ticket=ticket, values={"floor": "3"}))


def test_nothing_is_left_of_the_values_of_somebody_who_was_forgotten(operator: Operator):
    publish(operator, "customer", DOOR)
    operator.tell(RegisterCustomer(customer=customer("C1", door="12 A")))
    operator.tell(ForgetCustomer(customer="C1", reason="asked", ordered_by="the customer"), today=date(2026, 3, 1))
    assert values(operator, "customer", "C1") == {}
    assert found(operator, "12") == []
    assert operator.findings() == []
