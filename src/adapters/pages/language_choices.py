"""The languages in which customers are written to, each by its own name."""

from __future__ import annotations

from adapters.languages.language import language_of
from adapters.pages.forms import Choice
from billing_core.kernel import languages

LANGUAGES = tuple(Choice(code, language_of(code).name) for code in languages.LANGUAGES)
