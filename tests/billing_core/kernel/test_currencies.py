"""Currencies: all current codes of ISO 4217 that have a minor unit, and nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.currencies import minor_digits
from billing_core.kernel.errors import InvalidValue
from tests.billing_core.kernel.currencies import CURRENCIES, currencies


@pytest.mark.parametrize(
    ("currency", "digits"),
    [
        ("EUR", 2), ("CZK", 2), ("AMD", 2), ("JPY", 0), ("ISK", 0), ("KRW", 0), ("KWD", 3), ("TND", 3),
        ("CLF", 4), ("UYW", 4),
        # Those of which CLDR says otherwise.
        ("RSD", 2), ("ALL", 2), ("MGA", 2), ("HUF", 2), ("IQD", 3),
    ],
)  # fmt: skip
def test_the_decimals_are_those_of_the_standard(currency: str, digits: int):
    assert minor_digits(currency) == digits


def test_all_currencies_of_the_standard_are_known():
    assert len(CURRENCIES) > 150
    assert {minor_digits(currency) for currency in CURRENCIES} == {0, 2, 3, 4}


@pytest.mark.parametrize("code", ["XAU", "XAG", "XDR", "XTS", "XXX"])
def test_a_code_without_a_minor_unit_is_refused(code: str):
    with pytest.raises(InvalidValue, match="has no minor unit in ISO 4217") as caught:
        minor_digits(code)

    assert (caught.value.field, caught.value.value) == ("currency", code)


@pytest.mark.parametrize("code", ["DEM", "HRK", "BGN", "EUX", "eur", "EUR ", "978", "€", ""])
def test_a_code_that_was_withdrawn_or_never_was_is_refused(code: str):
    with pytest.raises(InvalidValue, match="unknown currency; give a current ISO 4217 code") as caught:
        minor_digits(code)

    assert (caught.value.field, caught.value.value) == ("currency", code)


@given(code=currencies | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3))
def test_a_code_is_known_exactly_if_the_standard_gives_it_a_minor_unit(code: str):
    try:
        minor_digits(code)
    except InvalidValue:
        assert code not in CURRENCIES
    else:
        assert code in CURRENCIES


def test_the_list_is_not_read_before_the_first_amount():
    check = "import sys, billing_core.kernel.money; sys.exit('iso4217' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
