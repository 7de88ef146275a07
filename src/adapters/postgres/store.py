"""The store that commands write through: one transaction with events, claims, command ids and number series."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import tuple_row

from adapters.postgres.failures import in_our_words, translated_errors
from adapters.postgres.memory import Memory
from adapters.postgres.recorder import EventRecorder
from adapters.postgres.stream_facts import Latest, StreamFact, first_after, folded, read_facts
from adapters.postgres.transaction import SELECT_STREAM, SELECT_VERSIONS, PostgresTransaction, Shared
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, decode
from billing_core.parties.number_series import NumbersTaken, SeriesKind
from commands.platform.ports import (
    Fold,
    Known,
    State,
)

CONTENT_KEY = "billing.content_key"
SELECT_STREAMS = """
    SELECT originator_id, originator_version, topic, state FROM billing.events
    WHERE originator_id >= %s AND originator_id < %s ORDER BY originator_id, originator_version
"""
SELECT_AFTER = """
    SELECT originator_id, originator_version, topic, state
    FROM unnest(%s::text[], %s::bigint[]) AS seen (stream, version)
    JOIN billing.events ON originator_id = stream AND originator_version > version
    ORDER BY originator_id, originator_version
"""

SELECT_TAKEN = "SELECT seller, kind, last_number, last_issued_on, numbers_before_year FROM billing.number_series"
# The dates of contracts and of documents on advances say nothing of those of invoices.
SELECT_ISSUED = """
    SELECT seller, max(last_issued_on) FROM billing.number_series
    WHERE kind IN ('invoice', 'credit-note') GROUP BY seller
"""


class PostgresStore:
    """Implements `commands.platform.ports.Store`."""

    def __init__(self, recorder: EventRecorder, latest: Mapping[Any, Latest] | None = None) -> None:
        """`latest` says for which folds the latest state is kept somewhere, so that loading starts from it."""
        self.memory = Memory()
        self._shared = Shared(recorder, self.memory, latest or {})
        self._datastore = recorder.datastore
        self._content_key: bytes | None = None
        self._datastore.when_opened.append(self.memory.clear)

    @contextmanager
    def transaction(self, *, optimistic: bool = False) -> Iterator[PostgresTransaction]:
        try:
            connection = self._datastore.take()
            try:
                transaction = PostgresTransaction(self._shared, connection, optimistic=optimistic)
                try:
                    yield transaction
                    transaction.commit()
                except BaseException as error:
                    transaction.give_up(error)
                    raise
            finally:
                self._datastore.give_back(connection)
        except psycopg.Error as error:
            translated = in_our_words(error)
            if translated is None:
                raise
            raise translated from error

    def find_command(self, command_id: UUID) -> Known | None:
        rows = self._select(
            "SELECT name, content_hash, answer FROM billing.commands WHERE command_id = %s", (command_id,)
        )
        return Known(*rows[0]) if rows else None

    def content_key(self) -> bytes:
        """The key with which what was said is hashed; it never changes."""
        if self._content_key is None:
            rows = self._select(f"SELECT key FROM {CONTENT_KEY}", ())
            if not rows:
                raise InvalidValue("is empty; restore it with the keys of persons", field="table", value=CONTENT_KEY)
            self._content_key = rows[0][0]
        return self._content_key

    def versions(self, streams: Collection[str]) -> Mapping[str, int]:
        return dict(self._select(SELECT_VERSIONS, (list(streams),)))

    def last_issued_on(self) -> dict[str, date]:
        """The date of each seller's newest document, by the seller's code."""
        return dict(self._select(SELECT_ISSUED, ()))

    def numbers_taken(self) -> dict[tuple[str, SeriesKind], NumbersTaken]:
        """The numbers taken from each series, by the seller's code and the kind of document."""
        rows = self._select(SELECT_TAKEN, ())
        return {(seller, kind): NumbersTaken(*taken) for seller, kind, *taken in rows}

    def load(
        self, stream: str, fold: Fold[State], version: int | None = None, kept_on: date | None = None
    ) -> State | None:
        """The state of a stream as it stood after a version, by default the newest; None where there is no stream.

        `kept_on` is the day on which a document is printed that the law keeps, also of somebody who was forgotten.
        """
        facts = self._facts(SELECT_STREAM, (stream, version, version), kept_on)
        return folded(fold, ((number, fact) for _, number, fact in facts))[0]

    def streams(self, prefix: str, fold: Fold[State]) -> dict[str, State]:
        """The states of all streams whose name starts with a prefix, by stream; for the few that fit in memory."""
        states: dict[str, State] = {}
        for stream, _, fact in self._facts(SELECT_STREAMS, (prefix, first_after(prefix))):
            state = fold(states.get(stream), fact)
            if state is not None:
                states[stream] = state
        return states

    def facts_after(self, versions: Mapping[str, int]) -> Iterator[tuple[str, int, Event]]:
        """What came after a version of each of many streams, stream by stream in order, without what is personal."""
        seen = list(versions), list(versions.values())
        for stream, version, topic, content in self._select(SELECT_AFTER, seen) if versions else ():
            yield stream, version, decode(topic, bytes(content))

    def _facts(self, statement: str, parameters: Sequence[Any], kept_on: date | None = None) -> list[StreamFact]:
        with translated_errors(), self._datastore.get_connection() as connection:
            return read_facts(connection.cursor(row_factory=tuple_row, binary=True), statement, parameters, kept_on)

    def _select(self, statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        with translated_errors(), self._datastore.get_connection() as connection:
            return connection.tuples.execute(statement.encode(), parameters).fetchall()
