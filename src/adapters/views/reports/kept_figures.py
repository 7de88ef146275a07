"""Figures of dashboards that are shown again for a while instead of being counted anew.

A figure is kept sixty times as long as it took to count, five minutes at most: one that took 0.05 s for 3 s, one that
took 2 s for two minutes. So a figure costs a sixtieth of a processor at most, however many look at it, and a small
house sees what is true now. The answer says of which moment it is.

Nobody waits twice for what takes longer to count than 0.2 s. For a quarter of an hour more it is shown as it was, and
counted in the background:

    9:00:00 counted, takes 2 s   until 9:02:02 shown   9:05 shown as of 9:00, counted anew   9:05:02 shown as of 9:05
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from threading import Lock, Thread
from typing import Generic, NamedTuple, TypeVar

import structlog

TIMES, MOST_SECONDS, MOST_KEPT = 60, 300.0, 5_000
LONG_SECONDS, SHOWN_MORE_SECONDS = 0.2, 900.0
Answer = TypeVar("Answer")
log = structlog.get_logger(__name__)


class Kept(NamedTuple, Generic[Answer]):
    """An answer, the moment of which it is, and until when it is shown: `fresh_until` without being counted anew."""

    answer: Answer
    at: datetime
    fresh_until: float
    shown_until: float


def in_background(count: Callable[[], object]) -> None:
    """Count in a thread that nobody waits for."""
    Thread(target=count, daemon=True).start()


class KeptFigures(Generic[Answer]):
    """The figures of one application. `clock` counts seconds and is never set back."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        meanwhile: Callable[[Callable[[], object]], None] = in_background,
    ) -> None:
        self._clock = clock
        self._meanwhile = meanwhile
        self._kept: dict[Hashable, Kept[Answer]] = {}
        self._counting = set[Hashable]()
        self._turn = Lock()

    def get(self, key: Hashable, count: Callable[[], Answer]) -> Kept[Answer]:
        """The answer under a key: the kept one, or what is counted now."""
        now, known = self._clock(), self._kept.get(key)
        if known is None or now >= known.shown_until:
            return self._count(key, count)
        if now >= known.fresh_until and self._is_first(key):
            self._meanwhile(lambda: self._count_for_next(key, count))
        return known

    def _count(self, key: Hashable, count: Callable[[], Answer]) -> Kept[Answer]:
        begun, at = self._clock(), datetime.now(UTC)
        answer = count()
        ended = self._clock()
        fresh_until = ended + min(TIMES * (ended - begun), MOST_SECONDS)
        more = SHOWN_MORE_SECONDS if ended - begun > LONG_SECONDS else 0.0
        made = Kept(answer, at, fresh_until, fresh_until + more)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = made
        return made

    def _is_first(self, key: Hashable) -> bool:
        with self._turn:
            is_first = key not in self._counting
            self._counting.add(key)
        return is_first

    def _count_for_next(self, key: Hashable, count: Callable[[], Answer]) -> None:
        try:
            self._count(key, count)
        except Exception:  # Who looks when it is shown no more counts it, and is answered with the error.
            log.warning("figure not counted", figure=str(key), exc_info=True)
        finally:
            self._counting.discard(key)
