"""The records of timed work in the database, visible to every process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime

from adapters.postgres.tables import PostgresTables
from commands.platform.timed_work import WorkRecord

TIMED_WORK = "timed work"
SELECT_RECORDS = """
    SELECT name, last_on, state, outcome, started_by, started_at, ended_at, wanted_by
    FROM billing.timed_work ORDER BY name
"""
INSERT_NEW = """
    INSERT INTO billing.timed_work (name, last_on, state) VALUES (%s, %s, 'never started') ON CONFLICT DO NOTHING
"""


class PostgresWorkRecords:
    """Implements `commands.platform.timed_work.WorkRecords`."""

    def __init__(self, tables: PostgresTables) -> None:
        self._tables = tables

    @contextmanager
    def only_runner(self, *, waits: bool = False) -> Iterator[bool]:
        if waits:
            with self._tables.only_runner(TIMED_WORK):
                yield True
        else:
            with self._tables.only_runner_unless_busy(TIMED_WORK) as is_alone:
                yield is_alone

    def is_any_running(self) -> bool:
        """Whether a process works at the moment; if none does, a record of state `running` belongs to a killed one."""
        return self._tables.is_running(TIMED_WORK)

    def register(self, last_on: Mapping[str, date]) -> None:
        with self._tables.transaction("billing") as cursor:
            cursor.executemany(INSERT_NEW, list(last_on.items()))

    def records(self) -> Mapping[str, WorkRecord]:
        with self._tables.transaction("billing") as cursor:
            return {row[0]: WorkRecord(*row) for row in cursor.execute(SELECT_RECORDS)}

    def want(self, name: str, by: str) -> None:
        with self._tables.transaction("billing") as cursor:
            cursor.execute("UPDATE billing.timed_work SET wanted_by = %s WHERE name = %s", (by, name))

    def started(self, name: str, by: str, at: datetime) -> None:
        with self._tables.transaction("billing") as cursor:
            cursor.execute(
                """UPDATE billing.timed_work SET state = 'running', outcome = '', started_by = %s, started_at = %s,
                   ended_at = NULL WHERE name = %s""",
                (by, at, name),
            )

    def ended(self, name: str, state: str, outcome: str, at: datetime, last_on: date | None) -> None:
        with self._tables.transaction("billing") as cursor:
            cursor.execute(
                """UPDATE billing.timed_work SET state = %s, outcome = %s, ended_at = %s,
                   last_on = coalesce(%s, last_on), wanted_by = CASE WHEN %s::date IS NULL THEN wanted_by END
                   WHERE name = %s""",
                (state, outcome, at, last_on, last_on, name),
            )
