"""Phrases with values: how they are recorded, and how they read in English."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from billing_core.kernel.dates import ALWAYS
from billing_core.kernel.money import Money
from billing_core.kernel.phrases import PLACE, WORDINGS, Phrase, joined, phrase


def test_a_phrase_reads_as_its_words_with_their_values():
    assert str(phrase("used-of", 80, Decimal("120.50"))) == "used 80 of 120.50"
    assert str(phrase("charged-before", Money(Decimal("100.00"), "EUR"))) == "100.00 EUR charged before"
    assert str(phrase("priced-elsewhere", ALWAYS)).endswith(f"its price stands on {ALWAYS})")


def test_what_is_counted_decides_about_the_plural():
    assert [str(phrase("units", number)) for number in (0, 1, "0.5", 2)] == [
        "0 units",
        "1 unit",
        "0.5 units",
        "2 units",
    ]


def test_phrases_stand_in_others_and_one_after_the_other():
    off = phrase("off", phrase("percent", 10), "180.00 EUR")
    assert str(off) == "10 % off 180.00 EUR"
    assert str(joined("steps", [phrase("credit", off), phrase("used", 1)])) == "credit: 10 % off 180.00 EUR; used 1"
    assert joined("list", [off]) is off


def test_a_phrase_is_recorded_by_its_code_and_values():
    off = phrase("off", phrase("percent", 10), "180.00 EUR")
    assert msgspec.json.encode(off) == b'["off",[["percent",["10"]],"180.00 EUR"]]'
    assert msgspec.json.decode(msgspec.json.encode(off), type=Phrase) == off


def test_a_phrase_with_other_values_than_its_words_have_is_refused():
    with pytest.raises(ValueError, match="quantity, all"):
        phrase("used-of", 80)


def test_both_numbers_of_a_wording_have_the_same_values():
    for code, wording in WORDINGS.items():
        assert len(set(wording.places)) == len(wording.places), code
        assert ("num" in wording.places) == bool(wording.many), code
        assert not wording.many or set(PLACE.findall(wording.many)) == set(wording.places), code
