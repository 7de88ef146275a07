"""The store that commands write through: one transaction with events, claims, command ids and number series."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.persistence import StoredEvent
from psycopg import Connection
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from adapters.postgres.failures import translated_errors
from adapters.postgres.group import GroupCommit, Write, execute_alone
from adapters.postgres.recorder import (
    EVENT_COLUMNS,
    EventMapper,
    EventRecorder,
    EventRow,
    copy_rows,
)
from billing_core.events import encode, topic_of
from billing_core.parties import SeriesKind
from commands.ports import (
    Append,
    Claim,
    Fold,
    Given,
    Known,
    Origin,
    State,
    TakenNumbers,
)

CLAIM_COLUMNS = ("text", "text", "text", "text")
COPY_CLAIMS = "COPY billing.claims FROM STDIN (FORMAT BINARY)"
SELECT_STREAM = """
    SELECT originator_version, topic, state FROM billing.events WHERE originator_id = %s ORDER BY originator_version
"""
# The latest state, marked by no topic, and the events that came after it; the whole stream where no state is kept.
SELECT_LATEST = """
    WITH latest (version, state) AS ({latest})
    SELECT version, NULL AS topic, state FROM latest
    UNION ALL
    SELECT originator_version, topic, state FROM billing.events
    WHERE originator_id = %(stream)s AND originator_version > coalesce((SELECT version FROM latest), 0)
    ORDER BY version
"""
SELECT_STREAM_UP_TO = """
    SELECT originator_version, topic, state FROM billing.events
    WHERE originator_id = %s AND (%s::bigint IS NULL OR originator_version <= %s) ORDER BY originator_version
"""
SELECT_VERSIONS = """
    SELECT stream, version FROM unnest(%s::text[]) AS wanted (stream), LATERAL (
        SELECT max(originator_version) AS version FROM billing.events WHERE originator_id = wanted.stream
    ) AS newest WHERE version IS NOT NULL
"""
TAKE_NUMBERS = """
    INSERT INTO billing.number_series AS series (seller, kind, last_number, last_issued_on) VALUES (%s, %s, %s, %s)
    ON CONFLICT (seller, kind) DO UPDATE SET last_number = series.last_number + excluded.last_number,
        last_issued_on = greatest(series.last_issued_on, excluded.last_issued_on)
    RETURNING last_number, last_issued_on
