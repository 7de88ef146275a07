"""The cells of records: what every form of file is cut into before a profile reads it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

from adapters.files.usage_rows import RefusedRow
from adapters.files.usage_sources.lines import Numbers


class Cells(NamedTuple):
    """Some records: the texts of their columns, their numbers, and how each came; and those that could not be cut."""

    columns: Mapping[str, pa.StringArray]
    numbers: Numbers
    raw: Callable[[int], str]
    refused: Sequence[RefusedRow] = ()

    @property
    def size(self) -> int:
        return len(self.numbers)


def text_column(texts: Collection[str]) -> pa.StringArray:
    """A column of texts."""
    return pa.array(texts, pa.string())
