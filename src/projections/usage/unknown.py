"""Whose usage is nobody's: numbers, user names and cards in records that wait for a subscription."""

from __future__ import annotations

from datetime import datetime

import msgspec

from projections.platform.projection import Cursor

# A record that could be read waits as the row that was made of it.
SELECT_UNKNOWN = """
    SELECT value, source, count(*), min(began), max(began),
           coalesce(sum((said ->> 'seconds')::int8), 0)::int8, coalesce(sum((said ->> 'bytes_in')::int8), 0)::int8,
           coalesce(sum((said ->> 'bytes_out')::int8), 0)::int8
    FROM billing.usage_waiting, LATERAL (
        SELECT raw::jsonb AS said, (raw::jsonb ->> 'started_at')::timestamptz AS began
    ) AS row
    WHERE is_read AND field = 'subscriber' GROUP BY value, source ORDER BY count(*) DESC, value, source LIMIT %s
"""


class UnknownSubscriber(msgspec.Struct, frozen=True):
    """A number, user name or card of a source that is nobody's, with what waits of it."""

    subscriber: str
    source: str
    records: int
    first_at: datetime
    last_at: datetime
    seconds: int
    bytes_in: int
    bytes_out: int


def unknown_subscribers(cursor: Cursor, limit: int) -> list[UnknownSubscriber]:
    """Those with most records first."""
    return [UnknownSubscriber(*row) for row in cursor.execute(SELECT_UNKNOWN, (limit,))]
