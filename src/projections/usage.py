"""Do the usage records that are kept agree with the batches that were received and with what accounts hold?

The records are a table of the store, so there is no read model of them: these are statements for the check of it.
"""

from __future__ import annotations

from projections.platform.area import Area

# The lines are those of `billing_core.usage.batches.canonical_line`.
RECEIVED = """
    WITH parts AS (
        SELECT said ->> 'source' AS source, said ->> 'batch' AS batch, (said ->> 'records')::bigint AS records,
               (said ->> 'first_number')::bigint AS first_number, (said ->> 'last_number')::bigint AS last_number,
               said ->> 'content_hash' AS content_hash
        FROM billing.events, LATERAL (SELECT convert_from(state, 'UTF8')::jsonb AS said) AS decoded
        WHERE originator_id >= 'usage/' AND originator_id < 'usage0'
        AND split_part(topic, '/', 1) = 'usage-batch-received'
    )
    SELECT source || ':' || batch || ' from record ' || first_number || ' on' FROM parts, LATERAL (
        SELECT count(*) AS kept, encode(sha256(convert_to(coalesce(string_agg(
            concat_ws(chr(9), account, subscription, component, to_char(used_on, 'YYYY-MM-DD'), quantity, reference),
            chr(10) ORDER BY number), ''), 'UTF8')), 'hex') AS hash_kept
        FROM billing.usage_records AS record WHERE record.source = parts.source AND record.batch = parts.batch
        AND number BETWEEN first_number AND last_number
    ) AS rows WHERE kept <> records OR hash_kept <> content_hash
    UNION ALL
    SELECT source || ':' || batch || ', number of records' FROM (
        SELECT source, batch, count(*) AS kept FROM billing.usage_records GROUP BY source, batch
    ) AS rows LEFT JOIN (
        SELECT source, batch, sum(records) AS received FROM parts GROUP BY source, batch
    ) AS batches USING (source, batch) WHERE kept IS DISTINCT FROM received
"""
# Of a batch that is not booked whole, only the accounts count up to which it is booked.
BOOKED = """
    WITH steps AS (
        SELECT substr(originator_id, 7) AS batch, convert_from(state, 'UTF8')::jsonb AS said FROM billing.events
        WHERE originator_id >= 'usage/' AND originator_id < 'usage0'
        AND split_part(topic, '/', 1) = 'usage-batch-booked'
    ), batches AS (
        SELECT batch AS name, max((said ->> 'until_account') COLLATE "C") AS until_account FROM steps GROUP BY batch
    ), kept AS (
        SELECT name, account, subscription, component, used_on, sum(quantity) AS quantity
        FROM billing.usage_records AS record JOIN batches ON name = source || ':' || batch AND account <= until_account
        WHERE NOT is_left_out AND NOT EXISTS (
            SELECT FROM billing.usage_refused AS refused WHERE refused.source = record.source
            AND refused.batch = record.batch AND refused.number = record.number)
        GROUP BY name, account, subscription, component, used_on
    ), held AS (
        SELECT said ->> 'batch' AS name, substr(originator_id, 9) AS account, said ->> 'subscription' AS subscription,
               said ->> 'component' AS component, (day ->> 0)::date AS used_on, sum(used::numeric) AS quantity
        FROM billing.events, LATERAL (SELECT convert_from(state, 'UTF8')::jsonb AS said) AS decoded,
            jsonb_array_elements(said -> 'days') AS day, jsonb_array_elements_text(day -> 1) AS used
        WHERE split_part(topic, '/', 1) = 'usage-recorded' AND said ? 'batch'
        GROUP BY 1, 2, 3, 4, 5
    )
    SELECT name || ' ' || account || ' ' || subscription || '/' || component || ' on ' || used_on
    FROM kept FULL JOIN held USING (name, account, subscription, component, used_on)
    WHERE kept.quantity IS DISTINCT FROM held.quantity
"""
INVARIANTS: dict[str, str] = {
    "the records of a usage batch are those that were received": RECEIVED,
    "the usage of a batch on accounts equals its records": BOOKED,
}

AREA = Area(invariants=INVARIANTS)
