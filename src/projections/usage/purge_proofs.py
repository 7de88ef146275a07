"""Are the sums of purged months still those of the rows that went, and were these the rows that were received?"""

from __future__ import annotations

from collections.abc import Iterator

from billing_core.usage.retention import hash_of_month
from projections.platform.area import Invariant
from projections.platform.projection import Cursor
from projections.usage.kept_rows import received_by_month
from projections.usage.purges import PURGES

PROVED = f"""
    SELECT purges.month FROM ({PURGES}) AS purges LEFT JOIN (
        SELECT to_char(hour_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, sum(records) AS rows, sum(seconds) AS seconds,
               sum(quantity) AS quantity, sum(bytes_in) AS bytes_in, sum(bytes_out) AS bytes_out
        FROM billing.usage_hours GROUP BY 1
    ) AS kept USING (month)
    WHERE (kept.rows, kept.seconds, kept.quantity, kept.bytes_in, kept.bytes_out) IS DISTINCT FROM
          (purges.rows, purges.seconds, purges.quantity, purges.bytes_in, purges.bytes_out)
"""
GONE = f"""
    SELECT DISTINCT began.month FROM billing.usage_rows, LATERAL (
        SELECT to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month
    ) AS began WHERE began.month IN (SELECT month FROM ({PURGES}) AS purges)
"""
PROOFS = f"SELECT month, rows_hash FROM ({PURGES}) AS purges ORDER BY month"


def unproved_purges(cursor: Cursor) -> Iterator[str]:
    """The purged months whose hash is not that of what the events of the batches say of them."""
    purges = cursor.execute(PROOFS).fetchall()
    received = received_by_month(cursor) if purges else {}
    for month, rows_hash in purges:
        if hash_of_month(received.get(month, {})) != rows_hash:
            yield month


INVARIANTS: dict[str, Invariant] = {
    "the rows of a purged month were those that its batches received": unproved_purges,
    "the sums of a purged month are those that its rows had": PROVED,
    "no rows are kept of a purged month": GONE,
}
