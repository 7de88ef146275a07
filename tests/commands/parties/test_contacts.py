"""Contact persons through the bus: found by what somebody says on the telephone, and gone once removed."""

from __future__ import annotations

import pytest

from billing_core.kernel.errors import NotFound
from billing_core.parties.contacts import Contact
from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from billing_core.party_changes import AddressChanges, CustomerChanges
from commands.parties import ChangeCustomer, PutContact, RegisterCustomer, RemoveContact
from projections.parties import Chosen, list_customers, list_sources
from tests.operators import Operator

INESE = Contact(name="Inese Bērziņa", roles=("billing",), phones=("+371 2000 0007",), emails=("inese@x.example",))


def found(operator: Operator, text: str, chosen: Chosen | None = None) -> list[str]:
    return [row.customer.number for row in operator.ask(list_customers, text, 10, "", chosen or Chosen())]


def test_a_customer_is_found_by_its_contacts_and_no_more_once_they_are_removed(three: Operator):
    put = PutContact(customer="C1", contact="accounts", details=INESE)
    three.tell(put)
    assert three.tell(put).position == 0

    for text in ("berzina", "inese kalnina", "berzinna", "20000007", "+371 20000007", "inese@x.example"):
        assert found(three, text) == ["C1"], text
    (row,) = three.ask(list_customers, "inese", 10)
    assert row.contacts == {"accounts": INESE}

    three.tell(ChangeCustomer(number="C1", changes=CustomerChanges(name="Ilze Liepa")))
    assert found(three, "ilze berzina") == ["C1"]
    three.tell(RemoveContact(customer="C1", contact="accounts"))
    assert found(three, "berzina") == found(three, "20000007") == []
    assert found(three, "ilze") == ["C1"]
    with pytest.raises(NotFound):
        three.tell(RemoveContact(customer="C1", contact="accounts"))
    assert three.findings() == []


def test_a_customer_is_found_by_each_of_its_addresses(operator: Operator):
    operator.tell(
        RegisterCustomer(
            customer=Customer(
                number="C1", kind="person", name="Ona", address=Address(city="Rīga"),
                postal_address=Address(street="a/k", house_number="77", postal_code="LV-1084"),
                installation_address=Address(street="Jūras iela", house_number="3", flat="12", district="Ķengarags"),
            )
        )
    )  # fmt: skip
    operator.tell(ChangeCustomer(number="C1", changes=CustomerChanges(postal_address=AddressChanges(city="Ogre"))))

    for text in ("riga", "juras 3", "kengarags", "ogre", "1084"):
        assert found(operator, text) == ["C1"], text


def test_customers_are_listed_by_how_they_came(operator: Operator):
    for number, source in (("C1", "import"), ("C2", "spring campaign"), ("C3", "import"), ("C4", "")):
        customer = Customer(number=number, kind="person", name="Ona", source=source)
        operator.tell(RegisterCustomer(customer=customer))
    operator.tell(ChangeCustomer(number="C3", changes=CustomerChanges(source="recommendation")))

    assert found(operator, "", Chosen(source="import")) == ["C1"]
    assert found(operator, "ona", Chosen(source="recommendation")) == ["C3"]
    assert [(row.source, row.customers) for row in operator.ask(list_sources, 10)] == [
        ("import", 1), ("recommendation", 1), ("spring campaign", 1),
    ]  # fmt: skip
