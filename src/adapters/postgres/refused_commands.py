"""The list of refused commands of reactions and wake-ups."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from psycopg import Cursor

from adapters.postgres.tables import PostgresTables
from billing_core.kernel.errors import Conflict
from commands.platform.causes import Cause, CauseKind
from commands.platform.refusals import Refusal, RefusedCommand, Settlement

INSERT_REFUSAL = """
    INSERT INTO billing.refused_commands AS refused
        (command_id, cause, name, stream, position, subject, due_on, due_at, command, code, reason, refused_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (command_id) DO UPDATE
    SET command = excluded.command, code = excluded.code, reason = excluded.reason, refused_at = excluded.refused_at,
        attempts = refused.attempts + 1
    WHERE refused.settlement IS NULL
"""
SELECT_REFUSALS = """
    SELECT number, cause, name, stream, position, subject, due_on, due_at, command, code, reason, refused_at,
           attempts, settlement, settled_by, settled_at, settled_reason
    FROM billing.refused_commands WHERE cause = %s AND (settlement IS NOT NULL) = %s ORDER BY number
"""
SETTLE = """
    UPDATE billing.refused_commands SET settlement = %s, settled_by = %s, settled_at = %s, settled_reason = %s
    WHERE number = %s AND settlement IS NULL
"""


class PostgresRefusedCommands:
    """Implements `commands.platform.refusals.RefusedCommands`."""

    def __init__(self, tables: PostgresTables) -> None:
        self._tables = tables

    def listed(self, kind: CauseKind, *, is_settled: bool = False) -> Sequence[RefusedCommand]:
        with self._tables.transaction("billing") as cursor:
            rows = cursor.execute(SELECT_REFUSALS, (kind, is_settled)).fetchall()
        return [_listed(*row) for row in rows]

    def refuse(self, refusal: Refusal) -> None:
        with self._tables.transaction("billing") as cursor:
            note_refusals(cursor, [refusal])

    def only_settler(self, number: int) -> AbstractContextManager[bool]:
        return self._tables.only_runner_unless_busy(f"refused command {number}")

    def settle(self, number: int, settlement: Settlement) -> None:
        with self._tables.transaction("billing") as cursor:
            cursor.execute(SETTLE, (settlement.how, settlement.by, settlement.at, settlement.reason, number))
            if not cursor.rowcount:
                raise Conflict("was settled by somebody else meanwhile; nothing was noted", field="refused command",
                               value=number)  # fmt: skip


def note_refusals(cursor: Cursor[Any], refusals: Sequence[Refusal]) -> None:
    """Write refusals within the caller's transaction; one that is settled stays as it was settled."""
    for refusal in refusals:
        cause = refusal.cause
        of_cause = (
            cause.kind, cause.name, cause.stream, cause.position, cause.subject, cause.due_on, cause.due_at,
        )  # fmt: skip
        reasons = (refusal.command, refusal.code, refusal.reason, refusal.refused_at)
        cursor.execute(INSERT_REFUSAL, (cause.command_id, *of_cause, *reasons))


def _listed(number: int, kind: CauseKind, name: str, stream: str, *others: Any) -> RefusedCommand:
    position, subject, due_on, due_at, *refusal = others
    return RefusedCommand(number, Cause(kind, name, stream, position, subject, due_on, due_at), *refusal)
