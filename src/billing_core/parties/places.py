"""The place at which a customer is served, as far as figures of growth count it: a house, never a flat in it.

The installation address counts if there is one, else the address. What a customer wrote into the first line as free
text counts up to the number of the house, since a flat may follow it.

Worked example:

    street Brivibas, house number 7, building 2, flat 31     street Brivibas, building Brivibas 7/2
    street `Brivibas iela 7-31`                              street Brivibas iela, building Brivibas iela 7
    street `Farm Ozoli`                                      street Farm Ozoli, no building
"""

from __future__ import annotations

import re
from typing import NamedTuple

from billing_core.parties.customers import Customer
from billing_core.parties.details import Address

# The first number in a line, with the letter that belongs to it, as in 7 or 12a.
HOUSE = re.compile(r"\d+(?:[^\W\d_](?!\w))?")


class Place(NamedTuple):
    """City, district, street and building; each is empty if it is not known."""

    city: str = ""
    district: str = ""
    street: str = ""
    building: str = ""


def place_of(customer: Customer) -> Place:
    """The place of a customer, empty if it has no address or was forgotten."""
    address = customer.address if customer.installation_address == Address() else customer.installation_address
    street, house = _street(address)
    part = f"/{address.building.strip()}" if address.building.strip() else ""
    building = f"{street} {house}{part}".strip() if house or part else ""
    return Place(address.city.strip(), address.district.strip(), street, building)


def _street(address: Address) -> tuple[str, str]:
    """The street and the number of the house."""
    street = address.street.strip()
    if address.house_number.strip():
        return street, address.house_number.strip()
    house = HOUSE.search(street)
    return (street, "") if house is None else (street[: house.start()].strip(" ,"), house.group())
