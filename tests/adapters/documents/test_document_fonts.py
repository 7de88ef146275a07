"""Every character of a name is drawn by a font that has it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from adapters.documents.fonts import REPLACEMENT, package_file, printable, runs, typeface, width_em

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


def test_a_character_that_no_font_has_is_replaced_visibly():
    assert printable("漢 Ivan \x07") == f"{REPLACEMENT} Ivan"
    assert all(REPLACEMENT in typeface(weight)[1].widths for weight in ("regular", "semibold"))


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
