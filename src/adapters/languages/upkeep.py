"""The `.po` files kept in step with the texts of the program, and what is wrong with them.

A file has the texts of its area and no others, sorted, so that two branches rarely change the same lines.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.pofile import write_po

from adapters.languages.catalogues import read_catalogue
from adapters.languages.codes import MAY_LACK, TRANSLATED, required_languages

CATALOGUES = Path(__file__).parent / "catalogues"
WIDTH = 120
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
COUNTS = {"%(num)s", "%(count)s"}

Key = tuple[str, str | None]
Translated = Mapping[Key, Message]


def bring_up_to_date(marked: Mapping[str, Catalog], catalogues: Path = CATALOGUES) -> None:
    """Write new texts into the files, and drop those that are no longer used.

    A text that another area has already translated gets the same translation.
    """
    for language in TRANSLATED:
        known = _known(language, catalogues)
        everywhere = {key: each for area in known.values() for key, each in area.items() if not _is_untranslated(each)}
        for area in sorted({*known, *marked}):
            file = catalogues / language / f"{area}.po"
            if area not in marked or language not in required_languages(area):
                file.unlink(missing_ok=True)
                continue
            updated = _updated(marked[area], language, _preferred(known.get(area, {}), everywhere))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(_po(updated))


def problems(marked: Mapping[str, Catalog], catalogues: Path = CATALOGUES) -> list[str]:
    """What is missing, left over or wrong in the files, a line each; nothing if all is well."""
    found: list[str] = []
    for language in TRANSLATED:
        known = _known(language, catalogues)
        for area in sorted({*known, *marked}):
            is_required = language in required_languages(area)
            expected = {_key(each): each for each in marked[area] if each.id} if area in marked and is_required else {}
            where = f"{language}/{area}.po"
            present = known.get(area, {})
            if area in MAY_LACK:
                present = {
                    key: each for key, each in present.items() if key not in expected or not _is_untranslated(each)
                }
                expected = {key: each for key, each in expected.items() if key in present}
            found += (f"{where}: {text}" for text in _problems_of(expected, present, language))
        found += _contradictions(known, language)
    return found


def _problems_of(expected: Translated, known: Translated, language: str) -> Iterator[str]:
    for key in expected.keys() - known.keys():
        yield f"{key[0]!r} is missing"
    for key, message in known.items():
        if key not in expected:
            yield f"{key[0]!r} is not used any more"
        elif message.pluralizable != expected[key].pluralizable:
            yield f"{key[0]!r} has a plural in one place and not in the other"
        elif _is_untranslated(message):
            yield f"{key[0]!r} is not translated"
        elif message.fuzzy:
            yield f"{key[0]!r} is marked as fuzzy: check the translation and remove the mark"
        else:
            yield from _flaws(message, language)


def _flaws(message: Message, language: str) -> Iterator[str]:
    """Plural forms that do not count right, and values that a translation lacks or invents."""
    for flaw in message.check(Catalog(language)):
        yield f"{message.id!r}: {flaw}"
    originals, forms = _forms(message.id), _forms(message.string)
    needed = set(PLACEHOLDER.findall(originals[-1]))
    for form in forms:
        left_out = needed - set(PLACEHOLDER.findall(form)) - (COUNTS if form != forms[-1] else set())
        if left_out:
            yield f"{form!r} leaves out {', '.join(sorted(left_out))}"
        if unknown := set(PLACEHOLDER.findall(form)) - needed:
            yield f"{form!r} names unknown values: {', '.join(sorted(unknown))}"


def _contradictions(known: Mapping[str, Translated], language: str) -> Iterator[str]:
    """Texts that two areas translate differently: merged, one of them would win by chance."""
    by_text: dict[Key, dict[str, Message]] = defaultdict(dict)
    for area, messages in known.items():
        for key, message in messages.items():
            if not _is_untranslated(message):
                by_text[key][area] = message
    for (text, _), areas in by_text.items():
        for (one, of_one), (other, of_other) in pairwise(areas.items()):
            if _forms(of_one.string) != _forms(of_other.string):
                yield (
                    f"{language}: {text!r} is {_forms(of_one.string)[0]!r} in {one}.po and "
                    f"{_forms(of_other.string)[0]!r} in {other}.po; agree on one, or tell them apart by pgettext"
                )


def _preferred(own: Translated, everywhere: Translated) -> Translated:
    """What the area's own file says, and for what it leaves empty what any file says."""
    return {**everywhere, **{key: each for key, each in own.items() if not _is_untranslated(each)}}


def _updated(marked: Catalog, language: str, known: Translated) -> Catalog:
    """The texts of an area with the translations that are known."""
    updated = Catalog(language)
    for message in marked:
        if not message.id:
            continue
        added = updated.add(message.id, context=message.context, locations=message.locations)
        old = known.get(_key(message))
        if old is not None and old.pluralizable == message.pluralizable:
            added.string = old.string
            added.flags |= old.flags
            added.user_comments = old.user_comments
    return updated


def _po(catalog: Catalog) -> bytes:
    """The file: a head without dates, which would differ in every branch, then the texts by their letters."""
    head = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {catalog.locale_identifier}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    body = BytesIO()
    write_po(body, catalog, width=WIDTH, omit_header=True, sort_output=True, include_lineno=False)
    return head.encode() + body.getvalue().rstrip() + b"\n"


def _known(language: str, catalogues: Path) -> dict[str, Translated]:
    """The texts of each file of a language, by area."""
    return {
        file.stem: {_key(message): message for message in read_catalogue(file, language) if message.id}
        for file in sorted((catalogues / language).glob("*.po"))
    }


def _key(message: Message) -> Key:
    return _forms(message.id)[0], message.context


def _is_untranslated(message: Message) -> bool:
    return not all(_forms(message.string))


def _forms(texts: str | Iterable[str] | None) -> tuple[str, ...]:
    """The forms of a text: one, or one for each plural; a text that is empty has one that is."""
    return (texts or "",) if isinstance(texts, str | None) else tuple(texts)
