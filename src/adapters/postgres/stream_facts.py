"""Streams as facts: read in order, with what may be known of persons, and folded from the latest state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from psycopg import Cursor

from adapters.postgres.memory import NOTHING_YET, LatestRow
from adapters.postgres.person_keys import KeysRead, StoredFact, reveal
from billing_core.kernel.events import Event, decode
from commands.platform.ports import (
    Fold,
    State,
)

# The latest state, marked by no topic, and the events that came after it; the whole stream where no state is kept.
SELECT_LATEST = """
    WITH latest (version, state) AS ({latest})
    SELECT version, NULL AS topic, state FROM latest
    UNION ALL
    SELECT originator_version, topic, state FROM billing.events
    WHERE originator_id = %(stream)s AND originator_version > coalesce((SELECT version FROM latest), 0)
    ORDER BY version
"""


Rows = Sequence[tuple[Any, ...]]


class StreamFact(NamedTuple):
    """An event at its place in a stream."""

    stream: str
    version: int
    fact: Event


# Of short streams no state is kept: they are read from the start, and only once while the process remembers them.
NOWHERE = "SELECT NULL::bigint, NULL::bytea WHERE false"


class Latest:
    """Where the latest state of a kind of stream is kept, and how to read it.

    `select` gives version and state of the stream `%(stream)s`, or no row; `decode` makes its bytes a state, `encode`
    makes them again. A state that is kept holds nothing personal, so nothing need be revealed.
    """

    def __init__(self, select: str, decode: Callable[[bytes], Any], encode: Callable[[Any], bytes]) -> None:
        self.statement = SELECT_LATEST.format(latest=select).encode()
        self._decode = decode
        self._encode = encode

    def state(self, fold: Fold[State], rows: Sequence[LatestRow]) -> tuple[State | None, int]:
        """The state after the last of the rows, and its version."""
        state, version = None, 0
        if rows[0].topic is None and rows[0] != NOTHING_YET:
            state, version = self._decode(rows[0].content), rows[0].version
        events = ((row.version, decode(row.topic, row.content)) for row in rows if row.topic is not None)
        return folded(fold, events, state, version)

    def shortened(self, rows: Sequence[LatestRow], state: Any) -> Sequence[LatestRow]:
        """One row of the state in place of a state and events after it, which need not be folded again then."""
        return rows if len(rows) < 2 else [LatestRow(rows[-1].version, None, self._encode(state))]


def read_facts(
    cursor: Cursor[Any],
    statement: str,
    parameters: Sequence[Any],
    kept_on: date | None = None,
    read: KeysRead | None = None,
) -> list[StreamFact]:
    """Events in order, with what may be known of the persons in them."""
    return facts_in(cursor, read_rows(cursor, statement, parameters), kept_on, read)


def read_rows(cursor: Cursor[Any], statement: str, parameters: Sequence[Any]) -> Rows:
    """Events as they are stored."""
    return cursor.execute(statement.encode(), parameters, prepare=True).fetchall()


def facts_in(
    cursor: Cursor[Any], rows: Rows, kept_on: date | None = None, read: KeysRead | None = None
) -> list[StreamFact]:
    """Rows as facts, made anew each time, so that no two folds share anything."""
    stored = [StoredFact.read(*row) for row in rows]
    facts = reveal(cursor, stored, kept_on, read)
    return [StreamFact(item.stream, item.version, fact) for item, fact in zip(stored, facts, strict=True)]


def folded(
    fold: Fold[State], facts: Iterable[tuple[int, Event]], state: State | None = None, version: int = 0
) -> tuple[State | None, int]:
    """The state after the last of the facts, and its version."""
    for number, fact in facts:
        state, version = fold(state, fact), number
    return state, version


def first_after(beginning: str) -> str:
    """The first text after all those that begin like this one: after `account/` comes `account0`."""
    return beginning[:-1] + chr(ord(beginning[-1]) + 1)
