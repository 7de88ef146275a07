"""A Czech bank account is read alike by matching, pay-backs and statements, however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.banks.account_numbers import ibans_of
from billing_core.pay_backs.batches import payee_account
from billing_core.payments.matching import as_payer_account

IBAN, SHORT = "CZ6508000000192000145399", "19-2000145399/0800"


@pytest.mark.parametrize("written", [SHORT, " 000019 - 2000145399 / 0800", "0000019-0002000145399/0800"])
def test_zeros_and_spaces_make_no_other_account(written: str):
    assert (ibans_of(written)[0], payee_account([written], None, "CZK").iban) == (IBAN, IBAN)
    assert as_payer_account(written) == SHORT


@given(st.integers(0, 999_999), st.integers(0, 9_999_999_999), st.integers(0, 9_999))
def test_a_number_and_its_iban_are_one_account(prefix: int, number: int, bank: int):
    written = f"{prefix}-{number}/{bank:04}"
    iban = payee_account([written], None, "CZK").iban
    assert (iban, iban[4:]) == (ibans_of(written)[0], f"{bank:04}{prefix:06}{number:010}")
    assert as_payer_account(iban) == as_payer_account(written) == (written if prefix else f"{number}/{bank:04}")


@pytest.mark.parametrize(
    "written", ["1234567-2000145399/0800", "19-12345678901/0800", "19-2000145399/080", "2000145399", "١٩-1/0800"]
)
def test_what_is_no_number_of_a_czech_bank_stays_as_it_is(written: str):
    assert (ibans_of(written), as_payer_account(written)) == ((written,), written)
    assert payee_account([written], None, "CZK").iban == ""


def test_a_wrong_check_digit_is_not_mended():
    assert payee_account(["CZ6608000000192000145399"], None, "CZK").iban == ""
