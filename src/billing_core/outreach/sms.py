"""A text as SMS: which alphabet it needs, and into how many segments it is cut.

Decides nothing of what it costs (`sms_terms`) and who sends it. A segment has 140 bytes: 160 letters of the GSM
alphabet, or 70 units of UCS-2 as soon as one letter is not of that alphabet. In a text of several segments each has a
header of six bytes: 153 or 67. Some signs of the GSM alphabet take two places ({ } [ ] ~ \\ | ^ €), some letters two
units of UCS-2; neither is cut.

    160 letters of GSM              1 segment        161 of them               2 segments, 153 and 8
    160 of them, one of which is €  2 segments       70 of Cyrillic  1         71 of them  2, 67 and 4
    "Dlužíte 20 €": ž is not of GSM, so UCS-2; transliterated "Dluzite 20 €": GSM
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.transliteration import in_latin

Alphabet = Literal["gsm-7", "ucs-2"]
# 3GPP TS 23.038, 6.2.1: the place of a letter is its code; the escape at 0x1B stands for itself.
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {"\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40,
             "€": 0x65}  # fmt: skip
ESCAPE = 0x1B
CODES = {letter: code for code, letter in enumerate(BASIC) if code != ESCAPE}
ALONE: dict[Alphabet, int] = {"gsm-7": 160, "ucs-2": 70}
OF_SEVERAL: dict[Alphabet, int] = {"gsm-7": 153, "ucs-2": 67}
MOST_SEGMENTS = 255


class Sms(msgspec.Struct, frozen=True):
    """A text cut into segments, none of which cuts a letter."""

    alphabet: Alphabet
    segments: tuple[str, ...]


def sms_of(text: str, *, is_transliterated: bool = False) -> Sms:
    """A text as it is sent; transliterated, letters outside the GSM alphabet become Latin ones without accents."""
    if is_transliterated:
        text = "".join(letter if _is_gsm(letter) else in_latin(letter) for letter in _by_words(text))
    alphabet: Alphabet = "gsm-7" if all(map(_is_gsm, text)) else "ucs-2"
    if sum(places(letter, alphabet) for letter in text) <= ALONE[alphabet]:
        return Sms(alphabet, (text,))
    segments = tuple(_cut(text, alphabet))
    if len(segments) > MOST_SEGMENTS:
        raise InvalidValue(f"needs {len(segments)} segments of SMS, and {MOST_SEGMENTS} is the most", field="text",
                           value=f"{text[:40]}...")  # fmt: skip
    return Sms(alphabet, segments)


def places(letter: str, alphabet: Alphabet) -> int:
    """How many places of a segment a letter takes."""
    if alphabet == "gsm-7":
        return 2 if letter in EXTENSION else 1
    return 2 if ord(letter) > 0xFFFF else 1


def encoded_gsm(text: str) -> bytes:
    """A text of the GSM alphabet, a code in each byte, as SMPP carries it."""
    return bytes(code for letter in text for code in _codes(letter))


def decoded_gsm(content: bytes) -> str:
    """The text of codes of the GSM alphabet; a code that it does not have is shown as a question mark."""
    extended = {code: letter for letter, code in EXTENSION.items()}
    codes = iter(content)
    return "".join(
        extended.get(next(codes, ESCAPE), "?") if code == ESCAPE else (BASIC[code] if code < len(BASIC) else "?")
        for code in codes
    )


def _codes(letter: str) -> tuple[int, ...]:
    return (ESCAPE, EXTENSION[letter]) if letter in EXTENSION else (CODES[letter],)


def _is_gsm(text: str) -> bool:
    return all(letter in CODES or letter in EXTENSION for letter in text)


def _by_words(text: str) -> list[str]:
    """The words of a text and what stands between: a word of Cyrillic is transliterated as a whole."""
    parts: list[str] = []
    for letter in text:
        if parts and letter.isalpha() and parts[-1][-1].isalpha():
            parts[-1] += letter
        else:
            parts.append(letter)
    return parts


def _cut(text: str, alphabet: Alphabet) -> Iterator[str]:
    begins, taken = 0, 0
    for index, letter in enumerate(text):
        needed = places(letter, alphabet)
        if taken + needed > OF_SEVERAL[alphabet]:
            yield text[begins:index]
            begins, taken = index, 0
        taken += needed
    yield text[begins:]
