"""A process that writes events in every way there is, in an order of its own: `log_writer.py URL NAME SECONDS LOCKS`.

It says when it is ready and begins when it is told to, so that all writers work at the same time.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.persistence import StoredEvent
from psycopg import Cursor
from psycopg.rows import tuple_row

from adapters.postgres.datastore import Datastore, open_datastore
from adapters.postgres.recorder import EventRecorder, EventRow
from adapters.postgres.store import PostgresStore
from billing_core.kernel.events import encode, topic_of
from billing_core.payments.events import CreditReleased
from commands.platform.ports import Append, Given, Origin

ON = date(2026, 1, 1)
NOW = datetime(2026, 1, 2, tzinfo=UTC)
TOPIC = topic_of(CreditReleased)
FACT = CreditReleased(effective_on=ON, allocations=())
STATE = encode(FACT)


class Writer:
    """Its streams are named after it, so no two writers ever meet in one."""

    def __init__(self, datastore: Datastore, name: str, locks_table: bool) -> None:
        self._datastore = datastore
        self._recorder = EventRecorder(datastore, locks_table=locks_table)
        self._store = PostgresStore(self._recorder)
        self._streams = (f"account/{name}-{number}" for number in count())
        self._chance = random.Random(name)
        self._ways = [self.single, self.bulk, self.taken_back, self.early_id, self.in_two_parts]
        if not locks_table:  # A command's one statement knows no lock.
            self._ways += [self.command, self.command]

    def write(self) -> None:
        """One transaction of some kind, and sometimes a pause."""
        self._chance.choice(self._ways)()
        if self._chance.random() < 0.3:
            self._sleep()

    def single(self) -> None:
        self._recorder.insert_events([StoredEvent(next(self._streams), 1, TOPIC, STATE)])

    def command(self) -> None:
        """As every command of a clerk is written."""
        decided = [Append(next(self._streams), 0, [FACT, FACT])]
        with self._store.transaction() as transaction:
            transaction.append_command(decided, origin_of(uuid4()), Given("Write", b"", "{}"))

    def bulk(self) -> None:
        with self._transaction() as cursor:
            self._recorder.append(cursor, self._rows(self._chance.randint(50, 400)))

    def taken_back(self) -> None:
        with self._transaction(commit=False) as cursor:
            self._recorder.append(cursor, self._rows(self._chance.choice([1, 3, 200])))
            self._sleep()

    def early_id(self) -> None:
        """The transaction has its id long before it draws a position."""
        with self._transaction() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")
            self._sleep()
            self._recorder.append(cursor, self._rows(2))

    def in_two_parts(self) -> None:
        """Positions of others come between those of one transaction, and may be committed before it."""
        with self._transaction() as cursor:
            self._recorder.append(cursor, self._rows(1))
            self._sleep()
            self._recorder.append(cursor, self._rows(self._chance.choice([3, 60])))

    @contextmanager
    def _transaction(self, commit: bool = True) -> Iterator[Cursor[Any]]:
        with self._datastore.transaction(commit=commit) as cursor:
            cursor.row_factory = tuple_row  # type: ignore[assignment]
            yield cursor

    def _rows(self, quantity: int) -> list[EventRow]:
        stream = next(self._streams)
        return [EventRow(stream, version, TOPIC, STATE, "{}", ON, NOW) for version in range(1, quantity + 1)]

    def _sleep(self) -> None:
        time.sleep(self._chance.uniform(0, 0.04))


def origin_of(command_id: UUID) -> Origin:
    return Origin("writer", "", "", "", command_id, command_id, NOW, ON)


def main(database_url: str, name: str, seconds: float, locks_table: bool) -> None:
    with open_datastore(database_url) as datastore:
        writer = Writer(datastore, name, locks_table)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            writer.write()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4] == "locks")
