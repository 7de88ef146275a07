"""How far each follower has come, and the deliveries that did not succeed yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import msgspec
from psycopg import Cursor

from adapters.postgres.reactions import begin_at, move_from, read_positions
from adapters.postgres.tables import PostgresTables
from billing_core.kernel.errors import InvalidValue, NotFound
from commands.platform.deliveries import Waiting

FOLLOWERS = "followers"
UPSERT_WAITING = """
    INSERT INTO billing.deliveries (follower, position, stream, state, attempts, next_try_at, error)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (follower, position) DO UPDATE
    SET state = excluded.state, attempts = excluded.attempts, next_try_at = excluded.next_try_at,
        error = excluded.error
    WHERE deliveries.state = 'waiting'
"""
DELETE_SUCCEEDED = """
    DELETE FROM billing.deliveries WHERE follower = %s AND position = %s AND state = 'waiting'
"""
SELECT_DROPPED = """
    SELECT position FROM billing.deliveries WHERE follower = %s AND position > %s AND state = 'dropped'
"""
SELECT_DUE = """
    SELECT follower, position, stream, attempts, next_try_at, error FROM (
        SELECT DISTINCT ON (stream) * FROM billing.deliveries WHERE follower = %s AND state = 'waiting'
        ORDER BY stream, position
    ) AS first_of_stream WHERE next_try_at <= %s ORDER BY position LIMIT %s
"""
SELECT_LISTED = """
    SELECT follower, position, stream, attempts, next_try_at, error, state, decided_by, decided_at, decided_reason
    FROM billing.deliveries
    WHERE (%(follower)s = '' OR follower = %(follower)s) AND (%(state)s = '' OR state = %(state)s)
    AND (follower, position) > (%(after)s, %(position)s)
    ORDER BY follower, position LIMIT %(limit)s
"""
COUNT_BY_STATE = "SELECT follower, state, count(*) FROM billing.deliveries GROUP BY follower, state"
DECIDE = """
    UPDATE billing.deliveries SET state = %s, next_try_at = %s, attempts = CASE WHEN %s THEN 0 ELSE attempts END,
        decided_by = %s, decided_at = %s, decided_reason = %s
    WHERE follower = %s AND position = %s AND state IN ('waiting', 'dead')
"""
REPLAY_ALL = """
    UPDATE billing.deliveries SET state = 'waiting', next_try_at = %s, attempts = 0, decided_by = %s, decided_at = %s,
        decided_reason = '' WHERE follower = %s AND state IN ('waiting', 'dead')
