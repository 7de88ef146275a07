"""What a tariff is called in other languages: its name and those of its components, as documents print them.

Decides which texts may be translated, and which translation a document has: that of the day before it was issued, so
that a document always prints the same, also if a translation changes on the day on which it is issued.

    translated on 1 June      documents of 1 June print the name, those of 2 June and later the translation
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from billing_core.catalogue.components import AnyComponent, Usage
from billing_core.catalogue.tariffs import Tariff, apply_tariff
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.kernel.languages import LANGUAGES, require_language
from billing_core.parties.details import require_text

# --- values and events


class Translation(msgspec.Struct, frozen=True, kw_only=True):
    """Texts of a tariff and what they are in a language, all of them."""

    tariff: str
    language: str
    texts: dict[str, str]


@event("tariff-translated")
class TariffTranslated(Event, frozen=True, kw_only=True):
    """Texts of the tariff and what they are in a language, in place of all those before."""

    tariff: str
    language: str
    texts: dict[str, str]


# --- state


class TariffTexts(msgspec.Struct, frozen=True):
    """A tariff, and its translations in the order in which they were recorded."""

    tariff: Tariff
    translations: tuple[TariffTranslated, ...] = ()

    @property
    def newest(self) -> Mapping[str, Mapping[str, str]]:
        """The translations of tomorrow's documents, by language."""
        return {each.language: each.texts for each in self.translations}

    def in_language(self, language: str, issued_on: date) -> Mapping[str, str]:
        """The translations that a document of a day prints; no text is translated without any."""
        found: Mapping[str, str] = {}
        for each in self.translations:
            if each.language == language and each.effective_on < issued_on:
                found = each.texts
        return found


def apply_tariff_texts(state: TariffTexts | None, fact: Event) -> TariffTexts | None:
    """Fold one event of a tariff's stream."""
    if isinstance(fact, TariffTranslated) and state is not None:
        return msgspec.structs.replace(state, translations=(*state.translations, fact))
    tariff = apply_tariff(state.tariff if state else None, fact)
    return None if tariff is None else TariffTexts(tariff, state.translations if state else ())


# --- decisions


def translate_tariff(existing: TariffTexts, language: str, texts: Mapping[str, str], on: date) -> list[Event]:
    """Translate texts of a tariff, in place of all translations into the language; the same ones change nothing."""
    code = existing.tariff.code
    if not language:
        raise InvalidValue(f"is missing; write one of {', '.join(LANGUAGES)}", field="language")
    require_language(language, "language")
    known = set(texts_of(existing.tariff))
    for text, translation in texts.items():
        if text not in known:
            raise InvalidValue(f"is no text of tariff {code}; its texts are {', '.join(sorted(known))}", field="text",
                               value=text)  # fmt: skip
        require_text(translation, f"translation of {text!r}")
    if existing.newest.get(language, {}) == texts:
        return []
    return [TariffTranslated(effective_on=on, tariff=code, language=language, texts=dict(texts))]


def texts_of(tariff: Tariff) -> Iterator[str]:
    """What a customer reads of a tariff: its name, and those of its components, parameters and top-ups."""
    yield tariff.name
    yield from (parameter.name for parameter in tariff.parameters if parameter.name)
    for components in (tariff.components, *(each.components for each in tariff.list_changes)):
        for component in components:
            yield component.name
            yield from _top_ups(component)


def _top_ups(component: AnyComponent) -> Iterator[str]:
    if isinstance(component, Usage) and component.quota is not None:
        yield from (top_up.name for top_up in component.quota.top_ups)


def translated(description: str, tariff: str, texts: Mapping[str, str]) -> str:
    """The description of a charge of a tariff, by its name, with its texts translated; others stay as they are.

    With `{"Net": "Síť", "Fee": "Poplatek"}`, `Net: Fee` of tariff `Net` is `Síť: Poplatek`, and a discount on it,
    `Loyal (Net: Fee)`, is `Loyal (Síť: Poplatek)`.
    """
    before, of_tariff, component = description.partition(f"{tariff}: ")
    if not of_tariff or (before and not before.endswith(" (")):
        return texts.get(description, description)
    name = texts.get(tariff, tariff)
    if not before:
        return f"{name}: {texts.get(component, component)}"
    adjustment, component = before.removesuffix(" ("), component.removesuffix(")")
    return f"{texts.get(adjustment, adjustment)} ({name}: {texts.get(component, component)})"
