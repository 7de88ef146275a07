"""The catalogues of translations: plain `.po` files in the package, compiled in memory at first use.

Each area has a file of its own in each language, `catalogues/LANGUAGE/AREA.po`; they are merged when they are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from billing_core.kernel.errors import NotFound
from billing_core.kernel.languages import LANGUAGES


@cache
def translations(language: str) -> Translations:
    """All translations into a language; those of English are the texts themselves."""
    if language not in LANGUAGES:
        raise NotFound(
            f"the program does not speak it; it speaks {', '.join(LANGUAGES)}", field="language", value=language
        )
    compiled = BytesIO()
    write_mo(compiled, _merged(language))
    compiled.seek(0)
    return Translations(compiled)


def _merged(language: str) -> Catalog:
    merged = Catalog(language)
    for file in catalogue_files(language):
        for message in read_catalogue(file, language):
            if message.id:
                merged[message.id] = message
    return merged


def catalogue_files(language: str) -> Iterator[Traversable]:
    """The files of a language, by name; English has none."""
    folder = files(__package__).joinpath("catalogues", language)
    if not folder.is_dir():
        return
    yield from sorted((file for file in folder.iterdir() if file.name.endswith(".po")), key=lambda file: file.name)


def read_catalogue(file: Traversable, language: str) -> Catalog:
    """The messages of one file."""
    with file.open("rb") as opened:
        return read_po(opened, locale=language, abort_invalid=True)
