"""How many messages may leave now, so that no second has more than so many.

10 a second: at 0.0 s ten are taken, at 0.3 s three more, at 5.0 s ten again, for no more than a second is saved up
"""

from __future__ import annotations

import math


class Allowance:
    """What may be sent by one channel of one seller; `per_second` may change at any time."""

    def __init__(self) -> None:
        self._left = math.inf
        self._at = 0.0

    def take(self, wanted: int, per_second: int | None, at: float) -> int:
        """So many of those that are wanted may be sent at an instant in seconds; all if nothing limits them."""
        if per_second is None:
            self._left = math.inf
            return wanted
        self._left = min(self._left + (at - self._at) * per_second, per_second)
        self._at = at
        taken = min(wanted, int(self._left))
        self._left -= taken
        return taken

    def give_back(self, count: int) -> None:
        """So many of those that were taken were not sent."""
        self._left += count
