"""The fields of a command from a file in JSON or YAML.

Everything is kept as written: 19.90 stays 19.90 and 01 stays 01; the command reads the text. Only a bare `null`, or an
empty value, means no value.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml

from billing_core.kernel.errors import InvalidValue

STANDARD_INPUT = "-"
NULL_TAG = "tag:yaml.org,2002:null"


def read_fields(path: str) -> dict[str, Any]:
    """The fields that a file holds; `-` reads standard input."""
    try:
        text = sys.stdin.read() if path == STANDARD_INPUT else Path(path).read_text(encoding="utf-8")
    except UnicodeError as error:
        raise InvalidValue(f"is not text in UTF-8: {error}", field="file", value=path) from None
    try:
        values = _parsed(text)
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InvalidValue(f"is neither JSON nor YAML: {reason}", field="file", value=path) from None
    if not isinstance(values, dict):
        raise InvalidValue("must hold the fields of a command, as in `code: internet`", field="file", value=path)
    return values


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_once_each)
    except json.JSONDecodeError:
        return yaml.load(text, Loader=_AsWritten)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise ValueError(f"{name!r} stands twice")
    return dict(pairs)


class _AsWritten(yaml.BaseLoader):
    """Keeps every value as text, except nothing."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        pairs = [(str(key.value), None) for key, _ in node.value]
        _once_each(pairs)
        return super().construct_mapping(node, deep)


_AsWritten.add_implicit_resolver(NULL_TAG, re.compile("^(?:~|null|)$"), ["~", "n", ""])
_AsWritten.add_constructor(NULL_TAG, lambda loader, node: None)
