"""YAML whose values are kept as written, so that 19.90 stays 19.90, 01 stays 01 and Yes stays Yes; and places in it.

A fault has a location in the data. `Document` translates it to a line of the file and a path: `line 7,
tariffs[0].components[2].tiers[1].up_to`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import yaml
from pydantic import ValidationError

from adapters.edge.faults import Part, explained, found_in
from adapters.edge.models import AnyStruct, read_struct
from billing_core.kernel.errors import InvalidValue


class FilePart(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a file: its fields are what may stand in it, in the words of `adapters.edge.words`."""


class AsWritten(yaml.BaseLoader):
    """Keeps every value as the text that is written, and refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class Document(NamedTuple):
    """The content of a file, and the tree with its lines; `file` is its name in errors."""

    file: str
    written: Any
    root: yaml.Node | None

    def read_as(self, struct: type[AnyStruct]) -> AnyStruct:
        """Its content as a struct; all its faults, each with line and place, in one `InvalidValue`."""
        try:
            return read_struct(struct, self.written)
        except ValidationError as error:
            faults = (explained(fault, self.place) for fault in error.errors())
            raise InvalidValue("; ".join(faults), field=self.file) from None

    def line(self, location: Sequence[Part]) -> int:
        """The line of the place, or of the innermost part of it that stands in the file."""
        line = 1 if self.root is None else self.root.start_mark.line + 1
        node = self.root
        for part in found_in(self.written, location):
            if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
                node = node.value[part]
                line = node.start_mark.line + 1
            elif isinstance(node, yaml.MappingNode):
                entries = {key.value: (key, value) for key, value in node.value}
                if part in entries:
                    key, node = entries[part]
                    line = key.start_mark.line + 1
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
    """The content of a YAML file; `InvalidValue` if it is not well-formed."""
    try:
        loader = AsWritten(path.read_text(encoding="utf-8"))
        root = loader.get_single_node()
        return Document(file_field(path), None if root is None else loader.construct_document(root), root)
    except yaml.MarkedYAMLError as error:
        where = error.problem_mark or error.context_mark
        place = "" if where is None else f"line {where.line + 1}, column {where.column + 1}: "
        raise InvalidValue(f"{place}is not well-formed YAML: {error.problem}", field=file_field(path)) from None
    except (yaml.YAMLError, UnicodeError) as error:
        raise InvalidValue(f"is not well-formed YAML: {' '.join(str(error).split())}", field=file_field(path)) from None


def file_field(path: Path) -> str:
    """How an error names the file."""
    return f"file {str(path)!r}"
