"""How is a word of Cyrillic or Armenian letters written in Latin ones?

People spell such names in several ways, so a word has several spellings, without accents:

    Живков       zhivkov, zivkov            by the English manner, and by that of Czech and of scholars
    Хачатурян    hachaturyan, khachaturyan, chacaturjan
    Երևանյան     yerevanyan, erevanjan

A customer is kept under the spellings of the name, and a text is sought under its own, so either finds the other.

A whole text has one spelling in Latin letters, by the English manner, with its capitals and without accents:

    Щастлив път, Иване!  ->  Shtastliv pat, Ivane!        Dlužíte 20 €, účet č. 7  ->  Dluzite 20 €, ucet c. 7
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from unicodedata import combining, normalize

COMMON = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "з": "z", "и": "i", "к": "k", "л": "l",
    "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "ь": "", "э": "e",
    "ы": "y", "і": "i", "ї": "yi", "є": "ye", "ґ": "g", "ў": "u", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c",
    "џ": "dz", "ѓ": "g", "ќ": "k", "ѕ": "dz", "ѝ": "i",
    "ա": "a", "բ": "b", "գ": "g", "դ": "d", "ե": "e", "զ": "z", "է": "e", "ը": "y", "թ": "t", "ի": "i", "լ": "l",
    "կ": "k", "հ": "h", "ձ": "dz", "մ": "m", "ն": "n", "ո": "o", "պ": "p", "ռ": "r", "ս": "s", "վ": "v", "տ": "t",
    "ր": "r", "ւ": "v", "փ": "p", "ք": "k", "օ": "o", "ֆ": "f", "ղ": "gh", "և": "ev",
}  # fmt: skip
# The law of Bulgaria of 2009, which is that of the English manner; Armenian as in passports.
ENGLISH = COMMON | {
    "ж": "zh", "й": "y", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ъ": "a", "ю": "yu", "я": "ya",
    "ժ": "zh", "խ": "kh", "ծ": "ts", "ճ": "ch", "յ": "y", "շ": "sh", "չ": "ch", "ջ": "j", "ց": "ts",
}  # fmt: skip
# Passports of Russia and most names of Russians abroad.
RUSSIAN = ENGLISH | {"х": "kh", "щ": "shch", "ъ": ""}
# Czech and the manner of scholars, without their accents.
SCHOLARLY = COMMON | {
    "ж": "z", "й": "j", "х": "ch", "ц": "c", "ч": "c", "ш": "s", "щ": "st", "ъ": "a", "ю": "ju", "я": "ja",
    "ժ": "z", "խ": "ch", "ծ": "c", "ճ": "c", "յ": "j", "շ": "s", "չ": "c", "ջ": "dz", "ց": "c",
}  # fmt: skip
# What the first letter of an Armenian word is in the English manner.
FIRST = {"ե": "ye", "ո": "vo"}
SCHEMES: tuple[tuple[Mapping[str, str], Mapping[str, str]], ...] = (
    (ENGLISH, FIRST), (RUSSIAN, FIRST), (SCHOLARLY, {}),
)  # fmt: skip
LETTERS = frozenset(COMMON) | frozenset(ENGLISH)
WORD = re.compile(r"\w+")
# Letters that carry no accent of Unicode, and signs for which every alphabet has another one.
PLAIN = str.maketrans({
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i",
    "„": '"', "“": '"', "”": '"', "«": '"', "»": '"', "‚": "'", "‘": "'", "’": "'", "՛": "'", "՚": "'",
    "–": "-", "—": "-", "−": "-", "…": "...", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "№": "No.",
    "։": ":", "՝": ",", "՜": "!", "՞": "?",
})  # fmt: skip


def spellings(word: str) -> tuple[str, ...]:
    """The Latin spellings of a word in small letters, each once; none of a word that has no such letters."""
    if LETTERS.isdisjoint(word):
        return ()
    joined = word.replace("ու", "u")
    return tuple(dict.fromkeys(_spelt(joined, letters, first) for letters, first in SCHEMES))


def _spelt(word: str, letters: Mapping[str, str], first: Mapping[str, str]) -> str:
    beginning = first.get(word[0], letters.get(word[0], word[0]))
    return beginning + "".join(letters.get(letter, letter) for letter in word[1:])


def in_latin(text: str) -> str:
    """A text in Latin letters without accents; what no table knows stays as it is."""
    written = WORD.sub(lambda found: _written(found[0]), text)
    return "".join(letter for letter in normalize("NFKD", written.translate(PLAIN)) if not combining(letter))


def _written(word: str) -> str:
    """A word with its capitals: `Щука` is `Shtuka`, `ЩУКА` is `SHTUKA`."""
    if LETTERS.isdisjoint(word.lower()):
        return word
    spelt = _spelt(word.lower().replace("ու", "u"), ENGLISH, FIRST)
    if word.isupper() and len(word) > 1:
        return spelt.upper()
    return spelt[:1].upper() + spelt[1:] if word[0].isupper() else spelt
