"""What every profile of a CSV file says alike: delimiter, encoding, columns with codes, texts made of columns.

Does not know which fields a profile fills.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from adapters.edge.values import Kept
from billing_core.kernel.errors import InvalidValue

COLUMN_IN_TEXT = re.compile(r"\{([^{}]+)\}")

Cells = Mapping[str, str]


def _require_text(text: str) -> None:
    if not COLUMN_IN_TEXT.search(text):
        raise ValueError("names no column in braces; write it under constants")
    if set("{}") & set(COLUMN_IN_TEXT.sub("", text)):
        raise ValueError("has a brace without its other half")


def _require_delimiter(delimiter: str) -> None:
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise ValueError("must be one character, and none of quotes and ends of lines")


def _require_encoding(encoding: str) -> None:
    try:
        " ".encode(encoding)
    except LookupError:
        raise ValueError("is not an encoding; write for example utf-8 or cp1251") from None


Delimiter = Annotated[str, Kept(_require_delimiter)]
Encoding = Annotated[str, Kept(_require_encoding)]
TextOfColumns = Annotated[str, Kept(_require_text)]


def as_list(written: Any) -> Any:
    """One field may be written without the brackets of a list."""
    return [written] if isinstance(written, str) else written


def as_column(written: Any) -> Any:
    """A column that only fills fields may be written as these fields."""
    return {"to": written} if isinstance(written, str | list) else written


def require_filled_once(filled: Sequence[str], required: Iterable[str]) -> None:
    """No field is filled twice, and something fills each required one; else `ValueError`."""
    seen: set[str] = set()
    for field in filled:
        if field in seen:
            raise ValueError(f"the field {field} is filled twice; leave one of the two")
        seen.add(field)
    for field in required:
        if field not in seen:
            raise ValueError(f"nothing fills the field {field}; name a column for it, or a constant")


def meaning(values: Mapping[str, str] | None, column: str, cell: str) -> str:
    """What a cell stands for, if the profile lists the codes of its column; else the cell."""
    if values is None:
        return cell
    try:
        return values[cell]
    except KeyError:
        raise InvalidValue(
            f"is none of the values that the profile knows: {', '.join(values)}", field=column, value=cell
        ) from None


def text_of(text: str, cells: Cells) -> str:
    """A text with its columns in braces replaced by their cells: `{First} {Last}` -> `Anna Ozola`."""
    return COLUMN_IN_TEXT.sub(lambda match: cells[match[1]], text).strip()
