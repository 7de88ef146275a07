"""Which letters of a text are those that were searched for: without accents, by the beginnings of words.

marked("Jarmila Vrabcová", "vrabc")   Jarmila <mark>Vrabc</mark>ová
"""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

WORD = re.compile(r"\w+")


def marked(text: str, sought: str) -> Markup:
    """The text with a mark around the beginning of each word that a searched word is; the rest stays as it is."""
    plain = "".join(map(_plain, text))
    words = [folded(word) for word in WORD.findall(sought)]
    found: list[tuple[int, int]] = []
    for place in WORD.finditer(plain):
        length = max((len(word) for word in words if place[0].startswith(word)), default=0)
        if length:
            found.append((place.start(), place.start() + length))
    made, at = Markup(""), 0
    for start, end in found:
        made += escape(text[at:start]) + Markup("<mark>") + escape(text[start:end]) + Markup("</mark>")
        at = end
    return made + escape(text[at:])


def folded(text: str) -> str:
    """The text in small letters without accents."""
    return "".join(map(_plain, text))


def _plain(letter: str) -> str:
    """One letter for one letter, so that places in the text stay the same."""
    base = unicodedata.normalize("NFKD", letter)[:1].casefold()
    return base if len(base) == 1 else letter
