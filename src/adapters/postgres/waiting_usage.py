"""Which records of usage wait, and those of them that wait no longer: without the libraries that rows need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Cursor

from commands.usage.ports import BatchId

SELECT_BATCHES = """
    SELECT DISTINCT source, batch FROM billing.usage_waiting
    WHERE (%(source)s = '' OR source = %(source)s) AND (%(batch)s = '' OR batch = %(batch)s)
    AND (%(field)s = '' OR field = %(field)s) ORDER BY source, batch
"""
DELETE_LINES = "DELETE FROM billing.usage_waiting WHERE source = %s AND batch = %s AND line = ANY(%s)"


def waiting_batches(cursor: Cursor[Any], source: str, batch: str, field: str) -> list[BatchId]:
    """The batches of which records wait, with a field only if they wait for that."""
    wanted = {"source": source, "batch": batch, "field": field}
    return [BatchId(*row) for row in cursor.execute(SELECT_BATCHES, wanted)]


def waiting_lines(cursor: Cursor[Any], batch: BatchId) -> list[int]:
    """The lines of a batch that wait."""
    statement = "SELECT line FROM billing.usage_waiting WHERE source = %s AND batch = %s ORDER BY line"
    return [line for (line,) in cursor.execute(statement, batch)]


def dismiss_lines(cursor: Cursor[Any], batch: BatchId, lines: Sequence[int]) -> None:
    """Records of a batch wait no longer."""
    cursor.execute(DELETE_LINES, (*batch, list(lines)))
