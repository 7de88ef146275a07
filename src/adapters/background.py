"""Keeps the read models up to date in a thread, while a long run writes in another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Event, Thread

from billing_core.errors import ConnectionLost
from projections.runner import Runner

POLL_SECONDS = 0.05


class BackgroundRunner:
    """Catches up again and again until it is stopped; an error of its own is raised to whoever waits for it."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._stopped = Event()
        self._woken = Event()
        self._changed = Condition()
        self._position = 0
        self._error: Exception | None = None
        self._thread = Thread(target=self._work, name="projections", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._woken.set()
        self._thread.join()

    def wait_for(self, position: int) -> None:
        """Return when every event up to the position is in the read models."""
        with self._changed:
            while self._position < position and self._error is None:
                self._woken.set()
                if not self._thread.is_alive():
                    raise ConnectionLost("the read models are no longer kept; start the run again")
                self._changed.wait(POLL_SECONDS)
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        try:
            while not self._stopped.is_set():
                position = self._runner.catch_up()
                with self._changed:
                    self._position = position
                    self._changed.notify_all()
                self._woken.wait(POLL_SECONDS)
                self._woken.clear()
        except Exception as error:
            with self._changed:
                self._error = error
                self._changed.notify_all()


@contextmanager
def kept_up_to_date(runner: Runner) -> Iterator[BackgroundRunner]:
    """Read models that are kept while the body runs, and show all it did when it has ended."""
    background = BackgroundRunner(runner)
    background.start()
    try:
        yield background
    finally:
        background.stop()
    runner.catch_up()
