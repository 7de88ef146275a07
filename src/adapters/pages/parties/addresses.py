"""An address in a form: the same fields of a customer, a dealer and a seller, and what is in them."""

from __future__ import annotations

from adapters.pages.forms import Field
from adapters.pages.page import N_
from billing_core.parties.details import Address

PARTS = ("street", "city", "postal_code", "country")


def address_fields(name: str = "address", street: str = N_("Street"), *, clears: bool = False) -> tuple[Field, ...]:
    """The fields of an address; the first one says by its label which address it is, if a form has several."""
    return (
        Field(f"{name}.street", street, width=6, clears=clears),
        Field(f"{name}.city", N_("City"), width=6, clears=clears),
        Field(f"{name}.postal_code", N_("Postal code"), width=4, clears=clears),
        Field(f"{name}.country", N_("Country"), hint=N_("Two letters, as in CZ"), width=4, clears=clears),
    )


def address_values(address: Address, name: str = "address") -> dict[str, str]:
    """What is in the fields of an address that is known."""
    return {f"{name}.{part}": getattr(address, part) for part in PARTS}
