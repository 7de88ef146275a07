"""Languages in Jinja templates: `_("text")`, `ngettext`, `pgettext`, `{% trans %}` and `written`.

An environment speaks one language, so that imported macros speak it too; there is one environment for each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, pass_context
from markupsafe import escape

from adapters.languages.catalogues import translations
from adapters.languages.language import Language, language_of

EXTENSION = "jinja2.ext.i18n"
KINDS_OF_TEXT = ("gettext", "ngettext", "pgettext", "npgettext")


def speak(environment: Environment, code: str) -> None:
    """Let the templates of an environment speak a language.

    Texts take values by name, as in `_("Paid until %(day)s", day=written.date(on))`; a percent sign is written `%%`.
    `written` has the language's dates, numbers and amounts.
    """
    environment.add_extension(EXTENSION)
    extended: Any = environment
    known = translations(code)
    texts = {name: _as_text(getattr(known, name), environment) for name in KINDS_OF_TEXT}
    extended.install_gettext_callables(**texts, newstyle=True)
    extended.policies["ext.i18n.trimmed"] = True
    written = language_of(code)
    environment.globals["written"] = written
    for name in KINDS_OF_TEXT:
        extended.globals[name] = _ended_once(extended.globals[name], written)


def _ended_once(say: Callable[..., str], written: Language) -> Callable[..., str]:
    @pass_context
    def said(context: Any, *asked: Any, **values: Any) -> str:
        return written.ended_once(say(context, *asked, **values))

    return said


def _as_text(find: Callable[..., str], environment: Environment) -> Callable[..., str]:
    """A text that is never markup: also what people named themselves goes through `_`, as the label of a custom field.

    Jinja takes the answer of the new style for markup as it is.
    """
    return (lambda *asked: escape(find(*asked))) if environment.autoescape else find
