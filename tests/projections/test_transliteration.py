"""Names of Cyrillic and Armenian letters have the Latin spellings by which people write them."""

from __future__ import annotations

import pytest

from billing_core.kernel.transliteration import spellings
from projections.customer_search import spelt_words_in, words_of_text


@pytest.mark.parametrize(
    ("word", "latin"),
    [
        ("живков", ("zhivkov", "zivkov")),
        ("николай", ("nikolay", "nikolaj")),
        ("щерева", ("shtereva", "shchereva", "stereva")),
        ("хачатурян", ("hachaturyan", "khachaturyan", "chacaturjan")),
        ("երևանյան", ("yerevanyan", "erevanjan")),
        ("հովհաննիսյան", ("hovhannisyan", "hovhannisjan")),
        ("գրիգոր", ("grigor",)),
        ("ոսկան", ("voskan", "oskan")),
        ("сусу", ("susu",)),
        ("novák", ()),
        ("12", ()),
    ],
)
def test_a_word_has_its_latin_spellings(word: str, latin: tuple[str, ...]):
    assert spellings(word) == latin


def test_the_letters_of_a_word_are_spelt_before_their_accents_go():
    assert spelt_words_in("Андрей 7") == [("андреи", "andrey", "andrej"), ("7",)]


def test_a_text_is_kept_with_all_spellings_and_a_number_with_its_digits():
    assert words_of_text("Живков") == " живков zhivkov zivkov "
    assert words_of_text("+371 20-00") == " 371 20 00 3712000 "
