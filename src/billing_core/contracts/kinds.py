"""Kinds of contract, and the templates by which they are printed.

A kind is data: its name, and the term that its contracts have unless one says otherwise. It has a template for each
language, published in versions that never change, so a contract is printed always as it was. A template is text with
placeholders, and holds no code:

    {{ seller.name }} connects {{ customer.name }}.   ->   North Cable connects Ona Kazlauskaitė.

Decides which templates are sound. How a date or a price is written in a language, and where it stands on paper, is
decided in `adapters.documents`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

import msgspec

from billing_core.contracts.terms import Term, require_term
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.parties.details import require_text

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")
LANGUAGE = re.compile(r"[a-z]{2,3}")
PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
MOST_SECTIONS = 60
MOST_TEXT = 20_000

PLACEHOLDERS = (
    "contract.number", "contract.kind", "contract.begins_on", "contract.issued_on", "contract.last_day",
    "term.length", "term.minimum", "notice.length",
    "seller.name", "seller.address", "seller.ids", "seller.email", "seller.phone", "seller.iban",
    "customer.number", "customer.name", "customer.address", "customer.ids", "customer.email", "customer.phone",
    "annex.number", "annex.begins_on",
)  # fmt: skip

# What a section shows after its text, and for which contracts it is printed.
Shows = Literal["", "services", "agreed"]
Applies = Literal["always", "fixed", "indefinite", "minimum"]

# --- values


class Section(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A numbered part of a contract: a heading, and paragraphs that an empty line divides; `- ` begins a list's line.

    After its text it shows the services, or what was agreed in addition, if it says so.
    """

    heading: str
    text: str = ""
    shows: Shows = ""
    applies: Applies = "always"


class Words(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The words that the paper itself writes, in the language of the template."""

    seller: str = "Provider"
    customer: str = "Customer"
    customer_number: str = "Customer number"
    service: str = "service"
    place: str = "place"
    monthly: str = "monthly"
    with_vat: str = "with VAT"
    without_vat: str = "without VAT"
    since: str = "from"
    draft: str = "Draft"
    place_and_date: str = "Place and date"
    signed_for_seller: str = "For the provider"
    signed_for_customer: str = "For the customer"


class Template(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How contracts of a kind are printed in a language: title, what stands before the parties, sections, and the same
    of an annex.
    """

    title: str
    lead: str = ""
    sections: tuple[Section, ...]
    annex_title: str = ""
    annex_sections: tuple[Section, ...] = ()
    words: Words = Words()


class ContractKind(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A kind of contract: its code and name, and the term of its contracts unless one says otherwise."""

    code: str
    name: str
    term: Term = Term()


# --- events


@event("contract-kind-defined")
class ContractKindDefined(Event, frozen=True, kw_only=True):
    """The kind with its details from now on, complete."""

    kind: ContractKind


@event("contract-template-published")
class ContractTemplatePublished(Event, frozen=True, kw_only=True):
    """From now on new contracts of the kind are printed in a language by this version."""

    kind: str
    language: str
    version: int
    template: Template


# --- state


class KindWithTemplates(msgspec.Struct, frozen=True):
    """A kind, and by language the versions of its template in order."""

    kind: ContractKind
    templates: dict[str, tuple[Template, ...]] = {}

    def newest(self, language: str) -> int:
        """The version by which contracts are printed now, or `NotFound`."""
        known = self.templates.get(language)
        if not known:
            languages = ", ".join(sorted(self.templates)) or "none"
            raise NotFound(f"the kind {self.kind.code} has no template in it, but in: {languages}; publish one with "
                           "`publish-contract-template`", field="language", value=language)  # fmt: skip
        return len(known)

    def template(self, language: str, version: int) -> Template:
        """A version of a template."""
        return self.templates[language][version - 1]


def apply_kind(state: KindWithTemplates | None, fact: Event) -> KindWithTemplates | None:
    """Fold one event of a kind's stream."""
    match fact:
        case ContractKindDefined(kind=kind):
            return KindWithTemplates(kind, state.templates if state else {})
        case ContractTemplatePublished(language=language, template=template) if state is not None:
            versions = (*state.templates.get(language, ()), template)
            return msgspec.structs.replace(state, templates={**state.templates, language: versions})
    return state


# --- decisions


def define_kind(state: KindWithTemplates | None, kind: ContractKind, on: date) -> list[Event]:
    """A new kind, or other details of a known one; contracts that were drafted keep theirs."""
    if not CODE.fullmatch(kind.code):
        raise InvalidValue("must be 1 to 50 of the letters a to z, digits, and -", field="kind", value=kind.code)
    require_text(kind.name, "name")
    require_term(kind.term)
    return [] if state is not None and state.kind == kind else [ContractKindDefined(effective_on=on, kind=kind)]


def publish_template(state: KindWithTemplates, language: str, template: Template, on: date) -> list[Event]:
    """The next version of a template; the same again changes nothing."""
    if not LANGUAGE.fullmatch(language):
        raise InvalidValue("must be the two or three letters of a language, as in cs", field="language", value=language)
    require_template(template)
    known = state.templates.get(language, ())
    if known and known[-1] == template:
        return []
    return [
        ContractTemplatePublished(
            effective_on=on, kind=state.kind.code, language=language, version=len(known) + 1, template=template
        )
    ]


def require_template(template: Template) -> None:
    """A title and sections, with placeholders that exist."""
    require_text(template.title, "title")
    if not 1 <= len(template.sections) <= MOST_SECTIONS or len(template.annex_sections) > MOST_SECTIONS:
        raise InvalidValue(f"must be 1 to {MOST_SECTIONS}", field="sections", value=len(template.sections))
    for field, text in _texts_of(template):
        if len(text) > MOST_TEXT:
            raise InvalidValue(f"is longer than {MOST_TEXT:,} letters", field=field, value=f"{text[:40]}...")
        for name in PLACEHOLDER.findall(text):
            if name not in PLACEHOLDERS:
                raise InvalidValue(f"is no placeholder; these are: {', '.join(PLACEHOLDERS)}", field=field, value=name)
        left = PLACEHOLDER.sub("", text)
        if "{{" in left or "}}" in left or "{%" in left:
            raise InvalidValue("has braces that make no placeholder; write {{ customer.name }}", field=field,
                               value=left[max(0, left.find("{") - 10) :][:40])  # fmt: skip


def require_annex_sections(template: Template) -> None:
    """A template by which annexes can be printed."""
    if not template.annex_sections:
        raise RuleViolation("the template of this kind has no sections for annexes; publish one that has, with "
                            "`publish-contract-template`", field="annex", value=template.title)  # fmt: skip


def _texts_of(template: Template) -> Iterator[tuple[str, str]]:
    yield from (("title", template.title), ("lead", template.lead), ("annex title", template.annex_title))
    for name, sections in (("section", template.sections), ("annex section", template.annex_sections)):
        for number, section in enumerate(sections, start=1):
            require_text(section.heading, f"{name} {number}, heading")
            yield f"{name} {number}, heading", section.heading
            yield f"{name} {number}, text", section.text


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced: `{{ customer.name }}` by the value of `customer.name`.

    What a value holds is text, never a placeholder again.
    """
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)


def applies_to(section: Section, term: Term) -> bool:
    """Whether a section is printed for a contract of a term."""
    match section.applies:
        case "fixed":
            return term.is_fixed
        case "indefinite":
            return not term.is_fixed
        case "minimum":
            return term.minimum_months > 0
    return True
