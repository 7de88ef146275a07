"""The log of events as reactions and followers read it, and the clock that they work by. The adapters implement these.

A page never changes: the log is read only up to its final position, so that no event appears later at a position that
was passed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from billing_core.kernel.events import Event


class EventOrigin(Protocol):
    """The command that an event came from, the role in which it was given, and the larger whole it belongs to."""

    @property
    def role(self) -> str: ...

    @property
    def command(self) -> str: ...

    @property
    def correlation(self) -> str: ...


class RecordedEvent(Protocol):
    """An event at its place in the log; `number` is the part of the stream's name after its kind: `account/NUMBER`."""

    @property
    def position(self) -> int: ...

    @property
    def stream(self) -> str: ...

    @property
    def number(self) -> str: ...

    @property
    def version(self) -> int:
        """Its number within its stream; a later event of the stream has a higher one."""

    @property
    def event(self) -> Event: ...

    @property
    def recorded_at(self) -> datetime: ...

    @property
    def origin(self) -> EventOrigin: ...


Kinds = Collection[type[Event]]


class EventLog(Protocol):
    """The log, as far as it is final."""

    def final_position(self) -> int:
        """The position up to which no event can appear any more."""

    def newest_position(self) -> int:
        """The last position that was given out, final or not."""

    def read_kinds(
        self, kinds: Kinds, after: int, upto: int, limit: int, *, is_personal: bool
    ) -> Sequence[RecordedEvent]:
        """Events of these classes and of their subclasses in order of position.

        Personal data are shown only if `is_personal`; otherwise they stay as stored.
        """


class Clock(Protocol):
    """Now, and today of the seller whose business it is."""

    def now(self) -> datetime:
        """The instant, in UTC."""

    def today_of(self, streams: Collection[str]) -> Mapping[str, date]:
        """By stream, today's date in the time zone of its seller; the earliest of the dates if it has none."""

    def reached(self) -> datetime:
        """The instant up to which deadlines have come: now, or the end of the day on which the clock is kept."""

    def latest_today(self) -> date:
        """The latest of the dates that it is now in the time zones of all sellers."""
