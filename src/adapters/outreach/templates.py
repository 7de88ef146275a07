"""Templates of messages at work: rendered in Jinja's sandbox, with money and dates as the language writes them.

In HTML every value is escaped, so a name such as `<b>Anna</b>` is read as it stands. The HTML of a template that has
none is made from its text: paragraphs at empty lines, and links that can be clicked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from jinja2 import Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from adapters.languages.language import Language, language_of
from adapters.outreach.ready_made import ready_template
from adapters.outreach.template_rules import require_rules
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money
from billing_core.outreach.kinds import MessageItem, VariableKind, read_value, variables_of
from billing_core.outreach.rendering import Facts, Rendered
from billing_core.outreach.templates import MessageTemplate

MOST_COMPILED = 500
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
PARAGRAPHS = re.compile(r"\n\s*\n")
PAGE = Markup(
    '<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>\n'
    '<body style="font-family: sans-serif; font-size: 16px; line-height: 1.5; max-width: 38em; margin: 1em auto">\n'
    "{body}\n</body></html>\n"
)

_TEXT = ImmutableSandboxedEnvironment(autoescape=False)
_HTML = ImmutableSandboxedEnvironment(autoescape=True)
# What a template needs and the sandbox lends: no functions, no ranges.
_TEXT.globals.clear()
_HTML.globals.clear()


class JinjaTemplates:
    """Implements `Templates`."""

    def require_sound(self, template: MessageTemplate) -> None:
        variables = variables_of(template.kind)
        for field in ("subject", "text", "html"):
            require_rules(getattr(template, field), field, variables)

    def render(self, template: MessageTemplate, facts: Facts) -> Rendered:
        language = language_of(template.language)
        written = _written(template, facts, language)
        try:
            subject = " ".join(_compiled(template.subject, False).render(written).split())
            text = _compiled(template.text, False).render(written).strip()
            html = _compiled(template.html, True).render(written) if template.html else ""
        except TemplateError as error:
            raise InvalidValue(f"cannot be rendered: {error}", field="template", value=template.key) from None
        if template.channel == "email" and not html:
            html = _html_of(subject, text, template.language)
        return Rendered(subject, text, html)

    def ready_made(self, kind: str, language: str, channel: str) -> MessageTemplate | None:
        return ready_template(kind, language, channel)


@lru_cache(MOST_COMPILED)  # Compiled once for all the messages of a day; previews come and go.
def _compiled(words: str, is_html: bool) -> Template:
    return (_HTML if is_html else _TEXT).from_string(words)


def _written(template: MessageTemplate, facts: Facts, language: Language) -> dict[str, Any]:
    """Every variable of the kind, empty if it is not known."""
    found: dict[str, Any] = {}
    for name, kind in variables_of(template.kind).items():
        found[name] = (
            _items(facts.items, language) if kind == "items" else _value(kind, facts.values.get(name), language)
        )
    return found


def _items(items: Iterable[MessageItem], language: Language) -> list[dict[str, str]]:
    return [
        {"document": each.document, "open": language.money(each.open), "due_on": language.date(each.due_on)}
        for each in items
    ]


def _value(kind: VariableKind, value: str | None, language: Language) -> str:
    if not value:
        return ""
    read = read_value(kind, value)
    match read:
        case Money():
            return language.money(read)
        case datetime():
            return language.moment(read, read.tzinfo) if read.tzinfo else str(read)
        case date():
            return language.date(read)
    return read


def _html_of(title: str, text: str, language: str) -> str:
    paragraphs = [_paragraph(each) for each in PARAGRAPHS.split(text) if each.strip()]
    return str(PAGE.format(language=language, title=title, body=Markup("\n").join(paragraphs)))


def _paragraph(text: str) -> Markup:
    lines = Markup("<br>\n").join(_linked(line) for line in text.strip().split("\n"))
    return Markup("<p>{}</p>").format(lines)


def _linked(line: str) -> Markup:
    """A line in which addresses of pages can be clicked."""
    found, at = Markup(), 0
    for link in LINK.finditer(line):
        found += escape(line[at : link.start()]) + Markup('<a href="{0}">{0}</a>').format(link[0])
        at = link.end()
    return found + escape(line[at:])
