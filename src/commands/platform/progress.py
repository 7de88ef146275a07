"""How long work shows its progress."""

from __future__ import annotations

from collections.abc import Callable

# Called after each step with how many it has done.
Progress = Callable[[int], None]


def unwatched(done: int) -> None:
    """Progress without a display."""
