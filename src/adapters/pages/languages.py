"""The languages of the pages."""

from __future__ import annotations

from functools import cache

from babel import negotiate_locale
from babel.support import NullTranslations

LANGUAGES = ("en", "cs", "bg", "hy", "ru")


@cache
def translations(language: str) -> NullTranslations:
    """The texts of the program in a language."""
    return NullTranslations()


def language_of(chosen: str, accepted: str) -> str:
    """The language that was chosen, else the first of the browser's that there is, else English."""
    if chosen in LANGUAGES:
        return chosen
    wanted = [each.split(";")[0].strip() for each in accepted.split(",")]
    return negotiate_locale([each.split("-")[0] for each in wanted if each], list(LANGUAGES)) or LANGUAGES[0]
