"""What did an account use in a month: by service, by day, and what of it came late?"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import msgspec

from projections.platform.projection import Cursor
from projections.usage.traffic import MILLION

SELECT_USED = """
    SELECT subscription, component, kind, used_on, sum(records)::int8, sum(seconds)::int8, sum(quantity),
           sum(bytes_in)::int8, sum(bytes_out)::int8
    FROM billing.usage_hours WHERE account = %(account)s AND used_on >= %(from_on)s AND used_on < %(to_on)s
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
# A batch is late for a month if its first event was recorded when the month was over.
SELECT_LATE = """
    SELECT count(*) FROM billing.usage_rows AS used WHERE account = %(account)s
    AND used_on >= %(from_on)s AND used_on < %(to_on)s AND EXISTS (
        SELECT FROM billing.events WHERE originator_id = 'usage/' || used.source || ':' || used.batch
        AND originator_version = 1 AND recorded_at >= %(over_at)s)
"""


class UsedOnDay(msgspec.Struct, frozen=True):
    """What a subscription used of a component on a day."""

    subscription: str
    component: str
    kind: str
    on: date
    records: int
    seconds: int
    quantity: Decimal
    bytes_in: int
    bytes_out: int


def used_by_day(cursor: Cursor, account: str, from_on: date, to_on: date) -> list[UsedOnDay]:
    """What an account used on the days from one up to another, by subscription, component and day."""
    rows = cursor.execute(SELECT_USED, {"account": account, "from_on": from_on, "to_on": to_on})
    return [
        UsedOnDay(subscription, component, kind, on, records, seconds, quantity / MILLION, *both)
        for subscription, component, kind, on, records, seconds, quantity, *both in rows
    ]


def count_late(cursor: Cursor, account: str, from_on: date, to_on: date, over_at: datetime) -> int:
    """How many of its records came when the days were over; of those whose rows are kept."""
    days = {"account": account, "from_on": from_on, "to_on": to_on, "over_at": over_at}
    return int(cursor.execute(SELECT_LATE, days).fetchone()[0])
