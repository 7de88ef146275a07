"""The event-sourcing library's PostgreSQL recorder, with our table, our write path and our way of reading on.

What differs from the stock recorder, and why:

- Migrations own the tables; `create_table` does nothing.
- One row carries who, when and the effective date in addition to the event; a batch is written with COPY.
- No table lock and no NOTIFY while writing, so writers do not queue behind each other. Readers are kept from
  passing over a position that is still being written by a high-water mark, see `FinalPositions`.
- An insert is not silently retried after a lost connection: whether it was committed is for the command path to
  look up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import chain, islice
from threading import Lock
from typing import Any, NamedTuple

import msgspec
from eventsourcing.persistence import ListenNotifySubscription, Notification, StoredEvent, Subscription
from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg import Cursor, sql
from psycopg.rows import scalar_row, tuple_row

from adapters.postgres.datastore import STORE_SCHEMA, Datastore
from adapters.postgres.final_positions import FinalPositions, scalar

EVENT_COLUMNS = ("text", "int8", "text", "bytea", "text", "date", "timestamptz")
# Below this many rows a single INSERT beats the round trips of a COPY.
COPY_FROM_ROWS = 50
POLL_SECONDS = 0.05

INSERT_EVENTS = f"""
    INSERT INTO {STORE_SCHEMA}.events
        (originator_id, originator_version, topic, state, metadata, effective_on, recorded_at)
    SELECT * FROM unnest(%b::text[], %b::int8[], %b::text[], %b::bytea[], %b::text[], %b::date[], %b::timestamptz[])
    RETURNING position
"""
COPY_EVENTS = f"""
    COPY {STORE_SCHEMA}.events
        (originator_id, originator_version, topic, state, metadata, effective_on, recorded_at)
    FROM STDIN (FORMAT BINARY)
"""
SELECT_NOTIFICATIONS = f"""
    SELECT position, originator_id, originator_version, topic, state FROM {STORE_SCHEMA}.events
    WHERE position >= %(start)s AND position <= %(stop)s AND (%(topics)s::text[] IS NULL OR topic = ANY(%(topics)s))
    ORDER BY position LIMIT %(limit)s
"""


class EventRow(NamedTuple):
    """One row to be written: the stored event with its metadata, effective date and time of recording."""

    originator_id: str
    originator_version: int
    topic: str
    state: bytes
    metadata: str
    effective_on: date
    recorded_at: datetime


class _Dated(msgspec.Struct):
    """What every event says."""

    effective_on: date


_read_date = msgspec.json.Decoder(_Dated).decode


class EventRecorder(PostgresApplicationRecorder):
    """Appends to and reads from the table `events`.

    With `locks_table` writers take turns, as they do in the stock recorder: then positions appear in order by
    themselves. Slow, and only a second opinion for the tests of the mark.
    """

    datastore: Datastore

    def __init__(self, datastore: Datastore, *, locks_table: bool = False) -> None:
        super().__init__(datastore, events_table_name="events")
        self._locks_table = locks_table
        self._final = FinalPositions()
        self._final_turn = Lock()

    def create_table(self) -> None:
        """Migrations own the tables."""

    def append(self, cursor: Cursor[Any], rows: Iterable[EventRow]) -> int:
        """Write rows within the caller's transaction; a position at or after the last one's, 0 where there are none.

        Many rows are best handed in one by one, as they are made: the database writes the first ones meanwhile.
        """
        if self._locks_table:
            self._lock_table(cursor)
        coming = iter(rows)
        first = list(islice(coming, COPY_FROM_ROWS))
        if len(first) < COPY_FROM_ROWS:
            return max(self._insert(cursor, first), default=0)
        copy_rows(cursor, COPY_EVENTS, EVENT_COLUMNS, chain(first, coming))
        return int(scalar(cursor, f"SELECT last_value FROM {STORE_SCHEMA}.event_positions"))

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """The library's door: events in a transaction of their own.

        `metadata` is the JSON of who wrote them, from where and for which command. A recorder of tracking also takes
        `tracking`, the position that caused them.
        """
        now, metadata = datetime.now(UTC), kwargs.pop("metadata", "{}")
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_events(cursor, stored_events, **kwargs)
            if self._locks_table:
                self._lock_table(cursor)
            cursor.row_factory = tuple_row  # type: ignore[assignment]
            return self._insert(cursor, [_row_of(item, metadata, now) for item in stored_events])

    def _insert(self, cursor: Cursor[Any], rows: Sequence[EventRow]) -> list[int]:
        if not rows:
            return []
        cursor.execute(INSERT_EVENTS, [list(column) for column in zip(*rows, strict=True)])
        return [int(row[0]) for row in cursor.fetchall()]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        first = 0 if start is None else start if inclusive_of_start else start + 1
        with self.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            with self._final_turn:
                mark = self._final.advance(cursor)
            last = mark if stop is None else min(stop, mark)
            found = {"start": first, "stop": last, "limit": limit, "topics": list(topics) or None}
            cursor.execute(SELECT_NOTIFICATIONS, found)
            return [
                Notification(id=row[0], originator_id=row[1], originator_version=row[2], topic=row[3], state=row[4])
                for row in cursor
            ]

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[EventRecorder]:
        return PolledSubscription(self, gt, topics)

    def max_notification_id(self) -> int | None:
        with self.datastore.get_connection() as connection, connection.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(f"SELECT max(position) FROM {STORE_SCHEMA}.events").fetchone()


class PolledSubscription(ListenNotifySubscription[EventRecorder]):
    """The library's subscription, which looks for new events every so often: the write path sends no NOTIFY.

    It brings what is below the mark, so it misses nothing and brings nothing out of order.
    """

    def _loop_on_pull(self) -> None:
        try:
            while not self._has_been_stopped:
                self._pull()
                self._has_been_notified.wait(POLL_SECONDS)  # Set when the subscription is stopped.
        except BaseException as error:
            self._thread_error = error
            self.stop()


def _row_of(item: StoredEvent, metadata: str, now: datetime) -> EventRow:
    """The row of an event that came without one; bytes that name no business date are of today."""
    try:
        on = _read_date(item.state).effective_on
    except msgspec.DecodeError:
        on = now.date()
    return EventRow(str(item.originator_id), item.originator_version, item.topic, item.state, metadata, on, now)


def copy_rows(cursor: Cursor[Any], statement: str, types: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Stream rows into a table with binary COPY."""
    with cursor.copy(sql.SQL(statement)) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)
