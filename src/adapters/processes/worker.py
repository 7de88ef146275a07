"""The worker: one process for reactions, followers, wake-ups and timed work, until it is asked to end.

Each kind has a thread with connections of its own, so that a billing run of an hour keeps no reaction waiting, and a
mail server that hangs no billing run. A thread that fails logs its error and begins again after a pause; the
others go on. Several workers on one database share the work: what one of them does, the others pass over.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from threading import Event, Thread
from typing import NamedTuple

from adapters.processes.background import collect_rarely
from billing_core.kernel.errors import BillingError, Unavailable
from commands.platform.progress import Progress
from commands.platform.timed_work import Stopped

JOIN_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 30.0

logger = logging.getLogger(__name__)


class Part(NamedTuple):
    """The open resources of a thread: a step returns how much it did, 0 if nothing was left."""

    step: Callable[[], int]
    close: Callable[[], None]


class Loop(NamedTuple):
    """The loop of one thread, with a pause if nothing was left.

    A long step reports to the progress with which the thread was opened.
    """

    name: str
    open: Callable[[Progress], Part]
    pause_seconds: float


class Worker:
    """Threads that work until they are asked to end."""

    def __init__(self, loops: Sequence[Loop]) -> None:
        self.loops = loops
        self._stop = Event()

    def stop(self) -> None:
        """Ask the threads to end: at once if they pause, else as soon as they may leave off."""
        self._stop.set()

    def run(self) -> None:
        """Work until asked to end."""
        collect_rarely()
        threads = [Thread(target=self._keep, args=(loop,), name=loop.name, daemon=True) for loop in self.loops]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():  # A wait without end would keep signals from this thread.
                thread.join(JOIN_SECONDS)

    def _keep(self, loop: Loop) -> None:
        """Work; after a failure log it, and open this part of the program anew."""
        pause = loop.pause_seconds
        while not self._stop.is_set():
            try:
                part = loop.open(self._go_on)
                try:
                    while not self._stop.is_set():
                        is_busy = part.step()
                        pause = loop.pause_seconds
                        self._stop.wait(0 if is_busy else pause)
                finally:
                    part.close()
            except Stopped:
                return
            except Exception as error:
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
                is_fault = not isinstance(error, BillingError | Unavailable)
                logger.error("%s: stopped, begins again in %.1f s: %s", loop.name, pause, error, exc_info=is_fault)
                self._stop.wait(pause)

    def _go_on(self, _: int) -> None:
        """The progress of a long step, which ends it when the worker is asked to end."""
        if self._stop.is_set():
            raise Stopped
