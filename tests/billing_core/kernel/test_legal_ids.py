"""Ids are doubted by their country's form and check digits, and never repeated in the warning."""

from __future__ import annotations

import pytest

from billing_core.kernel.legal_ids import doubts


@pytest.mark.parametrize(
    ("label", "value", "country"),
    [
        ("IČO", "27082440", "CZ"),
        ("DIČ", "CZ27082440", "CZ"),
        ("Rodné číslo", "7103192745", "CZ"),
        ("ЕГН", "7523169263", "BG"),
        ("EIK", "175074752", "BG"),
        ("Company ID", "40003009497", "LV"),
        ("VAT ID", "EL094259216", "LV"),
    ],
)
def test_an_id_with_one_digit_wrong_is_doubted_in_the_country_whose_it_is(label: str, value: str, country: str):
    wrong = value[:-1] + str((int(value[-1]) + 1) % 10)

    assert list(doubts({label: value}, country)) == []
    (doubt,) = doubts({label: wrong}, country)
    assert doubt.startswith(f"{label}: has not the form or the check digit") and wrong not in doubt


@pytest.mark.parametrize(
    ("label", "value", "country"),
    [
        ("Box", "7", "CZ"),
        ("Company ID", "7", ""),
        ("Company ID", "7", "ZZ"),
        ("Personal ID", "7", "AQ"),
        ("VAT", "", ""),
    ],
)
def test_an_id_of_an_unknown_kind_or_country_is_taken_as_it_is(label: str, value: str, country: str):
    assert list(doubts({label: value}, country)) == []
