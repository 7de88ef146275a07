"""Which tasks recur, and when is each of them due next?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from billing_core.kernel.events import Event
from billing_core.work.recurring import (
    KnownTask,
    RecurringTaskDefined,
    RecurringTaskDue,
    RecurringTaskEnded,
    apply_recurring_task,
)
from projections.platform.deadlines import Deadline, DeadlineFolds
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT = """
    INSERT INTO recurring_tasks (code, details) SELECT * FROM unnest(%b::text[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET details = excluded.details
"""


class RecurringTasks:
    """Every task, as now known."""

    name = "recurring_tasks"
    version = 1
    tables = ("recurring_tasks",)
    by_stream = True
    definition = 'CREATE TABLE recurring_tasks (code text COLLATE "C" PRIMARY KEY, details text NOT NULL);'
    indexes = ""
    streams = ("recurring-task",)
    folds: tuple[type[Event], ...] = (RecurringTaskDefined, RecurringTaskDue, RecurringTaskEnded)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        codes = list({entry.number for entry in page})
        rows = cursor.execute("SELECT code, details FROM recurring_tasks WHERE code = ANY(%s)", (codes,)).fetchall()
        known: dict[str, KnownTask] = {code: _read(details) for code, details in rows}
        for entry in page:
            task = apply_recurring_task(known.get(entry.number), entry.event)
            assert task is not None
            known[entry.number] = task
        written = ((code, msgspec.json.encode(task).decode()) for code, task in known.items())
        cursor.execute(UPSERT, as_columns(written, 2))


def _read(details: str) -> KnownTask:
    return msgspec.json.decode(details, type=KnownTask)


def recurring_tasks_after(cursor: Cursor, after: str, limit: int) -> list[KnownTask]:
    """Tasks in order of code, after a code; those that are over too."""
    rows = cursor.execute(
        "SELECT details FROM recurring_tasks WHERE code > %s ORDER BY code LIMIT %s", (after, limit)
    ).fetchall()
    return [_read(details) for (details,) in rows]


# --- deadlines


def _due(entry: LoggedEvent) -> Iterator[Deadline]:
    assert isinstance(entry.event, RecurringTaskDefined | RecurringTaskDue)
    yield Deadline("recurring-task", entry.event.next_on)


def _ended(entry: LoggedEvent) -> Iterator[Deadline]:
    yield Deadline("recurring-task", None)


DEADLINES: DeadlineFolds = {RecurringTaskDefined: _due, RecurringTaskDue: _due, RecurringTaskEnded: _ended}
