"""What the process remembers of the latest states that it read and wrote, so that a command need not read them again.

Kept are the rows that a look-up would bring, as bytes: the latest state and the events after it. So a state that is
loaded from here is made the same way as one from the database, a handler may change what it was given, and nothing
personal stands here in clear.

What is remembered may be out of date as soon as another process writes. So it only serves the first try of a command,
whose write proves it by the version check or refutes it (`PostgresTransaction`); what was refuted is dropped.

A try that is refuted costs about what a proved one saves. So where processes share their accounts and more than a third
of the last tries were refuted, only one look-up in sixteen is answered from here, to learn whether that has changed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import NamedTuple

MOST_BYTES = 64_000_000
# About what Python needs for a row, in addition to its content.
ROW_OVERHEAD_BYTES = 250
MOST_REFUTED = 1 / 3
LEARNT_FROM = 32
TRIED_ONE_IN = 16


class LatestRow(NamedTuple):
    """A state at a version, which has no topic, or an event after it."""

    version: int
    topic: str | None
    content: bytes


# All that is remembered of a stream in which nothing stands yet.
NOTHING_YET = LatestRow(0, None, b"")


class Memory:
    """Rows by stream, those of the streams that were used last; threads share it."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._rows: OrderedDict[str, Sequence[LatestRow]] = OrderedDict()
        self._turn = Lock()
        self._refuted = 0.0
        self._doubted = 0

    def recall(self, stream: str) -> Sequence[LatestRow]:
        """The rows of a stream, none if it is not remembered or most likely out of date."""
        with self._turn:
            if (rows := self._rows.get(stream)) is None:
                return ()
            self._rows.move_to_end(stream)
            if self._refuted > MOST_REFUTED:
                self._doubted += 1
                return () if self._doubted % TRIED_ONE_IN else rows
            return rows

    def learn(self, *, was_refuted: bool) -> None:
        """Note what became of a try that rested on what was recalled."""
        with self._turn:
            self._refuted += (was_refuted - self._refuted) / LEARNT_FROM

    def keep(self, latest: Mapping[str, Sequence[LatestRow]]) -> None:
        """Remember streams, unless something newer is remembered of them; those without rows are dropped."""
        with self._turn:
            for stream, rows in latest.items():
                known = self._rows.get(stream)
                if known and rows and known[-1].version > rows[-1].version:
                    continue
                self._drop(stream)
                if rows:
                    self._rows[stream] = rows
                    self._bytes += _size(rows)
            while self._bytes > self._most_bytes:
                self._drop(next(iter(self._rows)))

    def forget(self, streams: Iterable[str]) -> None:
        """Drop streams that somebody else may have written."""
        with self._turn:
            for stream in streams:
                self._drop(stream)

    def clear(self) -> None:
        """Drop all: a connection was opened, perhaps to a server that lacks what another one had promised."""
        with self._turn:
            self._rows.clear()
            self._bytes = 0

    def _drop(self, stream: str) -> None:
        self._bytes -= _size(self._rows.pop(stream, ()))


def _size(rows: Sequence[LatestRow]) -> int:
    return sum(len(row.content) + ROW_OVERHEAD_BYTES for row in rows)
