"""Usage as messages in the form of their source: each is a line, or an object, that a usage profile reads.

    profile of the form csv, header: false     1001;601111111;00421905123456;...
    profile of the form json or json-lines     {"uuid": "1001", "caller": "601111111", ...}

A message is the line of its number in a file of all of them.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import msgspec
import pyarrow as pa

from adapters.files.usage_profile import UsageProfile
from adapters.files.usage_rows import USAGE_ROWS, RefusedRow, UsageChunk
from adapters.files.usage_sources.reading import read_stream
from adapters.files.usage_sources.rows import Reading
from billing_core.kernel.errors import InvalidValue

OBJECTS = ("json", "json-lines")
SEVERAL_LINES = "must be one line; a message is one record"


def as_lines(profile: UsageProfile) -> UsageProfile:
    """The profile for messages, each of which is a line of UTF-8; one whose records are no lines is refused."""
    if profile.form == "xml" or (profile.form == "csv" and profile.header):
        raise InvalidValue("reads files, not single records; messages are of the form json, fixed, or csv without a "
                           "header", field="profile", value=profile.name)  # fmt: skip
    form = "json-lines" if profile.form in OBJECTS else profile.form
    return msgspec.structs.replace(profile, form=form, encoding="utf-8")


def read_by_profile(values: Sequence[bytes], encoding: str, reading: Reading) -> UsageChunk:
    """The records of some messages in an encoding, read by a profile `as_lines`."""
    is_object = reading.profile.form in OBJECTS
    lines, refused = list[str](), list[RefusedRow]()
    for number, value in enumerate(values, 1):
        text = value.decode(encoding, "replace").strip("\r\n")
        if "\n" in text and not is_object:
            refused.append(RefusedRow(number, "", "", "", SEVERAL_LINES, text))
            text = ""
        lines.append(text.replace("\n", " "))
    content = io.BytesIO("".join(f"{line}\n" for line in lines).encode(errors="replace"))
    chunks = list(read_stream(content, reading))
    rows = pa.concat_tables([USAGE_ROWS.empty_table(), *(chunk.rows for chunk in chunks)])
    refused += [row for chunk in chunks for row in chunk.refused]
    return UsageChunk(rows, sorted(refused, key=lambda row: row.line))
