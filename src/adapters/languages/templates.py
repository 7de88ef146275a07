"""Languages in Jinja templates: `_("text")`, `ngettext`, `pgettext`, `{% trans %}` and `written`.

An environment speaks one language, so that imported macros speak it too; there is one environment for each.
"""

from __future__ import annotations

from typing import Any

from jinja2 import Environment

from adapters.languages.catalogues import translations
from adapters.languages.language import language_of

EXTENSION = "jinja2.ext.i18n"


def speak(environment: Environment, code: str) -> None:
    """Let the templates of an environment speak a language.

    Texts take values by name, as in `_("Paid until %(day)s", day=written.date(on))`; a percent sign is written `%%`.
    `written` has the language's dates, numbers and amounts.
    """
    environment.add_extension(EXTENSION)
    extended: Any = environment
    extended.install_gettext_translations(translations(code), newstyle=True)
    extended.policies["ext.i18n.trimmed"] = True
    environment.globals["written"] = language_of(code)
