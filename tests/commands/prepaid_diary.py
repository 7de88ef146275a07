"""A diary of one prepaid service with a daily fee, kept day by day by somebody who knows nothing of the program.

On each day it is written down what is learnt and what is paid; then the day is bought if the money covers it, and else
the service is cut. Days that were cut stay cut, whatever is learnt later; days that it was there for are paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from billing_core.accounts.plans import Prepaid

ONE_DAY = timedelta(days=1)
Kind = Literal["hold", "suspend", "resume", "terminate"]

# What may be done to a service that is ... and what it is then.
NEXT = {
    ("active", "hold"): "held",
    ("active", "suspend"): "suspended",
    ("held", "suspend"): "suspended",
    ("held", "resume"): "active",
    ("suspended", "resume"): "active",
    ("active", "terminate"): "terminated",
    ("held", "terminate"): "terminated",
    ("suspended", "terminate"): "terminated",
}


class Move(NamedTuple):
    """Something people do, from a day on; a hold may say when it ends. `cancels` takes back what was done before."""

    learnt_on: date
    kind: Kind
    on: date
    until: date | None = None
    cancels: bool = False


class People:
    """What people did to the service, in order of its day; of one day, in the order in which it was learnt."""

    def __init__(self) -> None:
        self.done: list[tuple[date, Kind]] = []

    def status(self, on: date) -> str | None:
        """What they want it to be on a day; None where what they did makes no sense."""
        status: str | None = "active"
        for day, kind in self.done:
            if day <= on:
                status = NEXT.get((status or "", kind))
        return status

    def take(self, move: Move) -> bool:
        """Whether the move makes sense; if it does not, it is not made."""
        before = list(self.done)
        if move.cancels:
            is_made = self._cancelled(move)
        else:
            is_made = self._done(move)
        if not is_made or self.status(date.max) is None:
            self.done = before
            return False
        return True

    def _done(self, move: Move) -> bool:
        ahead = self._next(move.on)
        if move.kind == "suspend" and ahead is not None and ahead[1] == "resume" and ahead[0] > move.learnt_on:
            return False  # The end of a hold would lift it.
        if move.kind == "resume" and ahead is not None and ahead[1] == "resume":
            self.done.remove(ahead)
        self._put(move.on, move.kind)
        if move.until is not None:
            self._put(move.until, "resume")
        return True

    def _cancelled(self, move: Move) -> bool:
        if (move.on, move.kind) not in self.done:
            return False
        self._drop(move.on, move.kind)
        if move.kind in ("hold", "suspend"):
            ahead, former = self._next(move.on), [kind for day, kind in self.done if day <= move.on]
            if ahead is not None and ahead[1] == "resume" and former[-1:] not in (["hold"], ["suspend"]):
                self._drop(*ahead)
        return True

    def _next(self, after: date) -> tuple[date, Kind] | None:
        return next((entry for entry in self.done if entry[0] > after), None)

    def _put(self, on: date, kind: Kind) -> None:
        self.done = sorted([*self.done, (on, kind)], key=lambda entry: entry[0])

    def _drop(self, on: date, kind: Kind) -> None:
        last = len(self.done) - 1 - self.done[::-1].index((on, kind))
        del self.done[last]


class Day(NamedTuple):
    """How the account stands at the end of a day."""

    on: date
    served: int
    balance: Decimal
    status: str


def kept(
    price: Decimal, terms: Prepaid, first_on: date, last_on: date, moves: Sequence[Move],
    payments: Sequence[tuple[date, Decimal]],
) -> list[Day]:  # fmt: skip
    """The diary from the activation on."""
    floor = -terms.credit_limit if terms.suspend_below is None else terms.suspend_below
    people, cut, waits = People(), set[date](), False
    diary = []
    today = first_on
    while today <= last_on:
        for move in moves:
            if move.learnt_on == today:
                assert people.take(move)
        former = [first_on + ONE_DAY * number for number in range((today - first_on).days)]
        served = sum(people.status(day) == "active" and day not in cut for day in former)
        balance = sum((amount for on, amount in payments if on <= today), Decimal(0)) - served * price
        is_covered = balance - price >= floor
        if people.status(today) == "active":
            waits = not is_covered or (waits and terms.resume_at is not None and balance < terms.resume_at)
        if waits:
            cut.add(today)
        status = people.status(today) or ""
        if status == "active" and waits:
            status = "suspended"
        elif status == "active":
            served, balance = served + 1, balance - price
        diary.append(Day(today, served, balance, status))
        today += ONE_DAY
    return diary
