"""CSV that comes in parts, as a database copies it out, read as batches of columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import RawIOBase
from typing import Any

import pyarrow as pa
from pyarrow import csv

PART_BYTES = 8 << 20


class _Parts(RawIOBase):
    """Parts of a text as a file to be read."""

    def __init__(self, parts: Iterable[memoryview]) -> None:
        self._parts = iter(parts)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._left = part
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size


def batches_of(parts: Iterable[memoryview], read_as: dict[str, Any], *, has_nulls: bool = False) -> Iterator[Any]:
    """The columns by their types; with nulls an empty text without quotation marks is none."""
    options = csv.ConvertOptions(
        column_types=read_as, include_columns=list(read_as), strings_can_be_null=has_nulls,
        quoted_strings_can_be_null=False, true_values=["t"], false_values=["f"], null_values=[""],
    )  # fmt: skip
    reading = csv.ReadOptions(block_size=PART_BYTES)
    quoted = csv.ParseOptions(newlines_in_values=True)
    yield from csv.open_csv(pa.PythonFile(_Parts(parts), "r"), reading, quoted, options)
