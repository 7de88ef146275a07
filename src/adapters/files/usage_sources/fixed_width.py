"""Cells of lines of fixed width: each column has its first and last character."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from adapters.files.usage_profile import UsageProfile
from adapters.files.usage_sources.cells import Cells
from adapters.files.usage_sources.lines import Block


def fixed_cells(blocks: Iterator[Block], profile: UsageProfile) -> Iterator[Cells]:
    """The cells of each block of lines. A line that ends before a column does is refused: it may be half of one."""
    least = max(profile.spans[name][1] for name in profile.used_columns)
    reason = f"is shorter than {least} characters, where its last column ends"
    for block in blocks:
        texts = block.lines.array()
        is_whole = np.asarray(pc.greater_equal(pc.utf8_length(texts), least))
        whole = block.lines.only(is_whole)
        texts = texts.filter(is_whole)
        columns = {name: pc.utf8_slice_codeunits(texts, *profile.spans[name]) for name in profile.used_columns}
        refused = [*block.refused, *block.lines.refused(~is_whole, reason)]
        yield Cells(columns, whole.numbers, whole.text, refused)
