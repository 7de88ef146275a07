"""Batches of usage are booked soon after they were received, whatever door they came through.

What is received over HTTP or from a topic waits for this. A batch that could not be booked is left to the night, or to
a worker that is started anew.
"""

from __future__ import annotations

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from commands.platform.progress import Progress, unwatched

LOCK = ACTOR = "usage booking"


class SoonBooking:
    """Books what waits."""

    def __init__(self, application: Application, progress: Progress = unwatched) -> None:
        self._application = application
        self._progress = progress
        self._failed: frozenset[str] = frozenset()

    def advance(self) -> int:
        """Book the batches that wait; how many. Another process that does so is left alone."""
        with self._application.tables.only_runner_unless_busy(LOCK) as is_alone:
            if not is_alone:
                return 0
            usage = self._application.usage_import()
            found = usage.book_unbooked(origin_of_process(ACTOR), self._progress, self._failed)
            self._failed |= found.failed.keys()
            return len(found.booked)
