"""Are the sums of usage by the hour those of its rows? What was purged is known by the proof of its purge."""

from __future__ import annotations

from projections.usage.purges import PURGES

COUNTS = ("records", "seconds", "quantity", "bytes_in", "bytes_out")
SUMMED = ", ".join(f"sum({count}) AS {count}" for count in COUNTS)
DIFFER = " OR ".join(f"{{0}}.{count} IS DISTINCT FROM {{1}}.{count}" for count in COUNTS)

# Of a month whose rows were purged the sums are proved by the event that says so.
SUMS = f"""
    WITH kept AS (
        SELECT account, subscription, hour_at, used_on, component, kind, network, direction, {SUMMED}
        FROM billing.usage_hours GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    ), of_rows AS (
        SELECT account, subscription, date_trunc('hour', started_at, 'UTC') AS hour_at, used_on, component, kind,
               network, direction, count(*) AS records, sum(seconds) AS seconds, sum(quantity) AS quantity,
               sum(bytes_in) AS bytes_in, sum(bytes_out) AS bytes_out
        FROM billing.usage_rows GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    )
    SELECT account || ' ' || subscription || ' ' || to_char(hour_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' '
           || component || ' ' || network
    FROM kept FULL JOIN of_rows
        USING (account, subscription, hour_at, used_on, component, kind, network, direction)
    WHERE ({DIFFER.format("kept", "of_rows")})
    AND to_char(hour_at AT TIME ZONE 'UTC', 'YYYY-MM') NOT IN (SELECT month FROM ({PURGES}) AS purges)
"""
TOTALS = f"""
    WITH kept AS (
        SELECT hour_at, used_on, component, kind, network, direction, {SUMMED}
        FROM billing.usage_network_hours GROUP BY 1, 2, 3, 4, 5, 6
    ), of_sums AS (
        SELECT hour_at, used_on, component, kind, network, direction, {SUMMED}
        FROM billing.usage_hours GROUP BY 1, 2, 3, 4, 5, 6
    )
    SELECT to_char(hour_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' ' || component || ' ' || network
    FROM kept FULL JOIN of_sums USING (hour_at, used_on, component, kind, network, direction)
    WHERE {DIFFER.format("kept", "of_sums")}
"""
INVARIANTS: dict[str, str] = {
    "the sums of usage are those of its rows": SUMS,
    "the sums of usage of all subscriptions are the sums of each": TOTALS,
}
