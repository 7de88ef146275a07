"""How long does it take until the records of each source are booked, and which batches took longer than is promised?

The answer is from the rows of usage and the log, so it needs no read model. It is about the records that began in the
last hours.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from billing_core.usage.mediation.lag import PROMISED_SECONDS, UsageLag
from projections.platform.projection import Cursor

# Records that began earlier are not watched, but shown if they are asked for.
RECENT_HOURS = 3
# A batch is booked when all of it is.
LAGS = """
    WITH metered AS MATERIALIZED (
        SELECT source, batch, kind, started_at + seconds * interval '1 second' AS ended_at
        FROM billing.usage_rows WHERE started_at >= %(since)s
    ), batches AS MATERIALIZED (
        SELECT source, batch, (
            SELECT max(recorded_at) FROM billing.events
            WHERE originator_id = 'usage/' || source || ':' || batch
            AND split_part(topic, '/', 1) = 'usage-batch-booked'
            AND convert_from(state, 'UTF8')::jsonb @> '{"is_complete": true}'
        ) AS booked_at
        FROM (SELECT DISTINCT source, batch FROM metered) AS named
    ), lags AS (
        SELECT source, batch, kind, booked_at, promised, greatest(0, floor(extract(
            epoch FROM coalesce(booked_at, %(now)s) - ended_at)))::bigint AS seconds
        FROM metered JOIN batches USING (source, batch)
        JOIN unnest(%(kinds)s::text[], %(promised)s::bigint[]) AS promise (kind, promised) USING (kind)
    )
"""
SELECT_LAGS = f"""{LAGS}
    SELECT source, kind, count(*), count(*) FILTER (WHERE booked_at IS NULL),
        count(*) FILTER (WHERE seconds > promised), max(seconds),
        percentile_disc(0.99) WITHIN GROUP (ORDER BY seconds), promised
    FROM lags GROUP BY source, kind, promised ORDER BY source, kind
"""
SELECT_LATE = f"""{LAGS}
    SELECT source, batch, kind, count(*), max(seconds), promised, booked_at
    FROM lags WHERE seconds > promised GROUP BY source, batch, kind, promised, booked_at
    ORDER BY max(seconds) DESC, source, batch, kind LIMIT %(limit)s
"""


class LateBatch(msgspec.Struct):
    """A batch of which so many records of a kind took longer than is promised; without `booked_at` it waits still."""

    source: str
    batch: str
    kind: str
    late: int
    most_seconds: int
    promised_seconds: int
    booked_at: datetime | None


def usage_lags(cursor: Cursor, now: datetime, hours: int) -> list[UsageLag]:
    """The lag of each source and kind, of records that began in the last hours."""
    names = ("source", "kind", "records", "waiting", "late", "most_seconds", "usual_seconds", "promised_seconds")
    rows = cursor.execute(SELECT_LAGS, _asked(now, hours))
    return [UsageLag(**dict(zip(names, row, strict=True))) for row in rows]


def late_batches(cursor: Cursor, now: datetime, hours: int, limit: int) -> list[LateBatch]:
    """The batches that broke what is promised, those with the longest lag first."""
    return [LateBatch(*row) for row in cursor.execute(SELECT_LATE, {**_asked(now, hours), "limit": limit})]


def _asked(now: datetime, hours: int) -> dict[str, Any]:
    return {
        "now": now, "since": now - timedelta(hours=hours), "kinds": list(PROMISED_SECONDS),
        "promised": list(PROMISED_SECONDS.values()),
    }  # fmt: skip
