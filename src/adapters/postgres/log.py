"""The log of events as projections read it: pages of decoded events below the final mark."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import msgspec
from eventsourcing.postgres import PostgresDatastore
from psycopg import Cursor
from psycopg.rows import tuple_row

from adapters.postgres.datastore import lift_cap
from adapters.postgres.failures import translated_errors
from adapters.postgres.final_positions import FinalPositions, newest_position
from adapters.postgres.person_keys import StoredFact, reveal
from billing_core.kernel.errors import BillingError
from billing_core.kernel.events import Event, UnknownEvent, decode, known_topics, topics_under
from billing_core.kernel.personal import find_personal_fields
from projections.platform.ports import Holder, Share
from projections.platform.projection import LoggedEvent, Origin

COLUMNS = """
    position, originator_id, substr(originator_id, strpos(originator_id, '/') + 1), originator_version, topic, state,
    recorded_at, metadata
"""
SELECT_PAGE = f"""
    SELECT {COLUMNS} FROM billing.events WHERE position > %s AND position <= %s ORDER BY position LIMIT %s
"""
# Planned anew for each page, so that the topics are known to the plan: it looks them up in a hash table.
SELECT_PAGE_WITHOUT = f"""
    SELECT {COLUMNS} FROM billing.events WHERE position > %s AND position <= %s AND topic <> ALL(%s)
    ORDER BY position LIMIT %s
"""
SELECT_TOPICS = f"""
    SELECT {COLUMNS} FROM billing.events WHERE position > %s AND position <= %s AND topic = ANY(%s)
    ORDER BY position LIMIT %s
"""
SELECT_STREAMS = f"""
    SELECT {COLUMNS} FROM billing.events WHERE originator_id = ANY(%s)
    AND (%s::bigint IS NULL OR position < %s) ORDER BY position DESC LIMIT %s
"""
SELECT_POSITIONS = f"SELECT {COLUMNS} FROM billing.events WHERE position = ANY(%s) ORDER BY position DESC"
# The hash may differ between versions of PostgreSQL; it only has to be the same for all shares of one reading.
SELECT_BY_STREAM = f"""
    SELECT {COLUMNS} FROM billing.events
    WHERE position <= %s AND (hashtextextended(originator_id, 0) & 1023) %% %s = %s AND topic <> ALL(%s)
    ORDER BY originator_id, originator_version
"""
# Conditions of a search; what is not asked for is NULL. To look for a text is quick, and comes before reading JSON.
SEARCHED = """
    (%(before)s::bigint IS NULL OR position < %(before)s)
    AND (%(streams)s::text[] IS NULL OR originator_id = ANY(%(streams)s))
    AND (%(since)s::timestamptz IS NULL OR recorded_at >= %(since)s)
    AND (%(until)s::timestamptz IS NULL OR recorded_at < %(until)s)
    AND (%(events)s::text[] IS NULL OR split_part(topic, '/', 1) = ANY(%(events)s))
    AND (%(actor)s::text IS NULL
         OR strpos(metadata, %(written_actor)s) > 0 AND metadata::jsonb ->> 'actor' = %(actor)s)
    AND (%(source)s::text IS NULL
         OR strpos(metadata, %(written_source)s) > 0 AND metadata::jsonb ->> 'source' = %(source)s)
    AND (%(correlation)s::text IS NULL
         OR strpos(metadata, %(correlation)s) > 0 AND metadata::jsonb ->> 'correlation' = %(correlation)s)
"""
# Each stretch is read by itself: a join would be read from the end of the log backwards, as far as the stretch is away.
SELECT_SEARCHED = f"""
    SELECT {COLUMNS} FROM unnest(%(first)s::bigint[], %(after)s::bigint[]) AS stretch (first, after), LATERAL (
        SELECT * FROM billing.events WHERE position >= first AND position < after AND {SEARCHED}
        ORDER BY position DESC LIMIT %(limit)s
    ) AS found
    ORDER BY position DESC LIMIT %(limit)s
"""
SELECT_SEARCHED_STREAMS = f"""
    SELECT {COLUMNS} FROM billing.events WHERE {SEARCHED} ORDER BY position DESC LIMIT %(limit)s
