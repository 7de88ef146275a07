"""Which months of usage rows were purged?

There is one event a month, so there is no read model of them: the log itself is asked.
"""

from __future__ import annotations

from datetime import date

import msgspec

from projections.platform.projection import Cursor

# What the events of `billing_core.usage.retention` say.
PURGES = """
    SELECT said ->> 'month' AS month, (said ->> 'effective_on')::date AS purged_on,
           coalesce(said ->> 'archive_hash', '') AS archive_hash, said ->> 'rows_hash' AS rows_hash,
           (sums ->> 'rows')::int8 AS rows,
           (sums ->> 'seconds')::int8 AS seconds, (sums ->> 'quantity')::int8 AS quantity,
           (sums ->> 'bytes_in')::int8 AS bytes_in, (sums ->> 'bytes_out')::int8 AS bytes_out
    FROM billing.events, LATERAL (SELECT convert_from(state, 'UTF8')::jsonb AS said) AS decoded,
        LATERAL (SELECT said -> 'sums' AS sums) AS of_month
    WHERE originator_id >= 'usage-month/' AND originator_id < 'usage-month0'
    AND split_part(topic, '/', 1) = 'usage-purged'
"""


# --- queries


class UsageMonthRow(msgspec.Struct, frozen=True):
    """A month, in UTC, that has rows of usage, or had them until they were purged; `rows` are those summed.

    `archive_hash` is the SHA-256 of the file in which they are archived, if they are.
    """

    month: str
    rows: int
    purged_on: date | None
    archive_hash: str


SELECT_MONTHS = f"""
    WITH purges AS ({PURGES}), months AS (
        SELECT to_char(hour_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, sum(records)::int8 AS rows
        FROM billing.usage_network_hours GROUP BY 1
    )
    SELECT month, months.rows, purged_on, coalesce(archive_hash, '') FROM months LEFT JOIN purges USING (month)
    ORDER BY month
"""


def usage_months(cursor: Cursor) -> list[UsageMonthRow]:
    """The months in which there was usage, the oldest first."""
    return [UsageMonthRow(*row) for row in cursor.execute(SELECT_MONTHS)]
