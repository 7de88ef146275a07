"""On which days a service waits for money, and on which of them its own grid began anew."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.exact import Days
from tests.oracle.history import State

FOREVER = date.max


class Waiting(NamedTuple):
    """The days on which the money does not pay for a service; on those of `anew` a payment began its own grid again."""

    days: tuple[Days, ...] = ()
    anew: tuple[date, ...] = ()

    def since(self, on: date) -> Waiting:
        """The service waits from a day on."""
        return self._replace(days=(*self.days, (on, FOREVER)))

    def until(self, on: date, *, is_anew: bool) -> Waiting:
        """The service is back from a day on."""
        ended = [(from_on, min(to_on, on)) if from_on <= on else (from_on, to_on) for from_on, to_on in self.days]
        days = tuple((from_on, to_on) for from_on, to_on in ended if from_on < to_on)
        return Waiting(days, (*self.anew, on) if is_anew else self.anew)

    def is_on(self, day: date) -> bool:
        return any(from_on <= day < to_on for from_on, to_on in self.days)

    def begins_on(self) -> list[date]:
        return [from_on for from_on, _ in self.days]

    def bounds(self) -> list[date]:
        """The days on which it begins or ends."""
        return [day for days in self.days for day in days]

    def seen(self, state: State, day: date) -> State:
        """What holds on a day: money stops only a service that people did not stop."""
        if state.status != "active" or not self.is_on(day):
            return state
        return state._replace(status="suspended", percent=Fraction(0))


NO_WAITING = Waiting()
