"""The fields of a command from a file in JSON or YAML.

Everything is kept as written: 19.90 stays 19.90 and 01 stays 01; the command reads the text. Only a bare `null`, or an
empty value, means no value.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from adapters.files.plain_values import MOST_BYTES, Unreadable, plain_values
from adapters.files.yaml_documents import read_text, text_of
from billing_core.kernel.errors import InvalidValue

STANDARD_INPUT = "-"


def read_fields(path: str) -> dict[str, Any]:
    """The fields that a file holds; `-` reads standard input."""
    text = _standard_input() if path == STANDARD_INPUT else read_text(Path(path), path)
    try:
        values = plain_values(text, null_is_none=True).value
    except Unreadable as unreadable:
        raise InvalidValue(str(unreadable), field="file", value=path) from None
    if not isinstance(values, dict):
        raise InvalidValue("must hold the fields of a command, as in `code: internet`", field="file", value=path)
    return values


def _standard_input() -> str:
    return text_of(sys.stdin.buffer.read(MOST_BYTES + 1), STANDARD_INPUT)