"""


_encode_metadata = msgspec.json.Encoder().encode


class Latest:
    """Where the latest state of a kind of stream is kept, and how to read it.

    `select` gives version and state of the stream `%(stream)s`, or no row; `decode` makes its bytes a state.
    """

    def __init__(self, select: str, decode: Callable[[bytes], Any]) -> None:
        self.statement = SELECT_LATEST.format(latest=select).encode()
        self.decode = decode


class PostgresTransaction:
    """Implements `commands.ports.Transaction` on one connection.

    A transaction of the database is begun only when something is written before the last statement: a command that
    takes no numbers is one read and one write.
    """

    def __init__(
        self, store: PostgresStore, connection: Connection[Any], begun: ExitStack, *, is_repeated: bool
    ) -> None:
        self._store = store
        self._connection = connection
        self._cursor = connection.cursor(row_factory=tuple_row, binary=True)
        self._begun = begun
        self._is_repeated = is_repeated

    @property
    def _is_begun(self) -> bool:
        return self._connection.info.transaction_status != TransactionStatus.IDLE

    def _begin(self) -> None:
        if not self._is_begun:
            self._begun.enter_context(self._connection.transaction())

    def load(self, stream: str, fold: Fold[State]) -> tuple[State | None, int]:
        latest = self._store.latest.get(fold)
        if latest is None:
            return self._folded(fold, None, 0, self._cursor.execute(SELECT_STREAM, (stream,), prepare=True))
        rows = self._cursor.execute(latest.statement, {"stream": stream}, prepare=True).fetchall()
        if rows and rows[0][1] is None:
            return self._folded(fold, latest.decode(rows[0][2]), rows[0][0], rows[1:])
        return self._folded(fold, None, 0, rows)

    def _folded(
        self, fold: Fold[State], state: State | None, version: int, rows: Iterable[Any]
    ) -> tuple[State | None, int]:
        for row in rows:
            version, topic, payload = row
            stored = StoredEvent(originator_id="", originator_version=version, topic=topic, state=payload)
            state = fold(state, self._store.mapper.to_domain_event(stored).event)
        return state, version

    def claimed(self, kind: str, keys: Collection[str]) -> Mapping[str, Claim]:
        found = self._cursor.execute(
            "SELECT kind, key, stream, content FROM billing.claims WHERE kind = %s AND key = ANY(%s)",
            (kind, list(keys)),
        )
        return {row[1]: Claim(*row) for row in found}

    def holder(self, claim: Claim) -> Claim | None:
        return self.claimed(claim.kind, [claim.key]).get(claim.key) if self._is_repeated else None

    def take_numbers(self, seller: str, kind: SeriesKind, count: int, on: date) -> TakenNumbers:
        self._begin()
        row = self._cursor.execute(TAKE_NUMBERS, (seller, kind, count, on)).fetchone()
        assert row is not None
        return TakenNumbers(first=row[0] - count + 1, issued_on=row[1])

    def append(self, appends: Iterable[Append], claims: Sequence[Claim], origin: Origin) -> int:
        self._begin()
        if claims:
            copy_rows(self._cursor, COPY_CLAIMS, CLAIM_COLUMNS, claims)
        return self._store.recorder.append(self._cursor, _event_rows(appends, origin))

    def append_command(self, appends: Iterable[Append], claims: Sequence[Claim], origin: Origin, command: Given) -> int:
        rows = list(_event_rows(appends, origin))
        values = [value for row in (*claims, *rows) for value in row]
        given = (origin.command_id, command.name, command.content_hash, command.result, origin.recorded_at)
        write = Write(_append_command(len(claims), len(rows)), (*values, *given))
        if self._is_begun:  # It is committed by itself: nobody else shall wait for it.
            return execute_alone(self._connection, write)
        return self._store.group.execute(self._connection, write)


def _event_rows(appends: Iterable[Append], origin: Origin) -> Iterator[EventRow]:
    """Made one by one: of a large batch the database writes the first ones while the last are still being encoded."""
    metadata, recorded_at = metadata_of(origin), origin.recorded_at
    for stream, version, events in appends:
        for number, event in enumerate(events, start=version + 1):
            topic = topic_of(type(event))
            yield EventRow(stream, number, topic, encode(event), metadata, event.effective_on, recorded_at)


@lru_cache
def _append_command(claims: int, events: int) -> bytes:
    """Claims, events, and the command with its answer in one statement: one round trip and one commit."""
    parts = [
        f"""claimed AS (INSERT INTO billing.claims (kind, key, stream, content) VALUES {_places(claims, 4)})"""
        if claims
        else "",
        f"""appended AS (
            INSERT INTO billing.events
                (originator_id, originator_version, topic, state, metadata, effective_on, recorded_at)
            VALUES {_places(events, len(EVENT_COLUMNS))} RETURNING position
        )"""
        if events
        else "appended AS (SELECT 0 AS position)",
    ]
    return f"""
        WITH {", ".join(filter(None, parts))}
        INSERT INTO billing.commands (command_id, name, content_hash, answer, recorded_at)
        SELECT %b, %b, %b, '{{"position":' || max(position) || ',"result":' || %b || '}}', %b FROM appended
        RETURNING (SELECT max(position) FROM appended)
    """.encode()


def _places(rows: int, columns: int) -> str:
    row = f"({', '.join(['%b'] * columns)})"
    return ", ".join([row] * rows)


class PostgresStore:
    """Implements `commands.ports.Store`."""

    def __init__(self, recorder: EventRecorder, latest: Mapping[Any, Latest] | None = None) -> None:
        """`latest` says for which folds the latest state is kept somewhere, so that loading starts from it."""
        self.recorder = recorder
        self.latest = latest or {}
        self.mapper = EventMapper()
        self.group = GroupCommit()

    @contextmanager
    def transaction(self, *, is_repeated: bool = False) -> Iterator[PostgresTransaction]:
        with (
            translated_errors(),
            self.recorder.datastore.get_connection() as connection,
            ExitStack() as begun,
        ):
            yield PostgresTransaction(self, connection, begun, is_repeated=is_repeated)

    def find_command(self, command_id: UUID) -> Known | None:
        rows = self._select(
            "SELECT name, content_hash, answer FROM billing.commands WHERE command_id = %s", (command_id,)
        )
        return Known(*rows[0]) if rows else None

    def versions(self, streams: Collection[str]) -> Mapping[str, int]:
        return dict(self._select(SELECT_VERSIONS, (list(streams),)))

    def load(self, stream: str, fold: Fold[State], version: int | None = None) -> State | None:
        """The state of a stream as it stood after a version, by default the newest; None where there is no stream."""
        state = None
        for found, topic, payload in self._select(SELECT_STREAM_UP_TO, (stream, version, version)):
            stored = StoredEvent(originator_id=stream, originator_version=found, topic=topic, state=payload)
            state = fold(state, self.mapper.to_domain_event(stored).event)
        return state

    def streams(self, prefix: str, fold: Fold[State]) -> dict[str, State]:
        """The states of all streams whose name starts with a prefix, by stream; for the few that fit in memory."""
        states: dict[str, State] = {}
        rows = self._select(
            """SELECT originator_id, originator_version, topic, state FROM billing.events
               WHERE originator_id >= %s AND originator_id < %s ORDER BY originator_id, originator_version""",
            (prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1)),
        )
        for stream, version, topic, payload in rows:
            stored = StoredEvent(originator_id=stream, originator_version=version, topic=topic, state=payload)
            state = fold(states.get(stream), self.mapper.to_domain_event(stored).event)
            if state is not None:
                states[stream] = state
        return states

    def _select(self, statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        with translated_errors(), self.recorder.datastore.get_connection() as connection:
            return connection.cursor(row_factory=tuple_row).execute(statement.encode(), parameters).fetchall()


class Metadata(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands beside every event of a command."""

    actor: str
    role: str
    channel: str
    source: str
    command: UUID
    correlation: UUID
    causation: UUID | None = None


def metadata_of(origin: Origin) -> str:
    """Who, as what, through which channel, from where, and for which command, as JSON."""
    metadata = Metadata(
        origin.actor,
        origin.role,
        origin.channel,
        origin.source,
        origin.command_id,
        origin.correlation_id,
        origin.causation_id,
    )
    return _encode_metadata(metadata).decode()
