"""A text is cut into segments of SMS as networks count them, and costs what its prefix says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money
from billing_core.kernel.transliteration import in_latin
from billing_core.outreach.sms import (
    BASIC,
    EXTENSION,
    OF_SEVERAL,
    encoded_gsm,
    places,
    sms_of,
)
from billing_core.outreach.sms_terms import SmsPrice, SmsTerms, cost_of, price_of, set_sms_terms

CZECH = SmsTerms(
    currency="CZK",
    prices=(
        SmsPrice(prefix="420", price=Decimal("0.90")),
        SmsPrice(prefix="4206", price=Decimal("1.105")),
        SmsPrice(prefix="359", price=Decimal(2)),
    ),
)


@pytest.mark.parametrize(
    ("text", "alphabet", "lengths"),
    [
        ("", "gsm-7", [0]),
        ("a" * 160, "gsm-7", [160]),
        ("a" * 161, "gsm-7", [153, 8]),
        ("a" * 159 + "€", "gsm-7", [153, 7]),
        ("a" * 158 + "€", "gsm-7", [159]),
        ("a" * 152 + "€" * 5, "gsm-7", [152, 5]),
        ("a" * 306, "gsm-7", [153, 153]),
        ("a" * 307, "gsm-7", [153, 153, 1]),
        ("ж" * 70, "ucs-2", [70]),
        ("ж" * 71, "ucs-2", [67, 4]),
        ("ž" + "a" * 70, "ucs-2", [67, 4]),
        ("😀" * 35, "ucs-2", [35]),
        ("😀" * 36, "ucs-2", [33, 3]),
    ],
)
def test_a_text_is_cut_as_networks_count(text: str, alphabet: str, lengths: list[int]):
    found = sms_of(text)
    assert found.alphabet == alphabet
    assert [len(each) for each in found.segments] == lengths


@given(st.text(st.sampled_from(BASIC.replace("\x1b", "") + "".join(EXTENSION) + "жžЁ😀"), max_size=700))
def test_segments_together_are_the_text_and_none_is_too_long(text: str):
    found = sms_of(text)
    assert "".join(found.segments) == text
    if len(found.segments) > 1:
        for each in found.segments:
            assert sum(places(letter, found.alphabet) for letter in each) <= OF_SEVERAL[found.alphabet]


def test_transliterated_texts_need_no_second_alphabet():
    assert sms_of("Dlužíte 20 €, účet č. 7", is_transliterated=True).segments == ("Dluzite 20 €, ucet c. 7",)
    assert sms_of("Щастлив път, Иване!", is_transliterated=True).segments == ("Shtastliv pat, Ivane!",)
    assert sms_of("Երևանյան", is_transliterated=True).segments == ("Yerevanyan",)
    assert sms_of("à la carte", is_transliterated=True).segments == ("à la carte",)  # à is of the GSM alphabet.
    assert in_latin("ЩУКА „тук“ № 5") == 'SHTUKA "tuk" No. 5'


def test_gsm_text_is_encoded_by_the_table_of_its_standard():
    assert encoded_gsm("@£Δ_ä€{") == bytes([0x00, 0x01, 0x10, 0x11, 0x7B, 0x1B, 0x65, 0x1B, 0x28])


def test_a_text_of_too_many_segments_is_refused():
    assert len(sms_of("a" * 153 * 255).segments) == 255
    with pytest.raises(InvalidValue, match="256 segments"):
        sms_of("a" * (153 * 255 + 1))


def test_the_longest_prefix_decides_the_price():
    assert price_of(CZECH, "+420777123456") == Decimal("0.90")
    assert price_of(CZECH, "+420602123456") == Decimal("1.105")
    assert price_of(CZECH, "+37410123456") is None


def test_a_cost_is_rounded_once_and_names_numbers_without_a_price():
    # 3 x 1.105 + 2 x 0.90 = 5.115, half up.
    found = cost_of([("+420602123456", 3), ("+420777123456", 2), ("+37410123456", 1)], CZECH)
    assert found.amount == Money(Decimal("5.12"), "CZK")
    assert (found.messages, found.segments, found.without_price) == (3, 6, 1)


@pytest.mark.parametrize(
    "prices",
    [
        (SmsPrice(prefix="+420", price=Decimal(1)),),
        (SmsPrice(prefix="420", price=Decimal(1)), SmsPrice(prefix="420", price=Decimal(2))),
        (SmsPrice(prefix="420", price=Decimal(-1)),),
        (SmsPrice(prefix="4" * 16, price=Decimal(1)),),
    ],
)
def test_prices_that_mean_nothing_are_refused(prices: tuple[SmsPrice, ...]):
    with pytest.raises(InvalidValue):
        set_sms_terms(None, "cz", SmsTerms(currency="CZK", prices=prices), date(2026, 3, 1))
