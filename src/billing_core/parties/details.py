"""Details that parties have in common, as a document can show them: names, addresses, ways to reach them.

Decides which text, country and currency is accepted. It knows no seller and no customer.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from billing_core.kernel.countries import is_country
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import minor_unit

MOST_TEXT = 200
# The parts of a house in the order and with the names with which they are printed.
PARTS = {"building": "building", "entrance": "entrance", "floor": "floor", "flat": "flat"}


class Address(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A postal address as written on an envelope, country as ISO 3166 alpha-2.

    `street` may hold all of the first line as free text. The parts of a house are written by themselves if a technician
    or a register needs them.
    """

    street: str = ""
    city: str = ""
    postal_code: str = ""
    country: str = ""
    house_number: str = ""
    building: str = ""
    entrance: str = ""
    floor: str = ""
    flat: str = ""
    district: str = ""

    def lines(self, names: Mapping[str, str] = PARTS) -> tuple[str, ...]:
        """The address as printed, without empty lines; parts of a house by their names.

        Brivibas 7, building 2, floor 3
        Vecriga
        LV-1010 Riga
        LV
        """
        parts = (f"{name} {value}" for part, name in names.items() if (value := getattr(self, part)))
        house = ", ".join(part for part in (f"{self.street} {self.house_number}".strip(), *parts) if part)
        town = f"{self.postal_code} {self.city}".strip()
        return tuple(line for line in (house, self.district, town, self.country) if line)


def contacts(email: str | None, phone: str | None, legal_ids: Mapping[str, str]) -> dict[str, str]:
    """The details by which a party is reached and known to authorities, by their names."""
    return {"email": email or "", "phone": phone or "", **legal_ids}


def require_details(kind: str, name: str, address: Address, others: Mapping[str, str]) -> None:
    """The details that all parties have in common, as a document can show them."""
    require_text(name, f"{kind} name")
    require_address(address, kind)
    for field, value in others.items():
        require_printable(value, f"{kind} {field}")


def require_address(address: Address, of: str) -> None:
    """Parts that a document can show, in a country."""
    for field in address.__struct_fields__:
        require_printable(getattr(address, field), f"{of} {field.replace('_', ' ')}")
    require_country(address.country, f"{of} country")


def require_text(value: str, field: str) -> None:
    """A name or number must hold something visible and no line breaks or control characters."""
    if not value.strip():
        raise InvalidValue("must not be empty", field=field, value=value)
    require_printable(value, field)


def require_printable(value: str, field: str) -> None:
    """Text on one line, possibly empty, of a length that a document can show."""
    if not value.isprintable():
        raise InvalidValue("must not hold line breaks or control characters", field=field, value=value)
    if len(value) > MOST_TEXT:
        raise InvalidValue(f"must not be longer than {MOST_TEXT} characters", field=field, value=f"{value[:40]}...")


def require_country(country: str, field: str) -> None:
    """No country, or its two letters of ISO 3166."""
    if country and not is_country(country):
        raise InvalidValue("is no country of ISO 3166; write its two capital letters, as in LV", field=field,
                           value=country)  # fmt: skip


def require_currency(currency: str) -> None:
    """The currency must be known; raises `InvalidValue` naming it."""
    minor_unit(currency)
