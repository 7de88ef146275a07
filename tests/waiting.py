"""Waiting for what other threads, processes and servers do, without keeping them from doing it."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep

MOST_WAIT_SECONDS = 180  # A process may be long in starting on a busy machine.
PAUSE_SECONDS = 0.03  # Without it, asking again and again would take a core from those that are waited for.


def eventually(holds: Callable[[], object]) -> None:
    """Return when something holds; it is a failure if it never does."""
    give_up_at = monotonic() + MOST_WAIT_SECONDS
    while not holds():
        assert monotonic() < give_up_at, "it never came true"
        sleep(PAUSE_SECONDS)
