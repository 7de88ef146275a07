"""How far each reaction has come in the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from psycopg import Cursor, sql

from adapters.postgres.refused_commands import note_refusals
from adapters.postgres.tables import PostgresTables
from billing_core.kernel.errors import Conflict
from commands.platform.refusals import Refusal

REACTIONS = "reactions"
URGENT = "urgent reactions"


class PostgresCheckpoints:
    """Implements `commands.platform.reactions.Checkpoints`; those who react to others have another lock."""

    def __init__(self, tables: PostgresTables, lock: str = REACTIONS) -> None:
        self._tables = tables
        self._lock = lock

    def only_runner(self) -> AbstractContextManager[bool]:
        return self._tables.only_runner_unless_busy(self._lock)

    def register(self, positions: Mapping[str, int]) -> None:
        with self._tables.transaction("billing") as cursor:
            begin_at(cursor, REACTIONS, positions)

    def positions(self) -> Mapping[str, int]:
        with self._tables.transaction("billing") as cursor:
            return read_positions(cursor, REACTIONS)

    def move(self, names: Sequence[str], position: int, moved: int, refusals: Sequence[Refusal]) -> None:
        with self._tables.transaction("billing") as cursor:
            move_from(cursor, REACTIONS, names, position, moved)
            note_refusals(cursor, refusals)


def begin_at(cursor: Cursor[Any], table: str, positions: Mapping[str, int]) -> None:
    """Write the checkpoints that do not exist yet."""
    statement = sql.SQL("INSERT INTO billing.{} (name, position) VALUES (%s, %s) ON CONFLICT DO NOTHING")
    cursor.executemany(statement.format(sql.Identifier(table)), list(positions.items()))


def read_positions(cursor: Cursor[Any], table: str) -> dict[str, int]:
    """Every checkpoint by name."""
    return dict(cursor.execute(sql.SQL("SELECT name, position FROM billing.{}").format(sql.Identifier(table))))


def move_from(cursor: Cursor[Any], table: str, names: Sequence[str], position: int, moved: int) -> None:
    """Move checkpoints from one position to another; one that is not at the first was moved by another process."""
    statement = sql.SQL("UPDATE billing.{} SET position = %s WHERE name = ANY(%s) AND position = %s")
    cursor.execute(statement.format(sql.Identifier(table)), (moved, list(names), position))
    if cursor.rowcount != len(names):
        raise Conflict("another process moved its checkpoint; nothing was recorded, it continues there",
                       field=table, value=", ".join(names))  # fmt: skip
