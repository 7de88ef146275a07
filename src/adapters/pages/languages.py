"""In which language a page speaks."""

from __future__ import annotations

from babel import negotiate_locale

from adapters.languages.codes import BACK_OFFICE, SOURCE_LANGUAGE
from billing_core.kernel.languages import LANGUAGES


def languages_of(*, is_own: bool) -> tuple[str, ...]:
    """The languages of a page: customers have all of the house, the back office those in which it is complete."""
    return LANGUAGES if is_own else BACK_OFFICE


def negotiated(known: tuple[str, ...], chosen: str, accepted: str) -> str:
    """The language that was chosen, else the first of the browser's that a page knows, else English."""
    if chosen in known:
        return chosen
    wanted = [each.split(";")[0].strip() for each in accepted.split(",")]
    return negotiate_locale([each.split("-")[0] for each in wanted if each], list(known)) or SOURCE_LANGUAGE
