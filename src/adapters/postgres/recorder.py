"""The event-sourcing library's PostgreSQL recorder, with our table, our write path and our way of reading on.

What differs from the stock recorder, and why:

- Migrations own the tables; `create_table` does nothing.
- One row carries who, when and the effective date beside the event; a batch is written with COPY.
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

from eventsourcing.persistence import Notification, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Cursor, sql
from psycopg.rows import scalar_row, tuple_row

from adapters.postgres.datastore import STORE_SCHEMA

EVENT_COLUMNS = ("text", "int8", "text", "bytea", "text", "date", "timestamptz")
# Below this many rows a single INSERT beats the round trips of a COPY.
COPY_FROM_ROWS = 50

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
    """One row to be written: the stored event and what stands beside it."""

    originator_id: str
    originator_version: int
    topic: str
    state: bytes
    metadata: str
    effective_on: date
    recorded_at: datetime


class FinalPositions:
    """The high-water mark: every position up to it is either committed or will never exist.

    A fence: read the sequence's last value S, then draw a fresh transaction id X. A transaction draws its id before
    its first position, so whoever holds a position up to S has an id below X. Once no transaction below X runs any
    more (the snapshot's xmin has passed X), every position up to S is final.
    """

    def __init__(self) -> None:
        self.mark = 0
        self._fences: list[tuple[int, int]] = []

    def advance(self, cursor: Cursor[Any]) -> int:
        """The mark as it stands now. The cursor's connection must be in autocommit."""
        last = newest_position(cursor)
        fenced = self._fences[-1][0] if self._fences else self.mark
        if last > fenced:
            self._fences.append((last, int(_scalar(cursor, "SELECT pg_current_xact_id()::text"))))
        if self._fences:
            xmin = int(_scalar(cursor, "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"))
            while self._fences and self._fences[0][1] < xmin:
                self.mark = self._fences.pop(0)[0]
        return self.mark


def newest_position(cursor: Cursor[Any]) -> int:
    """The last position that was given out, final or not."""
    found = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {STORE_SCHEMA}.event_positions"
    return int(_scalar(cursor, found))


class EventRecorder(PostgresApplicationRecorder):
    """Appends to and reads from the table `events`.

    With `locks_table` writers take turns, as they do in the stock recorder: then positions appear in order by
    themselves. Slow, and only a second opinion for the tests of the mark.
    """

    def __init__(self, datastore: PostgresDatastore, *, locks_table: bool = False) -> None:
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
        return int(_scalar(cursor, f"SELECT last_value FROM {STORE_SCHEMA}.event_positions"))

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """The library's door: events without an origin, in a transaction of their own."""
        if not stored_events:
            return []
        now = datetime.now(UTC)
        rows = [
            EventRow(str(item.originator_id), item.originator_version, item.topic, item.state, "{}", now.date(), now)
            for item in stored_events
        ]
        with self.datastore.transaction(commit=True) as cursor:
            cursor.row_factory = tuple_row  # type: ignore[assignment]
            if self._locks_table:
                self._lock_table(cursor)
            return self._insert(cursor, rows)

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

    def max_notification_id(self) -> int | None:
        with self.datastore.get_connection() as connection, connection.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(f"SELECT max(position) FROM {STORE_SCHEMA}.events").fetchone()


def copy_rows(cursor: Cursor[Any], statement: str, types: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Stream rows into a table with binary COPY."""
    with cursor.copy(sql.SQL(statement)) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _scalar(cursor: Cursor[Any], statement: str) -> Any:
    row = cursor.execute(sql.SQL(statement)).fetchone()
    assert row is not None
    return row if not isinstance(row, tuple) else row[0]
