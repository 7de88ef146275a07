"""Readers of the feed that wait for the next event: one poller of this process wakes them, and none has a thread.

The poller looks at the end of the log as long as somebody waits. An event wakes those who wait for its name; the others
sleep on.
"""

from __future__ import annotations

import asyncio
from asyncio import to_thread
from collections.abc import Collection

from adapters.postgres.log import PostgresLog

POLL_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 30.0


class Arrivals:
    """The readers who wait in this process, on one event loop."""

    def __init__(self, log: PostgresLog) -> None:
        self._log = log
        self._waiting: dict[asyncio.Future[bool], tuple[int, Collection[str]]] = {}
        self._poller: asyncio.Task[None] | None = None
        self._is_ending = False

    async def wait(self, position: int, topics: Collection[str], seconds: float) -> bool:
        """Wait until there is an event of these topics after a position; False when the time is over before."""
        if self._is_ending:
            return False
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[bool] = loop.create_future()
        self._waiting[woken] = (position, topics)
        if self._poller is None or self._poller.done():
            self._poller = loop.create_task(self._poll())
        timer = loop.call_later(seconds, _wake, woken, False)
        try:
            return await woken
        finally:
            timer.cancel()
            self._waiting.pop(woken, None)

    def count(self) -> int:
        """How many wait at the moment."""
        return len(self._waiting)

    def end(self) -> None:
        """Send everybody away, so that the server can end."""
        self._is_ending = True
        for woken in list(self._waiting):
            _wake(woken, False)

    async def _poll(self) -> None:
        pause = POLL_SECONDS
        while self._waiting:
            try:
                await self._look()
                pause = POLL_SECONDS
            except Exception:  # The database is away: the readers wait on, and learn of it when they read.
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)

    async def _look(self) -> None:
        """Wake those for whom there is something new; each begins at the position up to which it has read.

        One that came meanwhile, and has read less than the others, is for the next look.
        """
        least = min(position for position, _ in self._waiting.values())
        mark, found = await to_thread(self._topics_after, least)
        for woken, (position, topics) in list(self._waiting.items()):
            if any(found.get(topic, 0) > position for topic in topics):
                _wake(woken, True)
            elif least <= position < mark:
                self._waiting[woken] = (mark, topics)

    def _topics_after(self, position: int) -> tuple[int, dict[str, int]]:
        mark = self._log.final_position()
        return mark, self._log.newest_by_topic(position, mark) if mark > position else {}


def _wake(woken: asyncio.Future[bool], is_there: bool) -> None:
    if not woken.done():
        woken.set_result(is_there)
