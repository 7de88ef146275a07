"""Addresses, countries, currencies and names as documents show them."""

from __future__ import annotations

import pytest

from billing_core.kernel.errors import InvalidValue
from billing_core.parties.details import Address, require_country, require_currency, require_text


def test_an_address_is_printed_without_empty_lines():
    full = Address(street="Brīvības iela 1", city="Rīga", postal_code="LV-1010", country="LV")

    assert full.lines() == ("Brīvības iela 1", "LV-1010 Rīga", "LV")
    assert Address(city="Rīga").lines() == ("Rīga",)
    assert Address().lines() == ()


def test_names_of_every_script_are_printable():
    for name in ("Jānis Bērziņš", "Северен кабел", "Աննա և ընկերներ", "n" * 200):
        require_text(name, "customer name")


@pytest.mark.parametrize("country", ["lv", "UK", "EU", "XX", "LVA", "Latvia", "L", "ZZ"])
def test_a_country_is_one_of_iso_3166(country: str):
    with pytest.raises(InvalidValue, match="is no country of ISO 3166; write its two capital letters, as in LV"):
        require_country(country, "seller country")
    for known in ("LV", "CZ", "BG", "AM", "US", "XK", ""):
        require_country(known, "seller country")


def test_a_currency_must_be_known():
    require_currency("EUR")
    with pytest.raises(InvalidValue) as caught:
        require_currency("eur")
    assert (caught.value.field, caught.value.value) == ("currency", "eur")
