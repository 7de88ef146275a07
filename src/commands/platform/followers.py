"""Followers: an event becomes a side effect outside the database, at least once, in the order of its stream.

It is unknown whether an interrupted delivery arrived, so it may come twice; every try carries the same key, by which
the other side recognises a repetition. A delivery that fails is tried again after growing delays, while deliveries of
other streams continue; later ones of its own stream wait behind it. After the last try, or at once if the delivery is
known never to succeed (`Undeliverable`) or the program no longer follows such events, it is a dead letter: a person
replays or drops it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from billing_core.kernel.errors import BillingError, TookTooLong, Unavailable
from billing_core.kernel.events import Event
from commands.platform.deliveries import Deliveries, Waiting, delivery_key, next_try_at
from commands.platform.event_log import Clock, EventLog, RecordedEvent
from commands.platform.reactions import Begins

PAGE_EVENTS = 100


class Undeliverable(BillingError):
    """This delivery can never succeed, for example to an address that does not exist."""

    code = "undeliverable"


class Undelivered(BillingError):
    """The other side did not take it, or it is unknown whether it did."""

    code = "undelivered"


class Delivery(NamedTuple):
    """An event to be delivered. `key` is the same at every try and differs from every other delivery's."""

    key: UUID
    entry: RecordedEvent
    attempt: int


class Follower(NamedTuple):
    """`deliver` returns when the other side has taken it, and raises otherwise.

    It begins at a position, at the end of the log, or at its start. Unless it `sees_personal`, what is personal in its
    events is erased.
    """

    name: str
    on: tuple[type[Event], ...]
    deliver: Callable[[Delivery], None]
    begins: Begins | int = "now"
    sees_personal: bool = True


class FollowerRunner:
    """Delivers for one follower."""

    def __init__(self, log: EventLog, deliveries: Deliveries, clock: Clock, follower: Follower) -> None:
        self._log = log
        self._deliveries = deliveries
        self._clock = clock
        self._follower = follower

    def register(self) -> None:
        """Note the position from which a new follower delivers."""
        begins = self._follower.begins
        known = {"start": 0, "now": self._log.newest_position()}
        self._deliveries.register({self._follower.name: begins if isinstance(begins, int) else known[begins]})

    def advance(self) -> int:
        """Try what is due again, then a page of new events; how many were tried, 0 if nothing is left for now."""
        with self._deliveries.only_runner(self._follower.name) as is_alone:
            return self._try_again() + self._deliver_new() if is_alone else 0

    def _try_again(self) -> int:
        due = self._deliveries.due(self._follower.name, self._clock.now(), PAGE_EVENTS)
        for tried, waiting in enumerate(due, 1):
            followed = self._read(waiting.position - 1, waiting.position, 1)
            failed = self._try(followed[0], waiting.attempts + 1) if followed else _no_longer_followed(waiting)
            if failed is None:
                self._deliveries.succeeded(self._follower.name, waiting.position)
            else:
                self._deliveries.failed(failed)
                return tried  # It may have taken long: the process may have been asked to end meanwhile.
        return len(due)

    def _deliver_new(self) -> int:
        name, mark = self._follower.name, self._log.final_position()
        position = self._position()
        page = self._read(position, mark, PAGE_EVENTS)
        waiting_streams = self._deliveries.streams_waiting(name) if page else set()
        for tried, entry in enumerate(page, 1):
            if entry.stream in waiting_streams:
                failed: Waiting | None = self._behind(entry)
            else:
                failed = self._try(entry, 1)
            if failed is not None and failed.next_try_at is not None:
                waiting_streams.add(entry.stream)
            self._deliveries.move(name, position, entry.position, failed)
            position = entry.position
            if failed is not None and failed.attempts:
                return tried
        if len(page) < PAGE_EVENTS and mark > position:
            self._deliveries.move(name, position, mark)
        return len(page)

    def _position(self) -> int:
        positions = self._deliveries.positions()
        if self._follower.name not in positions:
            self.register()
            positions = self._deliveries.positions()
        return positions[self._follower.name]

    def _read(self, after: int, upto: int, limit: int) -> Sequence[RecordedEvent]:
        return self._log.read_kinds(self._follower.on, after, upto, limit, is_personal=self._follower.sees_personal)

    def _try(self, entry: RecordedEvent, attempt: int) -> Waiting | None:
        """None if it succeeded."""
        key = delivery_key(self._follower.name, entry.position)
        try:
            self._follower.deliver(Delivery(key, entry, attempt))
        except Exception as error:
            if isinstance(error, Unavailable) and not isinstance(error, TookTooLong):  # Our own database.
                raise
            is_final = isinstance(error, Undeliverable)
            at = None if is_final else next_try_at(attempt, self._clock.now())
            text = str(error) if isinstance(error, BillingError) else f"{type(error).__name__}: {error}"
            return Waiting(self._follower.name, entry.position, entry.stream, attempt, at, text)
        return None

    def _behind(self, entry: RecordedEvent) -> Waiting:
        """It was not tried: an earlier delivery of its stream waits."""
        now = self._clock.now()
        return Waiting(self._follower.name, entry.position, entry.stream, 0, now, "waits behind an earlier one")


def _no_longer_followed(waiting: Waiting) -> Waiting:
    """Its event is of a kind that the follower had in an earlier version of the program."""
    return msgspec.structs.replace(waiting, next_try_at=None, error="this program no longer follows such events")
