"""The texts that the program's modules and templates mark as translatable, by area.

An area of texts is a folder: each folder of `adapters/pages` is the area of its name, what stands in no folder of it is
`pages`, and the printed documents are `printed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract

ADAPTERS = Path(__file__).parent.parent
PAGES, DOCUMENTS = "pages", "documents"
PRINTED = "printed"
FRAME = "pages"

TEMPLATE_ENDINGS = (".html", ".j2", ".svg", ".txt")
KEYWORDS = {**DEFAULT_KEYWORDS, "translatable": None}
# As `templates.speak` sets it; a template with a mistake is an error, not a template without texts.
TEMPLATE_OPTIONS = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}


def marked_texts(adapters: Path = ADAPTERS) -> Mapping[str, Catalog]:
    """The texts of each area that has any, untranslated."""
    found: dict[str, Catalog] = {}
    for area, file in _sources(adapters):
        for texts, context in _texts_of(file):
            catalog = found.setdefault(area, Catalog())
            catalog.add(texts, context=context, locations=[(file.relative_to(adapters).as_posix(), 0)])
    return found


def _sources(adapters: Path) -> Iterator[tuple[str, Path]]:
    """Each file that may have texts, with its area; in the order of their names."""
    for file in _files(adapters / DOCUMENTS):
        yield PRINTED, file
    pages = adapters / PAGES
    for file in _files(pages):
        folders = file.relative_to(pages).parts[:-1]
        yield folders[0] if folders else FRAME, file


def _files(folder: Path) -> Iterable[Path]:
    return sorted(file for file in folder.rglob("*") if file.suffix in (".py", *TEMPLATE_ENDINGS))


def _texts_of(file: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """Each text of a file, or its singular and plural, and the context in which it stands."""
    method, options = ("python", {}) if file.suffix == ".py" else ("jinja2", TEMPLATE_OPTIONS)
    with file.open("rb") as opened:
        for _, texts, _, context in extract(method, opened, KEYWORDS, options=options):
            yield texts, context
