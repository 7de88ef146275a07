"""Figures of dashboards that are shown again for a while instead of being counted anew.

A figure is kept sixty times as long as it took to count, five minutes at most: one that took 0.05 s for 3 s, one that
took 2 s for two minutes. So a figure costs a sixtieth of a processor at most, however many look at it, and a small
house sees what is true now. The answer says of which moment it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeVar

TIMES, MOST_SECONDS, MOST_KEPT = 60, 300.0, 5_000
Answer = TypeVar("Answer")


class Kept(NamedTuple, Generic[Answer]):
    """An answer, the moment of which it is, and until when it is shown, in seconds of the clock."""

    answer: Answer
    at: datetime
    until: float


class KeptFigures(Generic[Answer]):
    """The figures of one application. `clock` counts seconds and is never set back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[Hashable, Kept[Answer]] = {}

    def get(self, key: Hashable, count: Callable[[], Answer]) -> Kept[Answer]:
        """The answer under a key: the kept one, or what is counted now."""
        begun = self._clock()
        known = self._kept.get(key)
        if known is not None and begun < known.until:
            return known
        at = datetime.now(UTC)
        answer = count()
        ended = self._clock()
        made = Kept(answer, at, ended + min(TIMES * (ended - begun), MOST_SECONDS))
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = made
        return made
