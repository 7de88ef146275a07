"""Deliveries of followers that did not succeed at once: when they are tried again, and when they are dead letters.

Worked example, tries of a delivery whose first try failed at 10:00:00:

    10:00:05, 10:00:35, 10:02:35, 10:12:35, 11:12:35, 17:12:35, 17:12:35 on the next day; then it is a dead letter
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import msgspec

from commands.platform.causes import derived_id

DELAYS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
)


def next_try_at(attempts: int, failed_at: datetime) -> datetime | None:
    """When a delivery that failed so many times is tried again; None if it is a dead letter.

    The second failure of 10:00:05 is tried again at 10:00:35.
    """
    return failed_at + DELAYS[attempts - 1] if attempts <= len(DELAYS) else None


def delivery_key(follower: str, position: int) -> UUID:
    """By which the other side recognises a repetition."""
    return derived_id("follower", follower, str(position))


class Waiting(msgspec.Struct, frozen=True):
    """A delivery that did not succeed yet."""

    follower: str
    position: int
    stream: str
    attempts: int
    next_try_at: datetime | None
    error: str


class Deliveries(Protocol):
    """Followers' checkpoints, and the deliveries that did not succeed yet."""

    def only_runner(self, follower: str) -> AbstractContextManager[bool]:
        """Keep other processes from delivering for it; False while another one does."""

    def register(self, positions: Mapping[str, int]) -> None:
        """Begin at these positions, except those that have begun already."""

    def positions(self) -> Mapping[str, int]:
        """Every checkpoint by follower."""

    def move(self, follower: str, position: int, moved: int, waiting: Waiting | None = None) -> None:
        """Move a checkpoint and note a delivery that did not succeed, both or neither."""

    def streams_waiting(self, follower: str) -> set[str]:
        """The streams with a delivery that waits: later deliveries of them wait behind it."""

    def due(self, follower: str, now: datetime, limit: int) -> Sequence[Waiting]:
        """The first waiting delivery of each stream whose next try has come, in order of position."""

    def succeeded(self, follower: str, position: int) -> None:
        """Nothing is to be noted of it any more, unless a person dropped it meanwhile."""

    def dropped_after(self, follower: str, position: int) -> set[int]:
        """The positions after this one that a person has dropped."""

    def failed(self, waiting: Waiting) -> None:
        """Note the next try, or that it is a dead letter if there is none; one that was dropped meanwhile stays so."""
