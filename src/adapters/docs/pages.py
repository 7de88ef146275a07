"""The reference pages as Markdown: a table for each part of a file, with links between the parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from adapters.docs.files import FILES, File, Part
from adapters.docs.reports import report_pages
from adapters.docs.sentences import has_own, heading, says
from adapters.docs.words import Word, words_of

GENERATED = "This page is generated from the structs that the file becomes: `python -m adapters.docs` writes it."
RULES = (
    "Everything is taken as written: `01` stays `01`, and `19.90` stays exact. A key that is not listed here is an "
    "error, which names the file, the line and the place. A key without a default may be left out unless it is "
    "*required*."
)


def write_pages(folder: Path) -> None:
    """Write every reference page into a folder."""
    for name, text in reference_pages():
        (folder / name).write_text(text, encoding="utf-8")


def reference_pages() -> Iterator[tuple[str, str]]:
    """Each page by its file name."""
    for file in FILES:
        yield f"{file.page}.md", page_of(file)
    yield from report_pages()


def page_of(file: File) -> str:
    """The page of a file: what it is for, then its parts."""
    head = [f"# {file.title}", file.says, f"```sh\n{file.command}\n```", RULES, GENERATED]
    return "\n\n".join([*head, *(_section(part, file) for part in file.parts)]) + "\n"


def _section(part: Part, file: File) -> str:
    lines = [f"## {part.title}", heading(part.key), _tagged(part), _common(part, file)]
    rows = [_row(word, part, file) for word in own_words(part, file)]
    table = ["| key | takes | default | meaning |", "| --- | --- | --- | --- |", *rows] if rows else []
    return "\n\n".join(line for line in [*lines, "\n".join(table)] if line)


def _tagged(part: Part) -> str:
    """The key that distinguishes the part from others in its place."""
    return next(
        (f"Written with `{word.name}: {word.takes.strip('`')}`." for word in words_of(part.model) if _is_tag(word)), ""
    )


def _is_tag(word: Word) -> bool:
    return word.name in ("kind", "do", "does", "model", "by") and re.fullmatch("`[a-z-]+`", word.takes) is not None


def _common(part: Part, file: File) -> str:
    titles = [_title(key, file) for key in part.common]
    links = " and ".join(f"[{title.lower()}](#{_anchor(title)})" for title in titles)
    return f"It has the keys of {links}{', and' if own_words(part, file) else '.'}" if links else ""


def own_words(part: Part, file: File) -> list[Word]:
    """The words of a part that its common parts do not explain, and those with a sentence of its own."""
    common = {word.name for other in file.parts if other.key in part.common for word in words_of(other.model)}
    return [
        word
        for word in words_of(part.model)
        if not _is_tag(word) and (word.name not in common or has_own(part.key, word.name))
    ]


def _row(word: Word, part: Part, file: File) -> str:
    default = "*required*" if word.default == "required" else f"`{word.default}`" if word.default else ""
    takes = f"{word.takes}: {_links(word.parts, file)}" if word.parts else word.takes
    return f"| `{word.name}` | {takes} | {default} | {says(part.key, word.name)} |"


def _links(models: Sequence[Any], file: File) -> str:
    return ", ".join(dict.fromkeys(_link(model, file) for model in models))


def _link(model: Any, file: File) -> str:
    """A link to the explanation of a part: on this page, else on that of another file, else the help of its command."""
    for other in (file, *FILES):
        for part in other.parts:
            if part.model is model:
                page = "" if other is file else f"{other.page}.md"
                return f"[{part.title.lower()}]({page}#{_anchor(part.title)})"
    return f"the fields of `{model.__name__}`"


def _title(key: str, file: File) -> str:
    return next(part.title for part in file.parts if part.key == key)


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")