"""
# The events of a command stand close together, but those of others may stand between them.
POSITIONS_OF_A_COMMAND = 20_000
SELECT_COMMAND = f"""
    SELECT {COLUMNS} FROM billing.events WHERE position > %s AND position <= %s AND strpos(metadata, %s) > 0
    ORDER BY position LIMIT %s
"""
SELECT_NEWEST = f"""
    SELECT {COLUMNS} FROM billing.events WHERE (%s::bigint IS NULL OR position < %s) ORDER BY position DESC LIMIT %s
"""
NEWEST_BY_TOPIC = """
    SELECT topic, max(position) FROM billing.events WHERE position > %s AND position <= %s GROUP BY topic
"""

# Ids of transactions wrap around, their age does not.
SELECT_HOLDER = """
    SELECT pid, application, database, username, since FROM (
        SELECT pid, application_name AS application, datname::text AS database, usename::text AS username,
               xact_start AS since, age(backend_xid) AS age
        FROM pg_stat_activity WHERE backend_xid IS NOT NULL
        UNION ALL
        SELECT NULL, gid, database::text, owner::text, prepared, age(transaction) FROM pg_prepared_xacts
    ) AS running ORDER BY age DESC LIMIT 1
"""


Read = TypeVar("Read")


class EventUnreadable(BillingError):
    """The log holds bytes that are no event this program knows: written by a newer program, or damaged."""

    code = "event-unreadable"


class Wanted(NamedTuple):
    """What a search asks for; None is anything. `events` are names of events without their versions."""

    streams: Sequence[str] | None = None
    events: Sequence[str] | None = None
    actor: str | None = None
    source: str | None = None
    correlation: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class PostgresLog:
    """Implements `Log` of the projections and `EventLog` of the commands."""

    def __init__(self, datastore: PostgresDatastore) -> None:
        self._datastore = datastore
        self._final = FinalPositions()
        self._turn = Lock()

    def final_position(self) -> int:
        with self._turn, translated_errors(), self._datastore.get_connection() as connection:
            return self._final.advance(connection.cursor(row_factory=tuple_row))

    def newest_position(self) -> int:
        with translated_errors(), self._datastore.get_connection() as connection:
            return newest_position(connection.cursor(row_factory=tuple_row))

    def newest_by_topic(self, after: int, upto: int) -> dict[str, int]:
        """Which topics there are between two positions, each with its last position."""
        with translated_errors(), self._datastore.get_connection() as connection:
            cursor = connection.cursor(row_factory=tuple_row)
            return dict(cursor.execute(NEWEST_BY_TOPIC.encode(), (after, upto)).fetchall())

    def holder(self) -> Holder | None:
        """The oldest transaction that has not ended: as long as it lasts, newer positions are not final."""
        with translated_errors(), self._datastore.get_connection() as connection:
            row = connection.cursor(row_factory=tuple_row).execute(SELECT_HOLDER).fetchone()
        return None if row is None else Holder(*row)

    def read(
        self, after: int, upto: int, limit: int, left_out: Collection[str] = (), erased: Collection[str] = ()
    ) -> Sequence[LoggedEvent]:
        if not left_out:
            return self._select(SELECT_PAGE, (after, upto, limit), erased)
        return self._select(SELECT_PAGE_WITHOUT, (after, upto, list(left_out), limit), erased, prepare=False)

    def read_kinds(
        self, kinds: Collection[type[Event]], after: int, upto: int, limit: int, *, is_personal: bool
    ) -> Sequence[LoggedEvent]:
        topics = topics_under(kinds)
        return self._select(SELECT_TOPICS, (after, upto, topics, limit), () if is_personal else topics)

    def read_by_stream(
        self, upto: int, limit: int, share: Share, left_out: Collection[str] = (), erased: Collection[str] = ()
    ) -> Iterator[Sequence[LoggedEvent]]:
        with translated_errors(), self._datastore.transaction(commit=False) as reader:
            reader.row_factory = tuple_row  # type: ignore[assignment]
            lift_cap(reader)
            reader.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # Between pages it waits for the fold.
            cursor = reader.connection.cursor(name="by_stream", row_factory=tuple_row)
            cursor.execute(SELECT_BY_STREAM.encode(), (upto, share.of, share.number, list(left_out)), binary=True)
            while rows := cursor.fetchmany(limit):
                yield _page(reader, rows, erased)

    def newest(self, limit: int, before: int | None = None) -> Sequence[LoggedEvent]:
        """The newest events, newest first, before a position."""
        return self._select(SELECT_NEWEST, (before, before, limit))

    def of_streams(self, streams: Iterable[str], limit: int | None, before: int | None = None) -> Sequence[LoggedEvent]:
        """The newest events of some streams, or all, newest first."""
        return self._select(SELECT_STREAMS, (list(streams), before, before, limit))

    def at_positions(self, positions: Iterable[int]) -> Sequence[LoggedEvent]:
        """The events at these positions, newest first."""
        return self._select(SELECT_POSITIONS, (list(positions),))

    def of_command(self, command: UUID, position: int, limit: int) -> Sequence[LoggedEvent]:
        """The first events of a command in their order, by the position of its last one."""
        first = position - POSITIONS_OF_A_COMMAND
        return self._select(SELECT_COMMAND, (first, position, f'"command":"{command}"', limit))

    def search(
        self, wanted: Wanted, within: Sequence[range] | None, limit: int | None, before: int | None = None
    ) -> Sequence[LoggedEvent]:
        """The newest events that are wanted, newest first, before a position.

        They are found by reading through some stretches of positions, or else through the wanted streams.
        """
        parameters = {
            **wanted._asdict(), "limit": limit, "before": before,
            "written_actor": _written(wanted.actor), "written_source": _written(wanted.source),
        }  # fmt: skip
        if within is None:
            return self._select(SELECT_SEARCHED_STREAMS, parameters)
        bounds = {"first": [stretch.start for stretch in within], "after": [stretch.stop for stretch in within]}
        return self._select(SELECT_SEARCHED, parameters | bounds)

    def _select(
        self, statement: str, parameters: Sequence[Any] | Mapping[str, Any], erased: Collection[str] = (), *,
        prepare: bool = True,
    ) -> list[LoggedEvent]:  # fmt: skip
        with translated_errors(), self._datastore.get_connection() as connection:
            cursor = connection.cursor(row_factory=tuple_row, binary=True)
            rows = cursor.execute(statement.encode(), parameters, prepare=prepare).fetchall()
            return _page(cursor, rows, erased)


def _written(value: str | None) -> str | None:
    """How a text stands in the metadata of an event."""
    return None if value is None else msgspec.json.encode(value).decode()


def _page(cursor: Cursor[Any], rows: Sequence[tuple[Any, ...]], erased: Collection[str]) -> list[LoggedEvent]:
    """Decoded events, with what may be known of the persons in them, but for those of the erased topics."""
    shown = {topic for topic, kind in known_topics().items() if find_personal_fields(kind)}.difference(erased)
    personal = [
        _read(StoredFact.read, position, stream, version, topic, state)
        for position, stream, _, version, topic, state, _, _ in rows
        if topic in shown
    ]
    revealed = iter(reveal(cursor, personal))
    return [
        LoggedEvent(
            position, stream, number, version,
            next(revealed) if topic in shown else _read(decode, position, topic, state),
            state, at, _origin(metadata),
        )
        for position, stream, number, version, topic, state, at, metadata in rows
    ]  # fmt: skip


def _read(reading: Callable[..., Read], position: int, *stored: Any) -> Read:
    """Read stored bytes; `stored` ends with their topic and themselves."""
    try:
        return reading(*stored)
    except (UnknownEvent, msgspec.DecodeError) as error:
        raise EventUnreadable(
            f"cannot be read as {stored[-2]}: {error}", field="event at position", value=position
        ) from error


@lru_cache(maxsize=1024)
def _origin(metadata: str) -> Origin:
    """All events of one command share their origin, so it is decoded once."""
    return msgspec.json.decode(metadata, type=Origin)
