"""Lines of usage that a profile could not read, read again: the profile may have been mended since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from billing_core.usage.mediation.deliveries import RefusedRow
from commands.platform.ports import ReadAgain, UsageChunk

if TYPE_CHECKING:
    from adapters.files.usage_profile import UsageProfile


def read_again(profile: str, refused: Sequence[RefusedRow]) -> UsageChunk:
    """The lines as their profile reads them now, each under its line.

    Only profiles that come with the program are known by their names; lines of another one stay as they are.
    """
    # Heavy, and needed by usage alone.
    from adapters.files.profile_files import load_usage_profile, shipped_profiles
    from adapters.files.usage_profile import UsageProfile
    from adapters.files.usage_rows import USAGE_ROWS
    from adapters.files.usage_rows import UsageChunk as Chunk

    if profile not in shipped_profiles(UsageProfile):
        return Chunk(USAGE_ROWS.empty_table(), refused)
    return by_profile(load_usage_profile(profile))(profile, refused)


def by_profile(profile: UsageProfile) -> ReadAgain:
    """Reads the lines of every profile by this one, which was mended."""

    def read(name: str, refused: Sequence[RefusedRow]) -> UsageChunk:
        from adapters.files.usage_sources import reading_again

        return reading_again.read_again(profile, refused, datetime.now(UTC))

    return read
