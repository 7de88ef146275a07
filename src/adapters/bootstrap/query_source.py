"""The source of queries: the live read models, or those built as of a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from psycopg import Cursor
from psycopg.rows import tuple_row

from adapters.postgres.failures import has_no_table, was_stopped
from adapters.postgres.log import PostgresLog
from adapters.postgres.tables import PostgresTables
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from projections.platform.asof import AsOf
from projections.platform.projection import LoggedEvent
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.whole import Reading, ReportTookTooLong

ROWS_AT_ONCE = 5_000
# A large file is finished after its last row has been read. Sums over millions of rows are made in memory: on the disk
# they take twice as long. All rows are read, so the plan that has the last one soonest is the best.
SET_FOR_READING = """
    SELECT set_config('statement_timeout', %s, true), set_config('idle_in_transaction_session_timeout', '600s', true),
           set_config('work_mem', '64MB', true), set_config('cursor_tuple_fraction', '1', true)
"""


class QuerySource:
    """One schema of read models, and the events that it shows."""

    def __init__(self, tables: PostgresTables, log: PostgresLog, asof: AsOf | None = None) -> None:
        self._tables = tables
        self._log = log
        self._asof = asof

    @property
    def on(self) -> date | None:
        """The day for which it answers; None is today."""
        return self._asof.on if self._asof else None

    @property
    def now(self) -> datetime:
        """The instant for which it answers: what is overdue then, and how old."""
        return self._asof.at if self._asof else datetime.now(UTC)

    @contextmanager
    def cursor(self) -> Iterator[Cursor[Any]]:
        """A cursor whose statements find their tables in it; each shows what was committed before it began.

        What is a decision or a record has no table for a date: nothing of it is true on a day.
        """
        with self._answerable(), self._tables.statements(self._schema) as cursor:
            yield cursor

    @contextmanager
    def reading(self, seconds: int) -> Iterator[Reading]:
        """A transaction that writes nothing and in which all is of one moment; rows may come in parts.

        A statement that takes longer than so many seconds is stopped: `ReportTookTooLong`.
        """
        try:
            with self._answerable(), self._tables.reading(self._schema) as cursor:
                cursor.execute(SET_FOR_READING, (f"{seconds}s",))
                with cursor.connection.cursor("report", row_factory=tuple_row) as streaming:
                    streaming.itersize = ROWS_AT_ONCE
                    yield Reading(cursor, streaming)
        except Exception as error:
            if not was_stopped(error):
                raise
            message = f"takes longer than {seconds} seconds and was stopped; ask for fewer days or for one of them"
            raise ReportTookTooLong(message, field="report") from error

    @property
    def _schema(self) -> str:
        return self._asof.schema if self._asof else LIVE_SCHEMA

    @contextmanager
    def _answerable(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if self._asof is None or not has_no_table(error):
                raise
            raise RuleViolation("is answered by the books of today alone, or as they stood at an instant",
                                field="as of", value=self._asof.name) from error  # fmt: skip

    def events_of(self, stream: str) -> list[Event]:
        """The events of a stream that count in it, in order."""
        return [entry.event for entry in self.entries_of(stream)]

    def entries_of(self, stream: str) -> list[LoggedEvent]:
        """The same, each with its place in the log and its origin."""
        before = self._asof.position + 1 if self._asof else None
        page = self._log.of_streams([stream], None, before)[::-1]
        counting = self._asof.counting() if self._asof else None
        return list(counting(page) if counting else page)
