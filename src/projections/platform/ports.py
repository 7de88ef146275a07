"""The ports of read models: a log that is read up to its final position, and tables in schemas.

The adapters implement these.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec

from projections.platform.projection import Cursor, LoggedEvent

Page = Sequence[LoggedEvent]
Progress = Callable[[int], None]


def unwatched(events: int) -> None:
    """Progress without a display."""


class Share(NamedTuple):
    """One of several equal parts of all streams, by a hash of their names; a single part is everything."""

    number: int = 0
    of: int = 1


class Holder(msgspec.Struct, frozen=True):
    """An open transaction: positions assigned after it began are not final as long as it lasts.

    It may be in any database of the server. If `pid` is None, it was prepared for a two-phase commit.
    """

    pid: int | None
    application: str
    database: str
    user: str
    since: datetime | None

    def __str__(self) -> str:
        """A description of the transaction, and the remedy for the administrator of the database."""
        if self.pid is None:
            who = f"the prepared transaction {self.application!r} (database {self.database}, user {self.user})"
            mend = "commit it or roll it back as prepared"
        else:
            named = f"application {self.application!r}, database {self.database}, user {self.user}"
            who = f"process {self.pid} of the database server ({named})"
            mend = f"finish it where it was begun, or end it with SELECT pg_terminate_backend({self.pid})"
        since = f" since {self.since.isoformat(timespec='seconds')}" if self.since else ""
        return f"{who} is in the middle of a transaction{since}; {mend}"


class Log(Protocol):
    """The log of events, as far as it is final."""

    def final_position(self) -> int:
        """The position at or below which no event can appear any longer."""

    def newest_position(self) -> int:
        """The last assigned position, final or not."""

    def holder(self) -> Holder | None:
        """The oldest open transaction, for which the mark waits."""

    def read(
        self, after: int, upto: int, limit: int, left_out: Collection[str] = (), erased: Collection[str] = ()
    ) -> Sequence[LoggedEvent]:
        """Events in order of position; personal data in events of `erased` topics stay as stored.

        Events of `left_out` topics are not read.
        """

    def read_by_stream(
        self, upto: int, limit: int, share: Share, left_out: Collection[str] = (), erased: Collection[str] = ()
    ) -> Iterator[Sequence[LoggedEvent]]:
        """The events of a share of the streams up to a final position, page by page, stream after stream.

        Events of `left_out` topics are not read.
        """


class Tables(Protocol):
    """The place of read models: schemas in a database."""

    def transaction(self, schema: str) -> AbstractContextManager[Cursor]:
        """A transaction whose statements find their tables in a schema; commits when left normally."""

    def reading(self, schema: str) -> AbstractContextManager[Cursor]:
        """A transaction that writes nothing, and so may take as long as it needs; all it reads is of one moment."""

    def only_runner(self, name: str) -> AbstractContextManager[None]:
        """Take the lock of this name, and wait for it if necessary."""
