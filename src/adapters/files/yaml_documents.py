"""The files that people write, in YAML or JSON: their content as structs, and the places in them.

A fault has a location in the data. `Document` translates it to a line of the file and a path: `line 7,
tariffs[0].components[2].tiers[1].up_to`.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from pydantic import ValidationError

from adapters.edge.faults import Part, explained_all, found_in
from adapters.edge.models import AnyStruct, read_struct
from adapters.files.plain_values import MOST_BYTES, Lines, Unreadable, plain_values
from billing_core.kernel.errors import InvalidValue, NotFound

YAML = "application/yaml"


class FilePart(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a file: its fields are what may stand in it, in the words of `adapters.edge.words`."""


class Document(NamedTuple):
    """The content of a file, and the lines of its lists and mappings; `file` is its name in errors."""

    file: str
    written: Any
    first_line: int
    lines: Lines

    def read_as(self, struct: type[AnyStruct]) -> AnyStruct:
        """Its content as a struct; all its faults, each with line and place, in one `InvalidValue`."""
        try:
            return read_struct(struct, self.written)
        except ValidationError as error:
            raise InvalidValue(explained_all(error.errors(), self.place), field=self.file) from None

    def line(self, location: Sequence[Part]) -> int:
        """The line of the place, or of the innermost part of it that stands in the file."""
        line, value = self.first_line, self.written
        for part in found_in(self.written, location):
            lines: Any = self.lines.get(id(value))
            try:
                line, value = lines[part], value[part]
            except (TypeError, KeyError, IndexError):  # What is missing, or not written in YAML, has no line.
                break
        return line

    def place(self, location: Sequence[Part]) -> str:
        """Line and path: `line 7, tariffs[0].components[2]`; the last part is named even if it is missing."""
        path = ""
        for part in found_in(self.written, location):
            path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
        return f"line {self.line(location)}, {path}" if path else f"line {self.line(location)}"

    def placed(self, location: Sequence[Part]) -> str:
        """File, line and path."""
        return f"{self.file}: {self.place(location)}"


def read_document(path: Path) -> Document:
    """The content of a YAML or JSON file; `InvalidValue` if it is not well-formed or beyond the limits."""
    return document_in(read_text(path, path), file_field(path))


def document_in(text: str, file: str) -> Document:
    """The content of a text in YAML or JSON."""
    try:
        return Document(file, *plain_values(text))
    except Unreadable as unreadable:
        raise InvalidValue(str(unreadable), field=file) from None


def read_text(source: Traversable, name: object) -> str:
    """The text of a file; `NotFound` if it cannot be read, `InvalidValue` if it is too large or not in UTF-8."""
    try:
        with source.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise NotFound(f"cannot be read: {error.strerror}", field="file", value=name) from None
    return text_of(content, name)


def text_of(content: bytes, name: object) -> str:
    """The text that bytes hold, within the limit of a file."""
    if len(content) > MOST_BYTES:
        raise InvalidValue(f"is larger than {MOST_BYTES // 2**20} MiB; split it", field="file", value=name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeError as error:
        raise InvalidValue(f"is not text in UTF-8: {error}", field="file", value=name) from None


def file_field(path: Path) -> str:
    """How an error names the file."""
    return f"file {str(path)!r}"
