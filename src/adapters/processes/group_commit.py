"""What many write at the same time is written together: while one transaction is under way, the next one gathers.

Nobody waits longer than for the transaction under way and the own one. If one of several cannot be written, each is
written alone, so that the others are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Generic, TypeVar

from billing_core.kernel.errors import Unavailable

Item = TypeVar("Item")

MOST_AT_ONCE = 1_000
MOST_WAITING = 20_000


class TooMuchWaits(Unavailable):
    """More is waiting to be written than the database takes."""


class GroupCommit(Generic[Item]):
    """Writes what comes in by one thread, which starts with the first item."""

    def __init__(self, write: Callable[[Sequence[Item]], object]) -> None:
        self._write = write
        self._waiting: SimpleQueue[tuple[Item, Future[None]] | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._starting = Lock()

    def submit(self, item: Item) -> Future[None]:
        """Done as soon as the item is durable; it has the error of its own if it cannot be written."""
        if self._waiting.qsize() >= MOST_WAITING:
            raise TooMuchWaits(f"{MOST_WAITING:,} are waiting to be written; repeat it later")
        written: Future[None] = Future()
        self._waiting.put((item, written))
        if self._thread is None:
            self._start()
        return written

    def close(self) -> None:
        """Write what waits, and end."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="group commit", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        is_ending = False
        while not is_ending:
            first = self._waiting.get()
            came = [first, *self._gathered()]
            is_ending = None in came
            # Who does not wait any more has no answer, and sends it again.
            if items := [each for each in came if each is not None and each[1].set_running_or_notify_cancel()]:
                self._keep(items)

    def _gathered(self) -> list[tuple[Item, Future[None]] | None]:
        """What waits at the moment."""
        found: list[tuple[Item, Future[None]] | None] = []
        try:
            while len(found) < MOST_AT_ONCE - 1:
                found.append(self._waiting.get_nowait())
        except Empty:
            pass
        return found

    def _keep(self, items: Sequence[tuple[Item, Future[None]]]) -> None:
        try:
            self._write([item for item, _ in items])
        except Exception as error:
            if len(items) > 1 and not isinstance(error, Unavailable):
                for each in items:
                    self._keep([each])
                return
            for _, written in items:
                written.set_exception(error)
            return
        for _, written in items:
            written.set_result(None)
