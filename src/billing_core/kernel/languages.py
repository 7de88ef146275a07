"""Languages in which the house speaks to customers: the two-letter codes of ISO 639.

Decides which ones there are. What is written in each stands with the texts of documents and pages.

    en, cs, bg, hy, ru -> languages of the house, as is none at all      CS, cz, am, de -> not
"""

from __future__ import annotations

from billing_core.kernel.errors import InvalidValue

LANGUAGES = ("en", "cs", "bg", "hy", "ru")


def require_language(language: str, field: str) -> None:
    """No language, or one of the house."""
    if language and language not in LANGUAGES:
        raise InvalidValue(f"is no language of the house; write one of {', '.join(LANGUAGES)}", field=field,
                           value=language)  # fmt: skip
