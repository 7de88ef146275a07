"""Scripts that need more than one glyph after the other: written from right to left, or shaped by word.

Decides which font package draws which of them, and refuses letters that none draws. Hebrew is drawn letter by letter,
from right to left. Arabic figures are drawn as any other figures are, from left to right.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NamedTuple

from billing_core.kernel.errors import InvalidValue

HEBREW = (range(0x590, 0x600), range(0xFB1D, 0xFB50))
ARABIC_FIGURES = (range(0x660, 0x66D), range(0x6F0, 0x6FA))
LETTERS_AND_MARKS = ("L", "M")
RIGHT_TO_LEFT = ("R", "AL")


class ShapedScript(NamedTuple):
    """A script whose words are shaped, and the package that has its font."""

    name: str
    package: str
    file: str
    characters: tuple[range, ...]


SHAPED = (
    ShapedScript(
        "Arabic",
        "fontpkg_noto_sans_arabic",
        "files/NotoSansArabic[wdth,wght].ttf",
        (range(0x600, 0x700), range(0x750, 0x780), range(0x8A0, 0x900)),
    ),
    ShapedScript(
        "Devanagari",
        "fontpkg_noto_sans_devanagari",
        "files/NotoSansDevanagari[wdth,wght].ttf",
        (range(0x900, 0x980),),
    ),
    ShapedScript("Thai", "fontpkg_noto_sans_thai", "files/NotoSansThai[wdth,wght].ttf", (range(0xE00, 0xE80),)),
)


@lru_cache(maxsize=4096)
def script_of(character: str) -> ShapedScript | None:
    """The script that shapes a character, if there is one."""
    code = ord(character)
    if any(code in figures for figures in ARABIC_FIGURES):
        return None
    return next((script for script in SHAPED if any(code in part for part in script.characters)), None)


def is_right_to_left(text: str) -> bool:
    """Whether something in the text is written from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(character) in RIGHT_TO_LEFT for character in text)


def require_printable(character: str, is_drawn: bool, text: str) -> None:
    """Refuse a letter that no font draws, or that would be drawn in the wrong order or form."""
    is_letter = unicodedata.category(character).startswith(LETTERS_AND_MARKS)
    code = ord(character)
    is_foreign = (
        unicodedata.bidirectional(character) in RIGHT_TO_LEFT
        and script_of(character) is None
        and not any(code in part for part in HEBREW)
    )
    if is_letter and (not is_drawn or is_foreign):
        raise InvalidValue(
            f"cannot be printed: no installed font draws {character} ({unicodedata.name(character, 'a letter')}); "
            "write it in another script",
            field="text",
            value=text,
        )
