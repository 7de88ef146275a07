"""What is wrong with the records of a chunk: of each record the first fault, in the order in which fields are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from adapters.files.usage_sources.lines import Marks, shown


class Fault(NamedTuple):
    """Which field is wrong, its value as the source wrote it, and why."""

    field: str
    value: str
    reason: str


class Faults:
    """The faults of some records, by their places."""

    def __init__(self, records: int) -> None:
        self.marks: Marks = np.zeros(records, bool)
        self.found: dict[int, Fault] = {}

    def note(self, wrong: Marks, field: str, texts: pa.StringArray | None, reason: str | Callable[[str], str]) -> None:
        """Note the records that are wrong, unless something before was wrong with them."""
        for place in np.flatnonzero(wrong & ~self.marks).tolist():
            text = "" if texts is None else texts[place].as_py() or ""
            why = reason if isinstance(reason, str) else reason(text)
            self.found[place] = Fault(field, shown(text), why)
        self.marks |= wrong
