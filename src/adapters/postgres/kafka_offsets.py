"""How far the sources of usage have read their topics of Kafka, and what keeps them from going on."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from psycopg import Cursor

from adapters.postgres.tables import PostgresTables
from billing_core.usage.mediation.deliveries import RefusedRow
from commands.usage.ports import BatchId

# The row is locked until the transaction ends: another reader of the partition waits meanwhile, and then knows.
ADD_PLACE = """
    INSERT INTO billing.kafka_offsets (source, topic, partition) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""
SELECT_NEXT = """
    SELECT next_offset FROM billing.kafka_offsets WHERE source = %s AND topic = %s AND partition = %s FOR UPDATE
"""
# Of what cannot be taken, the records of nobody are not wrong: they are taken once somebody is their subscriber.
SELECT_WRONG = """
    SELECT line, key, field, value, reason, raw FROM billing.usage_waiting
    WHERE source = %s AND batch = %s AND is_read AND field <> 'subscriber' ORDER BY line
"""
MOVE = """
    UPDATE billing.kafka_offsets SET next_offset = %s, end_offset = greatest(%s, end_offset), moved_at = %s
    WHERE source = %s AND topic = %s AND partition = %s
"""
MISS = """
    UPDATE billing.kafka_offsets SET missed = missed + %(first)s - next_offset, next_offset = %(first)s
    WHERE source = %(source)s AND topic = %(topic)s AND partition = %(partition)s AND next_offset < %(first)s
    RETURNING missed
"""
SELECT_ALL = """
    SELECT source, topic, partition, next_offset, end_offset, missed, moved_at FROM billing.kafka_offsets
    ORDER BY source, topic, partition
"""
SELECT_FAILURES = "SELECT source, error, attempts, failed_at FROM billing.kafka_failures ORDER BY source"
FAIL = """
    INSERT INTO billing.kafka_failures AS known (source, error, failed_at) VALUES (%s, %s, %s)
    ON CONFLICT (source) DO UPDATE
    SET error = excluded.error, attempts = known.attempts + 1, failed_at = excluded.failed_at
"""


class Place(NamedTuple):
    """A partition of a topic, as a source reads it."""

    source: str
    topic: str
    partition: int


class ReadSoFar(msgspec.Struct, frozen=True):
    """How far a source has read a partition: the next offset, where the partition ended then, messages missed."""

    source: str
    topic: str
    partition: int
    next_offset: int
    end_offset: int
    missed: int
    moved_at: datetime | None


class SourceFailure(msgspec.Struct, frozen=True):
    """Why a source cannot go on, since how many tries."""

    source: str
    error: str
    attempts: int
    failed_at: datetime


def lock_offset(cursor: Cursor[Any], place: Place) -> int:
    """The first message that is not counted yet; until the transaction ends nobody else counts any."""
    cursor.execute(ADD_PLACE, place)
    row = cursor.execute(SELECT_NEXT, place).fetchone()
    assert row is not None
    return int(row[0])


def move_offset(cursor: Cursor[Any], place: Place, next_offset: int, end_offset: int, at: datetime) -> None:
    """All messages before this one are counted."""
    cursor.execute(MOVE, (next_offset, end_offset, at, *place))


def wrong_rows(cursor: Cursor[Any], batch: BatchId) -> list[RefusedRow]:
    """The records of a batch that could be read and are wrong."""
    return [RefusedRow(*row) for row in cursor.execute(SELECT_WRONG, batch)]


class KafkaOffsets:
    """The offsets as they are read outside of the transactions that move them."""

    def __init__(self, tables: PostgresTables) -> None:
        self._tables = tables

    def next_offset(self, place: Place) -> int:
        """The first message that is not counted yet."""
        with self._tables.transaction("billing") as cursor:
            return lock_offset(cursor, place)

    def miss(self, place: Place, first_offset: int) -> int:
        """The brokers have no message before this one any more; how many were missed in all, 0 if none now."""
        with self._tables.transaction("billing") as cursor:
            row = cursor.execute(MISS, {**place._asdict(), "first": first_offset}).fetchone()
            return 0 if row is None else int(row[0])

    def all(self) -> list[ReadSoFar]:
        """Every partition that was read."""
        with self._tables.transaction("billing") as cursor:
            return [ReadSoFar(*row) for row in cursor.execute(SELECT_ALL)]

    def failures(self) -> list[SourceFailure]:
        """The sources that cannot go on."""
        with self._tables.transaction("billing") as cursor:
            rows = cursor.execute(
                "SELECT source, error, attempts, failed_at FROM billing.kafka_failures ORDER BY source"
            )
            return [SourceFailure(*row) for row in rows]

    def failed(self, source: str, error: str, at: datetime) -> None:
        """Note why a source cannot go on."""
        with self._tables.transaction("billing") as cursor:
            cursor.execute(FAIL, (source, error, at))

    def recovered(self, source: str) -> None:
        """It goes on."""
        with self._tables.transaction("billing") as cursor:
            cursor.execute("DELETE FROM billing.kafka_failures WHERE source = %s", (source,))
