"""Sums of usage by the hour: what was appended with the rows is added up."""

from __future__ import annotations

from typing import Any

from psycopg import Cursor

from adapters.postgres.tables import PostgresTables

MOST_AT_ONCE = 200_000
# One statement sees one moment: what a batch appends meanwhile stays for the next time.
ADD_UP = """
    WITH taken AS (
        DELETE FROM billing.usage_sums_added
        WHERE ctid = ANY (ARRAY(SELECT ctid FROM billing.usage_sums_added LIMIT %s)) RETURNING *
    ), totals AS (
        INSERT INTO billing.usage_totals AS known
            (hour_at, used_on, component, kind, network, direction, records, seconds, quantity, bytes_in, bytes_out)
        SELECT hour_at, used_on, component, kind, network, direction,
               sum(records), sum(seconds), sum(quantity), sum(bytes_in), sum(bytes_out)
        FROM taken GROUP BY 1, 2, 3, 4, 5, 6
        ON CONFLICT ON CONSTRAINT usage_totals_key DO UPDATE SET
            records = known.records + excluded.records, seconds = known.seconds + excluded.seconds,
            quantity = known.quantity + excluded.quantity, bytes_in = known.bytes_in + excluded.bytes_in,
            bytes_out = known.bytes_out + excluded.bytes_out
    ), sums AS (
        INSERT INTO billing.usage_sums AS known
        SELECT hour_at, used_on, account, subscription, component, kind, network, direction,
               sum(records), sum(seconds), sum(quantity), sum(bytes_in), sum(bytes_out)
        FROM taken GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY account, subscription, hour_at
        ON CONFLICT ON CONSTRAINT usage_sums_key DO UPDATE SET
            records = known.records + excluded.records, seconds = known.seconds + excluded.seconds,
            quantity = known.quantity + excluded.quantity, bytes_in = known.bytes_in + excluded.bytes_in,
            bytes_out = known.bytes_out + excluded.bytes_out
    )
    SELECT count(*) FROM taken
"""


def add_up(cursor: Cursor[Any], most: int = MOST_AT_ONCE) -> int:
    """Add up the oldest of what was appended within the caller's transaction; how much it was."""
    row = cursor.execute(ADD_UP, (most,)).fetchone()
    assert row is not None
    return int(row[0])


class UsageSums:
    """Adds up the sums of usage, in one process at a time."""

    def __init__(self, tables: PostgresTables) -> None:
        self._tables = tables

    def advance(self) -> int:
        """Add up what was appended; how much it was."""
        with self._tables.only_runner_unless_busy("usage sums") as is_alone:
            if not is_alone:
                return 0
            with self._tables.transaction("billing") as cursor:
                return add_up(cursor)
