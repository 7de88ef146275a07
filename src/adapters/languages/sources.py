"""The texts that the program's modules and templates mark as translatable, by area.

An area of texts is a folder: each folder of `adapters/pages` is the area of its name, what stands in no folder of it
belongs to `frame`, the printed documents are `printed`, the files of reports and dashboards `report_files`, and the
words around a report that is written to a file are among its pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract

from adapters.languages.codes import REPORT_FILES

SOURCE = Path(__file__).parents[2]
PAGES = Path("adapters", "pages")
# The printed documents, and the phrases that explain their amounts.
DOCUMENTS = (Path("adapters", "documents"), Path("billing_core", "kernel", "phrases.py"))
PRINTED = "printed"
# The files of reports are texts of the back office, on paper too.
TABLES = (Path("adapters", "files", "reports"), Path("adapters", "documents", "report_paper.py"))
OF_TABLES = "reports"
# Files of data, and what in them is shown.
REPORTS = (Path("adapters", "reports", "catalogue"), Path("adapters", "reports", "dashboards"))
SHOWN_OF_REPORTS = frozenset({"title", "question", "about"})
FRAME = "frame"

DATA_ENDING = ".yaml"
TEMPLATE_ENDINGS = (".html", ".j2", ".svg", ".txt")
KEYWORDS: Mapping[str, Any] = {**DEFAULT_KEYWORDS, "Wording": {1: (1,), 2: (1, 2)}, "said": None}
# As `templates.speak` sets it; a template with a mistake is an error, not a template without texts.
TEMPLATE_OPTIONS = {"extensions": "jinja2.ext.do", "trimmed": "true", "newstyle_gettext": "true", "silent": "false"}


def marked_texts(source: Path = SOURCE) -> Mapping[str, Catalog]:
    """The texts of each area that has any, untranslated."""
    found: dict[str, Catalog] = {}
    for area, file in _sources(source):
        for texts, context in _texts_of(file):
            catalog = found.setdefault(area, Catalog())
            catalog.add(texts, context=context, locations=[(file.relative_to(source).as_posix(), 0)])
    return found


def _sources(source: Path) -> Iterator[tuple[str, Path]]:
    """Each file that may have texts, with its area; in the order of their names."""
    for place in DOCUMENTS:
        for file in _files(source / place):
            if file.relative_to(source) not in TABLES:
                yield PRINTED, file
    for place in TABLES:
        for file in _files(source / place):
            yield OF_TABLES, file
    for place in REPORTS:
        for file in _files(source / place):
            yield REPORT_FILES, file
    pages = source / PAGES
    for file in _files(pages):
        folders = file.relative_to(pages).parts[:-1]
        yield folders[0] if folders else FRAME, file


def _files(place: Path) -> Iterable[Path]:
    """The files of a folder, or the one that is named."""
    found = [place] if place.is_file() else place.rglob("*")
    return sorted(file for file in found if file.suffix in (".py", DATA_ENDING, *TEMPLATE_ENDINGS))


def _texts_of(file: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """Each text of a file, or its singular and plural, and the context in which it stands."""
    if file.suffix == DATA_ENDING:
        yield from ((text, None) for text in _shown_in(msgspec.yaml.decode(file.read_bytes())))
        return
    method, options = ("python", {}) if file.suffix == ".py" else ("jinja2", TEMPLATE_OPTIONS)
    with file.open("rb") as opened:
        for _, texts, _, context in extract(method, opened, KEYWORDS, options=options):
            yield texts, context


def _shown_in(value: Any) -> Iterator[str]:
    """The texts of a file of data that are shown, however deep they stand."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            if name in SHOWN_OF_REPORTS and isinstance(each, str):
                yield each
            else:
                yield from _shown_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _shown_in(each)
