"""The typefaces of printed documents: Noto Sans for Latin and Cyrillic, DejaVu Sans for the rest.

Both come from installed packages. Decides which font draws which character of a text, so that a name in any of
these scripts is drawn without a missing glyph. Does not decide sizes or places.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Literal, NamedTuple

from fontTools import subset
from fontTools.ttLib import TTFont as FontFile
from fontTools.varLib import instancer
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont as PdfFont

Weight = Literal["regular", "semibold"]

NOTO_SANS = "files/NotoSans[wdth,wght].ttf"
NOTO_WEIGHTS: dict[Weight, int] = {"regular": 400, "semibold": 600}
DEJAVU_FILES: dict[Weight, str] = {
    "regular": "mpl-data/fonts/ttf/DejaVuSans.ttf",
    "semibold": "mpl-data/fonts/ttf/DejaVuSans-Bold.ttf",
}

# Noto Sans is one variable file; each weight is cut from it once per process. Cutting only these characters takes
# tenths of a second instead of many; DejaVu Sans draws the rest (Greek, Vietnamese, Armenian, Georgian).
NOTO_CHARACTERS = [
    *range(0x20, 0x180),  # Latin
    *range(0x218, 0x21C),  # Romanian comma letters
    *range(0x400, 0x460),  # Cyrillic
    *range(0x490, 0x492),  # Ukrainian
    *range(0x2010, 0x2050),  # punctuation
    *range(0x20A0, 0x20D0),  # currency signs
    0x2116,  # numero sign
    0x2122,  # trade mark
    0x2212,  # minus
]
TABLES_NOT_PRINTED = ("GDEF", "GPOS", "GSUB", "HVAR", "MVAR")

# Drawn in place of a character that no font has, so that the gap is seen.
REPLACEMENT = "\ufffd"
BREAKABLE_SPACE = re.compile(r"[^\S\u00a0\u202f]+")
SPACES = " \u00a0"
INVISIBLE_CATEGORIES = ("Cc", "Cf")


class EmbeddedFont(NamedTuple):
    """A font registered for PDF, with the advance width of every character that it can draw (1000 = 1 em)."""

    name: str
    widths: Mapping[str, float]


class Run(NamedTuple):
    """A piece of text that one font draws."""

    font: EmbeddedFont
    text: str


def printable(text: str) -> str:
    """The text with composed accents and single spaces, and a visible replacement for what cannot be drawn."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    spaced = BREAKABLE_SPACE.sub(" ", text)
    if not (spaced.isascii() and spaced.isprintable()):
        spaced = "".join(_drawable(character) for character in spaced)
    return spaced.strip()


def _drawable(character: str) -> str:
    if unicodedata.category(character) in INVISIBLE_CATEGORIES:
        return ""
    return character if any(character in font.widths for font in typeface("regular")) else REPLACEMENT


@lru_cache(maxsize=4096)
def runs(text: str, weight: Weight) -> tuple[Run, ...]:
    """The text cut into runs of one font each: the first that has the character; a space stays where it is."""
    pieces: list[Run] = []
    for character in text:
        if pieces and character in SPACES:
            font = pieces[-1].font
        else:
            font = next(font for font in typeface(weight) if character in font.widths)
        if pieces and pieces[-1].font is font:
            pieces[-1] = Run(font, pieces[-1].text + character)
        else:
            pieces.append(Run(font, character))
    return tuple(pieces)


@lru_cache(maxsize=4096)
def width_em(text: str, weight: Weight) -> float:
    """How wide the text is, in multiples of the font size."""
    return sum(run.font.widths[character] for run in runs(text, weight) for character in run.text) / 1000


@lru_cache(maxsize=len(NOTO_WEIGHTS))
def typeface(weight: Weight) -> tuple[EmbeddedFont, ...]:
    """The fonts of one weight in order of preference, registered for PDF."""
    return (
        _registered(f"NotoSans-{weight.title()}", BytesIO(_noto_sans(weight))),
        _registered(f"DejaVuSans-{weight.title()}", package_file("matplotlib", DEJAVU_FILES[weight])),
    )


def package_file(package: str, relative: str) -> Path:
    """A data file of an installed package, found without importing the package."""
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        if (path := Path(folder) / relative).is_file():
            return path
    raise FileNotFoundError(f"font {relative!r} is not in package {package!r}; install the package again")


def _noto_sans(weight: Weight) -> bytes:
    """One weight of Noto Sans as a font file of its own, the same bytes in every process."""
    font = FontFile(package_file("fontpkg_noto_sans", NOTO_SANS), lazy=True, recalcTimestamp=False)
    for table in TABLES_NOT_PRINTED:
        del font[table]
    subsetter = subset.Subsetter(subset.Options(hinting=False, glyph_names=False, notdef_outline=True))
    subsetter.populate(unicodes=NOTO_CHARACTERS)
    subsetter.subset(font)
    instancer.instantiateVariableFont(font, {"wght": NOTO_WEIGHTS[weight], "wdth": 100}, inplace=True)
    # A PDF distinguishes embedded fonts by their PostScript name, and both weights would inherit the same one.
    font["name"].setName(f"NotoSans-{weight.title()}", 6, 3, 1, 0x409)
    file = BytesIO()
    font.save(file)
    return file.getvalue()


def _registered(name: str, file: BytesIO | Path) -> EmbeddedFont:
    font = PdfFont(name, file if isinstance(file, BytesIO) else str(file), asciiReadable=0)
    pdfmetrics.registerFont(font)
    widths = font.face.charWidths
    return EmbeddedFont(name, {chr(code): widths[code] for code in font.face.charToGlyph if code in widths})
