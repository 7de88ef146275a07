"""The typefaces of printed documents: Noto Sans for Latin and Cyrillic, DejaVu Sans for the rest.

All come from installed packages. Decides which font draws which character of a text, so that a name in any of these
scripts is drawn without a missing glyph. Does not decide sizes or places.

Arabic, Devanagari and Thai are shaped: which glyphs a word has, and where, is known from the whole word alone
(`adapters.documents.scripts`). A text in letters that no font has is refused, for a name with gaps is another name; a
sign that no font has leaves a visible gap.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Literal, NamedTuple

from bidi.algorithm import get_display
from fontTools import subset
from fontTools.ttLib import TTFont as FontFile
from fontTools.varLib import instancer
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont as PdfFont
from reportlab.pdfbase.ttfonts import shapeStr

from adapters.documents.scripts import SHAPED, ShapedScript, is_right_to_left, require_printable, script_of

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
    is_shaped: bool = False


class Run(NamedTuple):
    """A piece of text that one font draws; shaped text knows the place of each of its glyphs."""

    font: EmbeddedFont
    text: str

    @property
    def width(self) -> float:
        """Its width, 1000 = 1 em."""
        places = getattr(self.text, "__shapeData__", None)
        if places is None:
            return sum(self.font.widths[character] for character in self.text)
        return float(sum(place.x_advance for place in places))


def printable(text: str) -> str:
    """The text with composed accents and single spaces, and a visible replacement for what cannot be drawn."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    spaced = BREAKABLE_SPACE.sub(" ", text)
    if not (spaced.isascii() and spaced.isprintable()):
        spaced = "".join(_drawable(character, text) for character in spaced)
    return spaced.strip()


def _drawable(character: str, text: str) -> str:
    if unicodedata.category(character) in INVISIBLE_CATEGORIES:
        return ""
    is_drawn = any(character in font.widths for font in _fonts_of(character, "regular"))
    require_printable(character, is_drawn, text)
    return character if is_drawn else REPLACEMENT


@lru_cache(maxsize=4096)
def runs(text: str, weight: Weight) -> tuple[Run, ...]:
    """The text cut into runs of one font each, from left to right on paper; a space stays where it is."""
    return tuple(_shaped(run) for run in _unshaped(get_display(text) if is_right_to_left(text) else text, weight))


def _unshaped(text: str, weight: Weight) -> Iterator[Run]:
    """The runs: each character in the first font that has it."""
    font, piece = None, ""
    for character in text:
        if font is not None and character in SPACES and character in font.widths:
            piece += character
            continue
        found = next(each for each in _fonts_of(character, weight) if character in each.widths)
        if font is not None and found is not font:
            yield Run(font, piece)
            piece = ""
        font, piece = found, piece + character
    if font is not None:
        yield Run(font, piece)


def _shaped(run: Run) -> Run:
    """The run with the glyphs of its words. Those from right to left are shaped as they are read."""
    if not run.font.is_shaped:
        return run
    as_read = run.text[::-1] if is_right_to_left(run.text) else run.text
    return Run(run.font, shapeStr(as_read, run.font.name, 1, force=True))


def _fonts_of(character: str, weight: Weight) -> tuple[EmbeddedFont, ...]:
    script = None if character.isascii() else script_of(character)
    return typeface(weight) if script is None else (_shaped_font(script, weight),)


@lru_cache(maxsize=4096)
def width_em(text: str, weight: Weight) -> float:
    """How wide the text is, in multiples of the font size."""
    return sum(run.width for run in runs(text, weight)) / 1000


@lru_cache(maxsize=len(NOTO_WEIGHTS))
def typeface(weight: Weight) -> tuple[EmbeddedFont, ...]:
    """The fonts of one weight in order of preference, registered for PDF."""
    return (
        _registered(f"NotoSans-{weight.title()}", BytesIO(_noto_sans(weight))),
        _registered(f"DejaVuSans-{weight.title()}", package_file("matplotlib", DEJAVU_FILES[weight])),
    )


@lru_cache(maxsize=len(NOTO_WEIGHTS) * len(SHAPED))
def _shaped_font(script: ShapedScript, weight: Weight) -> EmbeddedFont:
    """The font of a script, with the tables by which it is shaped; cut when it is first needed."""
    font = FontFile(package_file(script.package, script.file), recalcTimestamp=False)
    instancer.instantiateVariableFont(font, {"wght": NOTO_WEIGHTS[weight], "wdth": 100}, inplace=True)
    name = f"NotoSans{script.name}-{weight.title()}"
    font["name"].setName(name, 6, 3, 1, 0x409)
    file = BytesIO()
    font.save(file)
    return _registered(name, BytesIO(file.getvalue()))._replace(is_shaped=True)


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
