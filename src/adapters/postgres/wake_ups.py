"""Deadlines that have come, from the read model, and those of them that were handed to their area."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime

from adapters.postgres.refused_commands import note_refusals
from adapters.postgres.tables import PostgresTables
from commands.platform.refusals import Refusal
from commands.platform.wakes import WakeUp
from projections.platform.runner import LIVE_SCHEMA

BEFORE_ALL = WakeUp(date.min, "", "", "")
IS_HANDED = """
    (handed.stream, handed.kind, handed.subject, handed.due_on)
        = (deadlines.stream, deadlines.kind, deadlines.subject, deadlines.due_on)
    AND handed.due_at IS NOT DISTINCT FROM deadlines.due_at
"""
SELECT_COMING = f"""
    SELECT due_on, stream, kind, subject, due_at FROM {LIVE_SCHEMA}.deadlines
    WHERE comes_at <= %s AND kind = ANY(%s) AND (comes_at, stream, kind, subject) > (%s, %s, %s, %s)
    AND NOT EXISTS (SELECT FROM billing.wake_ups AS handed WHERE {IS_HANDED})
    ORDER BY comes_at, stream, kind, subject LIMIT %s
"""
INSERT_HANDED = """
    INSERT INTO billing.wake_ups (due_on, stream, kind, subject, due_at, handed_at) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT DO NOTHING
"""
# A deadline that comes back under the same five parts is given once more, and gets its first answer again.
DELETE_GONE = f"""
    DELETE FROM billing.wake_ups AS handed
    WHERE NOT EXISTS (SELECT FROM {LIVE_SCHEMA}.deadlines WHERE {IS_HANDED})
"""


class PostgresDeadlines:
    """Implements `commands.platform.wakes.Deadlines`."""

    def __init__(self, tables: PostgresTables) -> None:
        self._tables = tables

    def only_runner(self) -> AbstractContextManager[bool]:
        return self._tables.only_runner_unless_busy("wake-ups")

    def coming(self, kinds: Collection[str], upto: datetime, after: WakeUp | None, limit: int) -> Sequence[WakeUp]:
        last = after or BEFORE_ALL
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            place = (last.comes_at, last.stream, last.kind, last.subject)
            found = cursor.execute(SELECT_COMING, (upto, list(kinds), *place, limit))
            return [WakeUp(*row) for row in found]

    def handed(self, wake_ups: Sequence[WakeUp], refusals: Sequence[Refusal], at: datetime) -> None:
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            cursor.executemany(INSERT_HANDED, [(*wake_up, at) for wake_up in wake_ups])
            note_refusals(cursor, refusals)

    def forget_gone(self) -> None:
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            cursor.execute(DELETE_GONE)
