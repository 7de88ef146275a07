"""The catalogues that the program carries are complete, and are read by language."""

from __future__ import annotations

import pytest

from adapters.languages.catalogues import translations
from adapters.languages.codes import first_known, required_languages
from adapters.languages.sources import marked_texts
from adapters.languages.upkeep import problems
from billing_core.kernel.errors import NotFound
from billing_core.kernel.languages import LANGUAGES


def test_every_text_is_translated_and_no_translation_is_left_over():
    """If this fails: run `python -m adapters.languages`, fill in what is empty, and run it again."""
    assert problems(marked_texts()) == []


def test_every_language_can_be_read():
    assert {code for code in LANGUAGES if translations(code) is translations(code)} == set(LANGUAGES)


def test_a_text_without_a_translation_stays_english():
    assert translations("cs").gettext("A text that nobody translated") == "A text that nobody translated"
    assert translations("en").ngettext("one day", "days", 1) == "one day"
    assert translations("en").ngettext("one day", "days", 0) == "days"


def test_a_language_that_the_program_does_not_speak_is_named():
    with pytest.raises(NotFound, match="'xx'"):
        translations("xx")


def test_customers_read_five_languages_and_the_back_office_two():
    for area in ("self_care", "printed", "frame"):
        assert required_languages(area) == ("cs", "bg", "hy", "ru")
    assert required_languages("billing") == ("cs",)


def test_the_first_language_that_is_known_is_spoken():
    assert first_known("", "cs") == "cs"
    assert first_known("hy", "cs") == "hy"
    assert first_known("de", "") == "en"
