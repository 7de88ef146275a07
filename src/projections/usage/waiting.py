"""Which records of usage wait, and for what? They are rows of the store, kept until they are taken or dismissed."""

from __future__ import annotations

import msgspec

from projections.platform.projection import Cursor

SELECT_WAITING = """
    SELECT source, batch, line, key, profile, field, value, reason, raw FROM billing.usage_waiting
    WHERE (source, batch, line) > (%(source)s, %(batch)s, %(line)s)
    AND (%(of_source)s = '' OR source = %(of_source)s) AND (%(of_batch)s = '' OR batch = %(of_batch)s)
    ORDER BY source, batch, line LIMIT %(limit)s
"""


class WaitingRecord(msgspec.Struct, frozen=True):
    """A record that waits: its place, why, and the line as it came, or the row as JSON that was made of it."""

    source: str
    batch: str
    line: int
    key: str
    profile: str
    field: str
    value: str
    reason: str
    raw: str


class WaitingPlace(msgspec.Struct, frozen=True):
    """Where a record stands in the list of those that wait."""

    source: str = ""
    batch: str = ""
    line: int = 0


def waiting_after(
    cursor: Cursor, after: WaitingPlace, limit: int, source: str = "", batch: str = ""
) -> list[WaitingRecord]:
    """The records that wait after one of them, by source, batch and line."""
    found = {"of_source": source, "of_batch": batch, "limit": limit, **msgspec.structs.asdict(after)}
    return [WaitingRecord(*row) for row in cursor.execute(SELECT_WAITING, found)]
