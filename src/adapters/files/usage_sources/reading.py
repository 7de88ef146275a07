"""Reads the usage of a file by a profile: chunk by chunk, in memory that does not grow with the file.

    for chunk in read_usage(path, Reading(profile, batch, now)):
        chunk.rows           those that are taken, as a table of `USAGE_ROWS`
        chunk.refused        those that are not, each with its line and reason
        chunk.passed_over    how many records the profile does not take

A file that cannot be read at all is refused before its first chunk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow.compute as pc

from adapters.files.usage_profile import UsageProfile
from adapters.files.usage_rows import UsageChunk
from adapters.files.usage_sources.cells import Cells
from adapters.files.usage_sources.csv_cells import csv_cells
from adapters.files.usage_sources.fixed_width import fixed_cells
from adapters.files.usage_sources.json_cells import json_file_cells, json_line_cells, object_cells, xml_file_cells
from adapters.files.usage_sources.lines import Block, read_lines
from adapters.files.usage_sources.rows import Reading, chunk_of
from billing_core.kernel.errors import InvalidValue, NotFound


def read_usage(path: Path, reading: Reading) -> Iterator[UsageChunk]:
    """The chunks of a file; a file that is not what the profile reads is refused before the first one."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise NotFound(f"cannot be read: {error.strerror}", field="file", value=path) from None
    with file:
        if not file.read(1):
            raise InvalidValue("is empty", field="file", value=path)
        file.seek(0)
        yield from read_stream(file, reading)


def read_stream(file: BinaryIO, reading: Reading) -> Iterator[UsageChunk]:
    """The chunks of a file that is open."""
    return (chunk_of(reading, cells) for cells in _cells(file, reading.profile))


def read_objects(objects: Sequence[Any], reading: Reading) -> UsageChunk:
    """The chunk of records that came as objects of JSON."""
    return chunk_of(reading, object_cells(objects, reading.profile))


def _cells(file: BinaryIO, profile: UsageProfile) -> Iterator[Cells]:
    match profile.form:
        case "csv":
            return csv_cells(_blocks(file, profile), profile)
        case "fixed":
            return fixed_cells(_blocks(file, profile), profile)
        case "json-lines":
            return json_line_cells(_blocks(file, profile), profile)
        case "json":
            return json_file_cells(file, profile)
        case _:
            return xml_file_cells(file, profile)


def _blocks(file: BinaryIO, profile: UsageProfile) -> Iterator[Block]:
    for block in read_lines(file, profile.encoding, takes_unended=profile.unended == "taken"):
        if not profile.ignore_lines:
            yield block
            continue
        is_ignored = np.asarray(pc.match_substring_regex(block.lines.array(), profile.ignore_lines))
        yield block._replace(lines=block.lines.only(~is_ignored))
