"""Keeps the read models up to date in a second process, while a long run writes in this one.

A process and not a thread, because folding is work for a core of its own. It lives exactly as long as its standard
input: closed by the end of the run, or by the kernel when the run is killed.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from billing_core.kernel.errors import ConnectionLost
from projections.platform.runner import PATIENCE_SECONDS, Runner

DATABASE_VARIABLE = "BILLING_PROJECTOR_DATABASE"
POLL_SECONDS = 0.01
# More than a chunk of 2,000 accounts holds.
OBJECTS_BETWEEN_LOOKS = 300_000


class Projector:
    """The process, as seen by the run that waits for it."""

    def __init__(self, process: subprocess.Popen[bytes], runner: Runner) -> None:
        self._process = process
        self._runner = runner

    def wait_for(self, position: int) -> None:
        """Return when every event up to the position is in the read models; raise when that will not come."""
        self._wake()
        reached, give_up_at = -1, 0.0
        while (standing := self._runner.position()) < position:
            if self._process.poll() is not None:
                said = self._process.stderr.read().decode().strip() if self._process.stderr else ""
                raise ConnectionLost(f"the read models are no longer kept; start again: {said}")
            if standing > reached:
                reached, give_up_at = standing, time.monotonic() + PATIENCE_SECONDS
            elif time.monotonic() > give_up_at:
                raise self._runner.standing_still(standing)
            time.sleep(POLL_SECONDS)

    def _wake(self) -> None:
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # It has ended; the caller notices it below and reports the reason.


def collect_rarely() -> None:
    """Look for garbage in cycles four hundred times less often than Python does by itself.

    A chunk of a long run holds some hundred thousand objects, none of them in a cycle; looking through them again and
    again took a third of the time, and an eighth if once in each chunk.
    """
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS, 20, 20)


@contextmanager
def kept_up_to_date(database_url: str, runner: Runner) -> Iterator[Projector]:
    """Read models that are kept while the body runs, and show all it did when it has ended."""
    collect_rarely()
    process = subprocess.Popen(
        [sys.executable, "-m", "adapters.bootstrap.projector"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, DATABASE_VARIABLE: database_url},
    )
    try:
        yield Projector(process, runner)
    finally:
        process.communicate()
    runner.catch_up()
