"""Every character of a name is drawn by a font that has it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from adapters.documents.fonts import REPLACEMENT, package_file, printable, runs, typeface, width_em
from billing_core.kernel.errors import InvalidValue

NAMES = [
    "Արամ Խաչատրյան և Որդիներ",
    "Иван Петров, Ґалаґан Їжакевич",
    "Žluťoučký kůň úpěl ďábelské ódy",
    "Übergrößenträger & Cie. – „Łódź“ €5 №7",
    "Ștefan Țurcanu",
    "Ελλάδα, Việt Nam, საქართველო",
    "Արամ of Brno, Иван",
]


@pytest.mark.parametrize("weight", ["regular", "semibold"])
@pytest.mark.parametrize("name", NAMES)
def test_no_character_of_a_name_is_lost(name, weight):
    pieces = runs(printable(name), weight)
    assert "".join(piece.text for piece in pieces) == name
    for piece in pieces:
        assert set(piece.text) <= set(piece.font.widths)


def test_latin_and_cyrillic_are_one_family_and_armenian_another():
    families = [(piece.font.name.split("-")[0], piece.text) for piece in runs("Ivan Иван Արամ X", "regular")]
    assert families == [("NotoSans", "Ivan Иван "), ("DejaVuSans", "Արամ "), ("NotoSans", "X")]


def test_accents_are_composed_and_spaces_are_single():
    assert printable("  Z\u030clut\u00fd \t\n ku\u030an\u030c\u200b ") == "Žlutý kůň"


def test_a_space_that_must_not_break_is_kept():
    assert printable("1\u00a0234.50\u00a0EUR") == "1\u00a0234.50\u00a0EUR"


def test_a_sign_that_no_font_has_is_replaced_visibly():
    assert printable("\U0001f9ff Ivan \x07") == f"{REPLACEMENT} Ivan"
    assert all(REPLACEMENT in typeface(weight)[1].widths for weight in ("regular", "semibold"))


@pytest.mark.parametrize("name", ["漢字 Ivan", "한국", "ଓଡ଼ିଆ", "ދިވެހި", "ߒߞߏ"])
def test_a_name_in_letters_that_no_font_draws_is_refused_and_names_the_letter(name):
    with pytest.raises(InvalidValue, match=f"{re.escape(repr(name))}: cannot be printed: no installed font draws"):
        printable(name)


def test_hebrew_is_drawn_from_right_to_left_and_its_brackets_are_turned():
    assert "".join(run.text for run in runs("שלום (אב) 12", "regular")) == "12 (בא) םולש"


def test_arabic_words_are_joined_and_stand_from_right_to_left_with_figures_from_left_to_right():
    number, word = runs("مرحبا 12", "regular")
    assert (number.text.strip(), number.font.name) == ("12", "NotoSans-Regular")
    alone = sum(width_em(letter, "regular") for letter in "مرحبا")
    assert word.font.name == "NotoSansArabic-Regular" and word.width / 1000 < alone


@pytest.mark.parametrize(("text", "font"), [("क्षत्रिय", "NotoSansDevanagari"), ("ที่นี่", "NotoSansThai")])
def test_hindi_and_thai_are_shaped_by_word(text, font):
    (run,) = runs(printable(text), "regular")
    assert run.font.name == f"{font}-Regular"
    glyphs = [(place.x_advance, place.x_offset, place.y_offset) for place in getattr(run.text, "__shapeData__", ())]
    assert glyphs != [(run.font.widths.get(letter), 0, 0) for letter in text]  # Marks stand above their letters.


def test_figures_are_tabular_so_that_amounts_stand_in_columns():
    for weight in ("regular", "semibold"):
        assert len({width_em(digit, weight) for digit in "0123456789"}) == 1


def test_semibold_is_really_heavier():
    assert width_em("Invoice", "semibold") > width_em("Invoice", "regular")


def test_a_missing_package_is_named():
    with pytest.raises(FileNotFoundError, match="no_such_package"):
        package_file("no_such_package", "font.ttf")


def test_matplotlib_is_not_imported_for_its_fonts():
    code = "import sys; from adapters.documents.fonts import typeface; typeface('regular'); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "fontTools" in run.stdout.split()
    assert "matplotlib" not in run.stdout.split()
