"""The lag of usage: how long it takes from the end of a record until it is booked, which is promised by kind.

    a call ends 10:00:00, its batch is booked 10:04:30      270 s    kept: 5 minutes are promised
    a call ends 10:00:00, its batch is booked 10:05:01      301 s    late
    data until 10:00:00, its batch is not booked yet        at 10:20 it is 1,200 s, kept so far: 30 minutes

A source whose clock is ahead has a lag of 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

# The condition of a source that breaks what is promised (`billing_core.work.causes`).
USAGE_LATE = "usage-late"
PROMISED_SECONDS: Mapping[str, int] = {"call": 300, "data": 1_800, "item": 1_800}


class UsageLag(msgspec.Struct, frozen=True, kw_only=True):
    """The lag of the records of a source and a kind: of 99 % of them, and the longest one.

    `late` of them took longer than is promised; `waiting` ones are not booked yet.
    """

    source: str
    kind: str
    records: int
    waiting: int
    late: int
    most_seconds: int
    usual_seconds: int
    promised_seconds: int

    @property
    def is_kept(self) -> bool:
        """Whether what is promised was kept for all of them."""
        return not self.late


def lag_seconds(ended_at: datetime, booked_at: datetime | None, now: datetime) -> int:
    """The seconds from the end of a record until it was booked, or until now if it is not booked yet."""
    return max(0, int(((booked_at or now) - ended_at).total_seconds()))


def is_late(kind: str, seconds: int) -> bool:
    """Whether a lag is longer than what is promised for a kind; exactly as long is kept."""
    return seconds > PROMISED_SECONDS[kind]
