"""Followers that deliver page by page: events reach the outside at least once, in the order of the log.

For a receiver that takes thousands of events a second and keeps their order, such as a topic of Kafka. From an event on
that was not taken, everything is delivered again; the receiver knows a repetition by its position. There is no last
try: a receiver that is away for a day has everything afterwards. An event that is never taken keeps back all later
ones, visible as a delivery that waits, until a person drops it.

    checkpoint 40, page 41 42 43; 42 is refused      waits at 42, checkpoint 41; 43 may have arrived
    ten seconds later                                page 42 43
    a person drops 42                                page 43, checkpoint 43
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from billing_core.kernel.errors import BillingError
from billing_core.kernel.events import Event
from commands.platform.deliveries import Deliveries, Waiting
from commands.platform.event_log import Clock, EventLog, RecordedEvent

PAGE_EVENTS = 2_000
RETRY_AFTER = timedelta(seconds=10)


class PageUndelivered(BillingError):
    """The other side took what is before the event at a position; that it took this one and later ones is unknown."""

    code = "page-undelivered"

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.position = position


class PageFollower(NamedTuple):
    """`deliver` returns when the other side has taken the whole page; else it raises `PageUndelivered`.

    It begins at the start of the log. What is personal in its events is erased.
    """

    name: str
    on: tuple[type[Event], ...]
    deliver: Callable[[Sequence[RecordedEvent]], None]


class PageFollowerRunner:
    """Delivers for one such follower."""

    def __init__(self, log: EventLog, deliveries: Deliveries, clock: Clock, follower: PageFollower) -> None:
        self._log = log
        self._deliveries = deliveries
        self._clock = clock
        self._follower = follower

    def register(self) -> None:
        """Note the position from which a new follower delivers."""
        self._deliveries.register({self._follower.name: 0})

    def advance(self) -> int:
        """Deliver a page; how many events were taken, 0 if nothing is left for now."""
        with self._deliveries.only_runner(self._follower.name) as is_alone:
            return self._deliver_page() if is_alone else 0

    def _deliver_page(self) -> int:
        name = self._follower.name
        failed = next(iter(self._deliveries.due(name, self._clock.now(), 1)), None)
        if failed is None and self._deliveries.streams_waiting(name):
            return 0  # The next try has not come.
        position, mark = self._position(), self._log.final_position()
        page = self._log.read_kinds(self._follower.on, position, mark, PAGE_EVENTS, is_personal=False)
        dropped = self._deliveries.dropped_after(name, position) if page else set()
        try:
            self._deliver([entry for entry in page if entry.position not in dropped])
        except PageUndelivered as error:
            self._note(error, page, failed)
            taken = [entry.position for entry in page if entry.position < error.position]
            self._move(position, max(taken, default=position))
            return 0
        self._move(position, page[-1].position if len(page) == PAGE_EVENTS else max(position, mark))
        if failed is not None:
            self._deliveries.succeeded(name, failed.position)
        return len(page)

    def _note(self, error: PageUndelivered, page: Sequence[RecordedEvent], failed: Waiting | None) -> None:
        """The event at which it stands; an earlier failure at another one is over."""
        name, next_at = self._follower.name, self._clock.now() + RETRY_AFTER
        if failed is not None and failed.position != error.position:
            self._deliveries.succeeded(name, failed.position)
            failed = None
        stream = next(entry.stream for entry in page if entry.position == error.position)
        attempts = 1 if failed is None else failed.attempts + 1
        self._deliveries.failed(Waiting(name, error.position, stream, attempts, next_at, str(error)))

    def _move(self, position: int, reached: int) -> None:
        if reached > position:
            self._deliveries.move(self._follower.name, position, reached)

    def _deliver(self, page: Sequence[RecordedEvent]) -> None:
        if page:
            self._follower.deliver(page)

    def _position(self) -> int:
        positions = self._deliveries.positions()
        if self._follower.name not in positions:
            self.register()
            return 0
        return positions[self._follower.name]
