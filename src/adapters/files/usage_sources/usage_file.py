"""A file of usage on its way to mediation: walked once or again, with what its profile passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from adapters.files.usage_rows import UsageChunk
from adapters.files.usage_sources.reading import read_usage
from adapters.files.usage_sources.rows import Reading
from billing_core.usage.mediation.deliveries import Numbers
from commands.platform.progress import Progress


class UsageFile:
    """The chunks of a file. After the last one, `passed_over` counts the records that its profile leaves out."""

    def __init__(self, path: Path, reading: Reading, progress: Progress) -> None:
        self._path = path
        self._reading = reading
        self._progress = progress
        self.passed_over = 0

    def __iter__(self) -> Iterator[UsageChunk]:
        self.passed_over = 0
        for chunk in read_usage(self._path, self._reading):
            self.passed_over += chunk.passed_over
            yield chunk
            self._progress(chunk.rows.num_rows + len(chunk.refused) + chunk.passed_over)


def numbers_in(name: str, pattern: str) -> Numbers | None:
    """The number that a source gave a file in its name: `cdr-000017.csv` by `cdr-([0-9]+)` has 17."""
    found = re.search(pattern, name) if pattern else None
    if found is None:
        return None
    digits = found[found.re.groups]
    return Numbers(int(digits), int(digits)) if digits.isascii() and digits.isdecimal() else None
