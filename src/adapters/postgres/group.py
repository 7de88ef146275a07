"""Group commit: writes that are ready at the same time are committed together.

Making a commit durable costs more than everything else in a small write. While one thread writes, others queue up;
the next to have its turn writes all of them in one transaction. Each write stays whole: where the group fails, each
member is written again on its own, so only those fail that would have failed alone, each with its own error.

A write that is alone is a transaction of its own and waits for nobody.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from threading import Lock
from typing import Any

import psycopg
from psycopg import Cursor

MOST_TOGETHER = 64


class Write:
    """A statement that returns one number, and what became of it."""

    def __init__(self, statement: bytes, values: Sequence[Any]) -> None:
        self.statement = statement
        self.values = values
        self.is_done = False
        self.returned = 0
        self.failure: psycopg.Error | None = None


class GroupCommit:
    """Writes for many threads, one group after the other."""

    def __init__(self) -> None:
        self._waiting: deque[Write] = deque()
        self._turn = Lock()

    def execute(self, cursor: Cursor[Any], write: Write) -> int:
        """What the statement returned, once it is durable. `cursor` writes, also for others, if it has its turn."""
        self._waiting.append(write)
        with self._turn:
            while not write.is_done:
                _write(cursor, [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))])
        if write.failure is not None:
            raise write.failure
        return write.returned


def _write(cursor: Cursor[Any], group: Sequence[Write]) -> None:
    try:
        if len(group) > 1 and _write_together(cursor, group):
            return
        for write in group:
            try:
                write.returned = execute_alone(cursor, write)
            except psycopg.Error as error:
                write.failure = error
            write.is_done = True
    finally:
        for write in group:
            if not write.is_done:  # Who had the turn was stopped, by Ctrl-C say: nobody may wait for ever.
                write.failure = psycopg.OperationalError("the thread that was writing was stopped")
                write.is_done = True


def _write_together(cursor: Cursor[Any], group: Sequence[Write]) -> bool:
    """Whether all of them were written. Where the commit's fate is not known either, the ids of the commands tell."""
    try:
        with cursor.connection.transaction():
            returned = [execute_alone(cursor, write) for write in group]
    except psycopg.Error:
        return False
    for write, number in zip(group, returned, strict=True):
        write.returned = number
        write.is_done = True
    return True


def execute_alone(cursor: Cursor[Any], write: Write) -> int:
    """What the statement returned; part of the transaction that the connection is in, if it is in one."""
    row = cursor.execute(write.statement, write.values, prepare=True).fetchone()
    assert row is not None
    return int(row[0])