"""

REWIND = "UPDATE billing.followers SET position = %(to)s WHERE name = %(follower)s AND position >= %(to)s"

BEFORE_ALL = ("", 0)
ERASE_ERRORS = "UPDATE billing.deliveries SET error = 'erased' WHERE follower = %s AND stream = ANY(%s)"


class Listed(msgspec.Struct, frozen=True):
    """A delivery that waits, is dead or was dropped; who replayed or dropped it, when and why."""

    delivery: Waiting
    state: str
    decided_by: str | None
    decided_at: datetime | None
    decided_reason: str | None


class PostgresDeliveries:
    """Implements `commands.platform.deliveries.Deliveries`."""

    def __init__(self, tables: PostgresTables) -> None:
        self._tables = tables

    def only_runner(self, follower: str) -> AbstractContextManager[bool]:
        return self._tables.only_runner_unless_busy(_lock(follower))

    def register(self, positions: Mapping[str, int]) -> None:
        with self._tables.transaction("billing") as cursor:
            begin_at(cursor, FOLLOWERS, positions)

    def positions(self) -> Mapping[str, int]:
        with self._tables.transaction("billing") as cursor:
            return read_positions(cursor, FOLLOWERS)

    def move(self, follower: str, position: int, moved: int, waiting: Waiting | None = None) -> None:
        with self._tables.transaction("billing") as cursor:
            move_from(cursor, FOLLOWERS, [follower], position, moved)
            if waiting is not None:
                _write(cursor, waiting)

    def streams_waiting(self, follower: str) -> set[str]:
        with self._tables.transaction("billing") as cursor:
            found = cursor.execute(
                "SELECT DISTINCT stream FROM billing.deliveries WHERE follower = %s AND state = 'waiting'", (follower,)
            )
            return {stream for (stream,) in found}

    def due(self, follower: str, now: datetime, limit: int) -> Sequence[Waiting]:
        with self._tables.transaction("billing") as cursor:
            return [Waiting(*row) for row in cursor.execute(SELECT_DUE, (follower, now, limit))]

    def succeeded(self, follower: str, position: int) -> None:
        with self._tables.transaction("billing") as cursor:
            cursor.execute(DELETE_SUCCEEDED, (follower, position))

    def dropped_after(self, follower: str, position: int) -> set[int]:
        with self._tables.transaction("billing") as cursor:
            return {dropped for (dropped,) in cursor.execute(SELECT_DROPPED, (follower, position))}

    def failed(self, waiting: Waiting) -> None:
        with self._tables.transaction("billing") as cursor:
            _write(cursor, waiting)

    # --- by hand

    def listed(
        self, follower: str = "", after: tuple[str, int] = BEFORE_ALL, limit: int | None = None, state: str = ""
    ) -> list[Listed]:
        """Deliveries that did not succeed, of one follower or of all, in order of follower and position.

        They are those after a place, at most so many; with a `state` only those in it.
        """
        asked = {"follower": follower, "state": state, "after": after[0], "position": after[1], "limit": limit}
        with self._tables.transaction("billing") as cursor:
            return [Listed(Waiting(*row[:6]), *row[6:]) for row in cursor.execute(SELECT_LISTED, asked)]

    def counts(self) -> Counter[tuple[str, str]]:
        """How many deliveries of each follower are in each state."""
        with self._tables.transaction("billing") as cursor:
            return Counter({(follower, state): count for follower, state, count in cursor.execute(COUNT_BY_STATE)})

    def replay(self, follower: str, position: int, by: str, at: datetime) -> None:
        """Deliver a dead letter, or one that waits for its next try, at once, as if it had not been tried."""
        self._decide(follower, position, ("waiting", at, True), (by, at, ""))

    def replay_all(self, follower: str, by: str, at: datetime) -> int:
        """The same for all of a follower's; how many."""
        with self._tables.transaction("billing") as cursor:
            return cursor.execute(REPLAY_ALL, (at, by, at, follower)).rowcount

    def rewind(self, follower: str, position: int) -> None:
        """Deliver again what is after a position, once the delivery that is under way has ended."""
        with self._tables.only_runner(_lock(follower)), self._tables.transaction("billing") as cursor:
            cursor.execute(REWIND, {"follower": follower, "to": position})
            if not cursor.rowcount:
                raise InvalidValue(
                    f"is after what follower {follower!r} has delivered, or it has not begun; `billing followers` "
                    "shows how far it is",
                    field="position",
                    value=position,
                )

    def drop(self, follower: str, position: int, by: str, at: datetime, reason: str) -> None:
        """Leave a dead letter, or one that waits for its next try, undelivered for good."""
        self._decide(follower, position, ("dropped", None, False), (by, at, reason))

    def _decide(self, follower: str, position: int, state: tuple[Any, ...], decided: tuple[Any, ...]) -> None:
        with self._tables.transaction("billing") as cursor:
            cursor.execute(DECIDE, (*state, *decided, follower, position))
            if not cursor.rowcount:
                raise NotFound(
                    f"neither waits nor is a dead letter of follower {follower!r}; `billing followers` lists them",
                    field="position",
                    value=position,
                )

    def erase_errors(self, streams: Sequence[str]) -> None:
        """For a customer who is forgotten: an error may name the address of a delivery.

        A follower that delivers at the moment has read the address already, so it is waited for.
        """
        for follower in self.positions():
            with self._tables.only_runner(_lock(follower)), self._tables.transaction("billing") as cursor:
                cursor.execute(ERASE_ERRORS, (follower, list(streams)))


def _lock(follower: str) -> str:
    return f"follower {follower}"


def _write(cursor: Cursor[Any], waiting: Waiting) -> None:
    state = "dead" if waiting.next_try_at is None else "waiting"
    where = (waiting.follower, waiting.position, waiting.stream)
    cursor.execute(UPSERT_WAITING, (*where, state, waiting.attempts, waiting.next_try_at, waiting.error))
