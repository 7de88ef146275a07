"""The place at which a customer is served: a house, never a flat in it."""

from __future__ import annotations

import pytest

from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from billing_core.parties.places import Place, place_of


def customer(address: Address, installation: Address | None = None) -> Customer:
    return Customer(number="K1", kind="person", name="Ona", address=address,
                    installation_address=installation or Address())  # fmt: skip


@pytest.mark.parametrize(
    ("address", "street", "building"),
    [
        (Address(street="Brivibas", house_number="7", building="2", flat="31"), "Brivibas", "Brivibas 7/2"),
        (Address(street="Brivibas iela 7-31"), "Brivibas iela", "Brivibas iela 7"),
        (Address(street="Brivibas iela 7a, flat 31"), "Brivibas iela", "Brivibas iela 7a"),
        (Address(street="Brivibas 12 b. 4"), "Brivibas", "Brivibas 12"),
        (Address(street="7/31 Brivibas, Ona"), "", "7"),
        (Address(street="Farm Ozoli"), "Farm Ozoli", ""),
        (Address(), "", ""),
    ],
)
def test_a_building_is_named_without_what_follows_its_number(address: Address, street: str, building: str):
    assert place_of(customer(address)) == Place("", "", street, building)


def test_the_installation_address_counts_if_there_is_one():
    home, office = Address(street="Home 1", city="Riga"), Address(street="Office 2", city="Ogre", district="Old town")

    assert place_of(customer(home)) == Place("Riga", "", "Home", "Home 1")
    assert place_of(customer(home, office)) == Place("Ogre", "Old town", "Office", "Office 2")
