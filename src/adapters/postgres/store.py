"""The store that commands write through: one transaction with events, claims, command ids and number series."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import tuple_row

from adapters.postgres.failures import translated_errors
from adapters.postgres.person_keys import Protection, StoredFact, reveal
from adapters.postgres.recorder import EventRecorder, EventRow, copy_rows
from billing_core.events import Event, topic_of
from billing_core.parties import SeriesKind
from commands.ports import (
    Append,
    Claim,
    CommandIdReused,
    Fold,
    Origin,
    State,
    TakenNumbers,
)

SELECT_STREAM = """
    SELECT originator_id, originator_version, topic, state FROM billing.events
    WHERE originator_id = %s ORDER BY originator_version
"""
SELECT_STREAM_UP_TO = """
    SELECT originator_id, originator_version, topic, state FROM billing.events
    WHERE originator_id = %s AND (%s::bigint IS NULL OR originator_version <= %s) ORDER BY originator_version
"""
SELECT_STREAMS = """
    SELECT originator_id, originator_version, topic, state FROM billing.events
    WHERE originator_id >= %s AND originator_id < %s ORDER BY originator_id, originator_version
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


class PostgresTransaction:
    """Implements `commands.ports.Transaction` on one connection."""

    def __init__(self, cursor: Cursor[Any], recorder: EventRecorder) -> None:
        self._cursor = cursor
        self._recorder = recorder

    def begin_command(self, command_id: UUID, name: str, content_hash: bytes, recorded_at: datetime) -> str | None:
        fresh = self._cursor.execute(
            """INSERT INTO billing.commands (command_id, name, content_hash, recorded_at) VALUES (%s, %s, %s, %s)
               ON CONFLICT (command_id) DO NOTHING RETURNING command_id""",
            (command_id, name, content_hash, recorded_at),
        ).fetchone()
        if fresh:
            return None
        known = self._cursor.execute(
            "SELECT name, content_hash, answer FROM billing.commands WHERE command_id = %s", (command_id,)
        ).fetchone()
        assert known is not None
        if known[:2] != (name, content_hash):
            raise CommandIdReused(
                f"was used before for another {known[0]}; give every command an id of its own",
                field="command id",
                value=command_id,
            )
        return str(known[2])

    def finish_command(self, command_id: UUID, answer: str) -> None:
        self._cursor.execute("UPDATE billing.commands SET answer = %s WHERE command_id = %s", (answer, command_id))

    def load(self, stream: str, fold: Fold[State]) -> tuple[State | None, int]:
        state = None
        facts = _facts(self._cursor, SELECT_STREAM, (stream,))
        for _, _, fact in facts:
            state = fold(state, fact)
        return state, facts[-1][1] if facts else 0

    def hold(self, stream: str, *, alone: bool = False) -> None:
        lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        self._cursor.execute(f"SELECT {lock}(hashtextextended(%s, 0))".encode(), (f"billing stream {stream}",))

    def claimed(self, kind: str, keys: Collection[str]) -> Mapping[str, Claim]:
        found = self._cursor.execute(
            "SELECT kind, key, stream, content FROM billing.claims WHERE kind = %s AND key = ANY(%s)",
            (kind, list(keys)),
        )
        return {row[1]: Claim(*row) for row in found}

    def take_numbers(self, seller: str, kind: SeriesKind, count: int, on: date) -> TakenNumbers:
        row = self._cursor.execute(TAKE_NUMBERS, (seller, kind, count, on)).fetchone()
        assert row is not None
        return TakenNumbers(first=row[0] - count + 1, issued_on=row[1])

    def append(self, appends: Iterable[Append], claims: Sequence[Claim], origin: Origin) -> int:
        metadata = metadata_of(origin)
        appends = list(appends)
        protection = Protection(self._cursor, appends)
        rows = [row for append in appends for row in _rows(append, protection, metadata, origin.recorded_at)]
        if claims:
            copy_rows(
                self._cursor, "COPY billing.claims FROM STDIN (FORMAT BINARY)", ("text", "text", "text", "text"), claims
            )
        return self._recorder.append(self._cursor, rows) if rows else 0


class PostgresStore:
    """Implements `commands.ports.Store`."""

    def __init__(self, recorder: EventRecorder) -> None:
        self._recorder = recorder

    @contextmanager
    def transaction(self) -> Iterator[PostgresTransaction]:
        with translated_errors(), self._recorder.datastore.transaction(commit=True) as cursor:
            cursor.row_factory = tuple_row  # type: ignore[assignment]
            yield PostgresTransaction(cursor, self._recorder)

    def find_answer(self, command_id: UUID) -> str | None:
        rows = self._select("SELECT answer FROM billing.commands WHERE command_id = %s", (command_id,))
        return rows[0][0] if rows else None

    def versions(self, streams: Collection[str]) -> Mapping[str, int]:
        return dict(self._select(SELECT_VERSIONS, (list(streams),)))

    def load(
        self, stream: str, fold: Fold[State], version: int | None = None, kept_on: date | None = None
    ) -> State | None:
        """The state of a stream as it stood after a version, by default the newest; None where there is no stream.

        `kept_on` is the day on which a document is printed that the law keeps, also of somebody who was forgotten.
        """
        state = None
        for _, _, fact in self._facts(SELECT_STREAM_UP_TO, (stream, version, version), kept_on):
            state = fold(state, fact)
        return state

    def streams(self, prefix: str, fold: Fold[State]) -> dict[str, State]:
        """The states of all streams whose name starts with a prefix, by stream; for the few that fit in memory."""
        states: dict[str, State] = {}
        for stream, _, fact in self._facts(SELECT_STREAMS, (prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1))):
            state = fold(states.get(stream), fact)
            if state is not None:
                states[stream] = state
        return states

    def _facts(
        self, statement: str, parameters: Sequence[Any], kept_on: date | None = None
    ) -> list[tuple[str, int, Event]]:
        with translated_errors(), self._recorder.datastore.get_connection() as connection:
            return _facts(connection.cursor(row_factory=tuple_row), statement, parameters, kept_on)

    def _select(self, statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        with translated_errors(), self._recorder.datastore.get_connection() as connection:
            return connection.cursor(row_factory=tuple_row).execute(statement.encode(), parameters).fetchall()


def _rows(append: Append, protection: Protection, metadata: str, recorded_at: datetime) -> Iterator[EventRow]:
    for version, event in enumerate(append.events, start=append.expected_version + 1):
        state = protection.encode(append.stream, version, event)
        topic = topic_of(type(event))
        yield EventRow(append.stream, version, topic, state, metadata, event.effective_on, recorded_at)


def _facts(
    cursor: Cursor[Any], statement: str, parameters: Sequence[Any], kept_on: date | None = None
) -> list[tuple[str, int, Event]]:
    """Events with their places, in order, and with what may be known of the persons in them."""
    rows = cursor.execute(statement.encode(), parameters, prepare=True).fetchall()
    stored = [StoredFact.read(*row) for row in rows]
    facts = reveal(cursor, stored, kept_on)
    return [(item.stream, item.version, fact) for item, fact in zip(stored, facts, strict=True)]


def metadata_of(origin: Origin) -> str:
    """Who, as what, through which channel, from where, and for which command, as JSON."""
    parts = {
        "actor": origin.actor,
        "role": origin.role,
        "channel": origin.channel,
        "source": origin.source,
        "command": str(origin.command_id),
        "correlation": str(origin.correlation_id),
        "causation": str(origin.causation_id) if origin.causation_id else None,
    }
    return json.dumps({key: value for key, value in parts.items() if value is not None}, separators=(",", ":"))
