"""The pages of the documentation: README, docs/ and the other pages beside the code; what they link to and show."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
# A path in the text: `src/commands/bus.py`, `tests/samples/`, `benchmarks/README.md`.
PATH = re.compile(r"(?:src|tests|docs|benchmarks|migrations|billing_core|commands|projections|adapters)/[\w./-]*")
# A module in the text: `billing_core.kernel.money`.
MODULE = re.compile(r"(?:billing_core|commands|projections|adapters|tests)(?:\.[a-z_]+)+")


class Shown(NamedTuple):
    """A command of the program that a page shows: the words after `billing`."""

    page: str
    line: int
    words: tuple[str, ...]


def pages() -> list[Path]:
    """Every page, the README first."""
    beside = [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", REPOSITORY / "CHANGELOG.md"]
    return [*beside, REPOSITORY / "benchmarks" / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]


def name_of(page: Path) -> str:
    """How a message names a page."""
    return page.relative_to(REPOSITORY).as_posix()


def anchors_of(text: str) -> set[str]:
    """The places of a page that a link can name: its headings in small letters, with hyphens for spaces."""
    headings = HEADING.findall(FENCE.sub("", text))
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> Iterator[str]:
    """The relative links of a page that lead to no file, or to no heading in it."""
    text = page.read_text(encoding="utf-8")
    for target in LINK.findall(FENCE.sub("", text)):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        if not found.exists() or (anchor and anchor not in anchors_of(found.read_text(encoding="utf-8"))):
            yield f"{name_of(page)}: {target}"


def missing_places(page: Path) -> Iterator[str]:
    """The files, folders and modules of the project that a page names and that do not exist."""
    for span in SPAN.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if PATH.fullmatch(span) and not any((root / span).exists() for root in (REPOSITORY, REPOSITORY / "src")):
            yield f"{name_of(page)}: {span}"
        if MODULE.fullmatch(span) and not _is_module(span):
            yield f"{name_of(page)}: {span}"


def _is_module(name: str) -> bool:
    """A module, or a name that stands in one."""
    *parents, last = name.split(".")
    for root in (REPOSITORY, REPOSITORY / "src"):
        whole, parent = root.joinpath(*parents, last), root.joinpath(*parents)
        if whole.is_dir() or whole.with_suffix(".py").exists():
            return True
        if parent.with_suffix(".py").exists() and re.search(
            rf"^(?:def|class|)\s*{last}\b", parent.with_suffix(".py").read_text(encoding="utf-8"), re.MULTILINE
        ):
            return True
    return False


def shown_commands(page: Path) -> Iterator[Shown]:
    """The commands of the program in the code blocks and in the text of a page."""
    text = page.read_text(encoding="utf-8")
    for fence in FENCE.finditer(text):
        first_line = text.count("\n", 0, fence.start()) + 2
        if fence[1] in ("sh", "console"):
            yield from _in_block(page, fence[2], first_line, is_console=fence[1] == "console")
    blank = FENCE.sub(lambda found: "\n" * found[0].count("\n"), text)
    for number, line in enumerate(blank.splitlines(), start=1):
        for span in SPAN.findall(line):
            if span.startswith("billing ") and "NAME" not in span and "..." not in span:
                yield Shown(name_of(page), number, tuple(shlex.split(span)[1:]))


def _in_block(page: Path, block: str, first_line: int, *, is_console: bool) -> Iterator[Shown]:
    """The commands of a block; in a session they stand after a prompt, and the rest is output."""
    lines = block.replace("\\\n", "  ").splitlines()
    for number, line in enumerate(lines, start=first_line):
        if is_console and not line.startswith("$ "):
            continue
        words = shlex.split(line.removeprefix("$ "), comments=True)
        if words[:1] == ["billing"]:
            yield Shown(name_of(page), number, tuple(words[1:]))
