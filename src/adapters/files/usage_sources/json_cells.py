"""Cells of records in JSON or XML: one a line, or a file for each call, as switches write them.

    {"variables": {"uuid": "7f3c", "billmsec": 20600}}      -> variables.uuid "7f3c", variables.billmsec "20600"
    <cdr><variables><uuid>7f3c</uuid></variables></cdr>     -> variables.uuid "7f3c"

What a record does not have is an empty cell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import unquote

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from adapters.files.usage_profile import UsageProfile
from adapters.files.usage_rows import RefusedRow
from adapters.files.usage_sources.cells import Cells, text_column
from adapters.files.usage_sources.lines import Block, kept, refused_line
from billing_core.kernel.errors import InvalidValue

MOST_BYTES = 32 * 2**20
NOT_AN_OBJECT = "is not an object in JSON"
# Numbers stay as they are written.
JSON = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
BEGINNING = re.compile(r"\s*\S")
NO_TEXT = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")


class _Record(NamedTuple):
    """A record, and the text in which it came, if it is at hand; its content is no object if it cannot be read."""

    number: int
    content: Any
    text: str = ""

    @property
    def raw(self) -> str:
        if self.text or isinstance(self.content, str):
            return self.text or self.content
        return json.dumps(self.content, ensure_ascii=False)


def json_line_cells(blocks: Iterator[Block], profile: UsageProfile) -> Iterator[Cells]:
    """The cells of lines of which each is an object."""
    for block in blocks:
        numbered = ((int(number), block.lines.text(place)) for place, number in enumerate(block.lines.numbers))
        records = [_Record(number, _loaded(text), text) for number, text in numbered]
        yield _cells(records, profile, block.refused)


def json_file_cells(file: BinaryIO, profile: UsageProfile) -> Iterator[Cells]:
    """The cells of a file of one object, of a list of objects, or of some one after the other."""
    values = list(_values(_whole(file, profile)))
    if not any(isinstance(value, dict | list) for value in values):
        raise InvalidValue(f"{NOT_AN_OBJECT}, or a list of objects", field="file")
    yield object_cells([each for value in values for each in (value if isinstance(value, list) else [value])], profile)


def object_cells(objects: Sequence[Any], profile: UsageProfile) -> Cells:
    """The cells of objects as JSON has them, numbered from 1."""
    return _cells([_Record(number, each) for number, each in enumerate(objects, 1)], profile, ())


def xml_file_cells(file: BinaryIO, profile: UsageProfile) -> Iterator[Cells]:
    """The cells of a file of one record, whose root may have any name."""
    text = _whole(file, profile)
    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise InvalidValue(f"is not a record in XML: {error}", field="file") from None
    yield _cells([_Record(1, _content(root), text)], profile, ())


def _content(element: Any) -> Any:
    """The texts of the elements inside, by name: the first one of a name counts."""
    found: dict[str, Any] = {}
    for inner in element:
        found.setdefault(inner.tag, _content(inner) if len(inner) else inner.text or "")
    return found


def _cells(records: Sequence[_Record], profile: UsageProfile, refused: Sequence[RefusedRow]) -> Cells:
    whole: list[_Record] = []
    rows: list[list[str]] = []
    others = list(refused)
    for record in records:
        row = _texts(record.content, profile) if isinstance(record.content, dict) else NOT_AN_OBJECT
        if isinstance(row, str):
            others.append(refused_line(record.number, record.raw, row))
            continue
        whole.append(record)
        rows.append(row)
    columns = {name: text_column([row[at] for row in rows]) for at, name in enumerate(profile.used_columns)}
    numbers = np.array([record.number for record in whole], np.int64)
    return Cells(columns, numbers, lambda place: kept(whole[place].raw), others)


def _texts(content: Mapping[str, Any], profile: UsageProfile) -> list[str] | str:
    """The texts of the used columns, or why they cannot be had."""
    found = []
    for name in profile.used_columns:
        value = _at(content, name)
        if isinstance(value, dict | list):
            return f"has more than one value at {name}"
        text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        text = unquote(text, errors="replace") if profile.url_encoded else text
        if NO_TEXT.search(text):
            return f"has a character at {name} that no text has, such as NUL"
        found.append(text)
    return found


def _at(content: Any, name: str) -> Any:
    """The value at the end of a way: `variables.uuid`. A name with a dot in it is looked for first."""
    while name and isinstance(content, dict):
        if name in content:
            return content[name]
        first, _, name = name.partition(".")
        content = content.get(first)
    return None


def _loaded(text: str) -> Any:
    """What a text in JSON holds, numbers as they are written; nothing if it is none."""
    try:
        return JSON.decode(text)
    except (ValueError, RecursionError):
        return None


def _values(text: str) -> Iterator[Any]:
    """What stands in a text one after the other; the rest as it is written if it is no JSON."""
    at = 0
    while match := BEGINNING.match(text, at):
        try:
            value, at = JSON.raw_decode(text, match.end() - 1)
        except (ValueError, RecursionError):
            yield text[match.end() - 1 :]
            return
        yield value


def _whole(file: BinaryIO, profile: UsageProfile) -> str:
    """The text of a file that is a record, or a few."""
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise InvalidValue(f"is larger than {MOST_BYTES // 2**20} MiB; split it", field="file")
    encoding = "utf-8-sig" if profile.encoding == "utf-8" else profile.encoding
    return content.decode(encoding, errors="replace")
