"""Which positions of the log are final: how readers of a log that is written without a lock miss no event."""

from __future__ import annotations

from typing import Any

from psycopg import Cursor, sql

from adapters.postgres.datastore import STORE_SCHEMA


class FinalPositions:
    """The high-water mark: every position up to it is either committed or will never exist.

    A fence: read the sequence's last value S, then draw a fresh transaction id X. A transaction draws its id before
    its first position, so every transaction with a position up to S has an id below X. Once no transaction below X runs
    any more (the snapshot's xmin has passed X), every position up to S is final.
    """

    def __init__(self) -> None:
        self.mark = 0
        self._fences: list[tuple[int, int]] = []

    def advance(self, cursor: Cursor[Any]) -> int:
        """The mark as it stands now. The cursor's connection must be in autocommit."""
        last = newest_position(cursor)
        fenced = self._fences[-1][0] if self._fences else self.mark
        if last > fenced:
            self._fences.append((last, int(scalar(cursor, "SELECT pg_current_xact_id()::text"))))
        if self._fences:
            xmin = int(scalar(cursor, "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"))
            while self._fences and self._fences[0][1] < xmin:
                self.mark = self._fences.pop(0)[0]
        return self.mark


def newest_position(cursor: Cursor[Any]) -> int:
    """The last position that was given out, final or not."""
    found = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {STORE_SCHEMA}.event_positions"
    return int(scalar(cursor, found))


def scalar(cursor: Cursor[Any], statement: str) -> Any:
    """The one value that a statement gives."""
    row = cursor.execute(sql.SQL(statement)).fetchone()
    assert row is not None
    return row if not isinstance(row, tuple) else row[0]
