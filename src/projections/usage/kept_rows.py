"""Are the rows of usage those that were received? Their table is one of the store, so the check asks that table.

The seals cover the event of a batch, and the event covers the rows of each month by a hash. The database sends the
columns of a row in the form in which they were written, so the bytes of a binary COPY, in the order of the lines, have
that hash again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from billing_core.usage.mediation.deliveries import HASHED_COLUMNS, batch_name, month_partition
from projections.platform.area import Invariant
from projections.platform.projection import Cursor
from projections.usage.purges import PURGES

# In a binary COPY a row begins with the number of its fields; those before the source have a fixed length.
COPY_HEAD_BYTES, SOURCE_AT = 19, 2 + 6 * (4 + 8) + (4 + 4)
COPY_END = b"\xff\xff"
SELECT_RECEIVED = """
    SELECT said ->> 'source', said ->> 'batch', of_month ->> 0, (of_month ->> 1)::bigint, of_month ->> 2
    FROM billing.events, LATERAL (SELECT convert_from(state, 'UTF8')::jsonb AS said) AS decoded,
        jsonb_array_elements(said -> 'months') AS of_month
    WHERE originator_id >= 'usage/' AND originator_id < 'usage0' AND split_part(topic, '/', 1) = 'usage-received'
"""
SELECT_PARTITIONS = """
    SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'billing.usage_rows'::regclass ORDER BY relname
"""
COPY_PARTITION = f"""
    COPY (SELECT {", ".join(HASHED_COLUMNS)} FROM billing.{{partition}} ORDER BY source, batch, line)
    TO STDOUT (FORMAT BINARY)
"""


def rows_that_differ(cursor: Cursor) -> Iterator[str]:
    """The batches whose rows of a month are not those that were received; those of a purged month went."""
    purged = {month for (month,) in cursor.execute(f"SELECT month FROM ({PURGES}) AS purges").fetchall()}
    received = {month: batches for month, batches in received_by_month(cursor).items() if month not in purged}
    expected = {month_partition(month): batches for month, batches in received.items()}
    partitions = {name for (name,) in cursor.execute(SELECT_PARTITIONS).fetchall()}
    for partition in sorted(partitions | expected.keys()):
        of_batches = expected.get(partition, {})
        found = _hashes(cursor, partition) if partition in partitions else {}
        for name in sorted(of_batches.keys() | found.keys()):
            if of_batches.get(name) != found.get(name):
                yield f"{name}, {partition}"


def received_by_month(cursor: Cursor) -> dict[str, dict[str, tuple[int, str]]]:
    """What the events of batches say of their rows: by month and batch, how many there are, and their hash."""
    found: dict[str, dict[str, tuple[int, str]]] = {}
    for source, batch, month, rows, rows_hash in cursor.execute(SELECT_RECEIVED).fetchall():
        found.setdefault(month, {})[batch_name(source, batch)] = (rows, rows_hash)
    return found


def kept_of_month(cursor: Cursor, month: str) -> dict[str, tuple[int, str]]:
    """The same of the rows of a month that are kept, by batch."""
    return _hashes(cursor, month_partition(month))


def _hashes(cursor: Cursor, partition: str) -> dict[str, tuple[int, str]]:
    """How many rows each batch has in a partition, and their hash."""
    found: dict[tuple[bytes, bytes], list[Any]] = {}
    with cursor.copy(COPY_PARTITION.format(partition=partition)) as copy:
        for row in _rows(copy):
            end = SOURCE_AT + 4 + int.from_bytes(row[SOURCE_AT : SOURCE_AT + 4])
            last = end + 4 + int.from_bytes(row[end : end + 4])
            name = row[SOURCE_AT + 4 : end], row[end + 4 : last]
            of_batch = found.get(name)
            if of_batch is None:
                of_batch = found[name] = [0, sha256()]
            of_batch[0] += 1
            of_batch[1].update(row)
    return {
        batch_name(source.decode(), batch.decode()): (rows, content.hexdigest())
        for (source, batch), (rows, content) in found.items()
    }


def _rows(copy: Iterable[Any]) -> Iterator[bytes]:
    """The rows that a COPY sends, one message each; the first message has the head before it."""
    start = COPY_HEAD_BYTES
    for message in copy:
        row = bytes(message)[start:]
        start = 0
        if row and row != COPY_END:
            yield row


# Every record that was refused waits, or it was taken later or dismissed.
WAITING = """
    WITH counted AS (
        SELECT split_part(substr(originator_id, 7), ':', 1) AS source,
               sum(coalesce((said ->> 'refused')::bigint, 0) - coalesce((said ->> 'mended')::bigint, 0)
                   - coalesce(jsonb_array_length(said -> 'lines'), 0)) AS expected
        FROM billing.events, LATERAL (SELECT convert_from(state, 'UTF8')::jsonb AS said) AS decoded
        WHERE originator_id >= 'usage/' AND originator_id < 'usage0'
        AND split_part(topic, '/', 1) IN ('usage-received', 'waiting-usage-dismissed') GROUP BY 1
    ), kept AS (
        SELECT source, count(*) AS waiting FROM billing.usage_waiting GROUP BY source
    )
    SELECT source || ': ' || coalesce(waiting, 0) || ' instead of ' || coalesce(expected, 0)
    FROM counted FULL JOIN kept USING (source) WHERE coalesce(waiting, 0) <> coalesce(expected, 0)
"""
# What an account holds of a day is the sum of the rows of that day, as its tariff measures them; and all rows of such
# days are those booked. Of a batch with rows of a purged month nothing is left to compare.
BOOKED = f"""
    WITH received AS (
        SELECT substr(originator_id, 7) AS name
        FROM billing.events, LATERAL (SELECT convert_from(state, 'UTF8')::jsonb AS said) AS decoded
        WHERE originator_id >= 'usage/' AND originator_id < 'usage0'
        AND split_part(topic, '/', 1) = 'usage-received' AND NOT EXISTS (
            SELECT FROM jsonb_array_elements(said -> 'months') AS of_month
            WHERE of_month ->> 0 IN (SELECT month FROM ({PURGES}) AS purges))
    ), held AS (
        SELECT said ->> 'batch' AS name, substr(originator_id, 9) AS account, said ->> 'subscription' AS subscription,
               said ->> 'component' AS component, (day ->> 0)::date AS used_on, sum(used::numeric) AS quantity
        FROM billing.events, LATERAL (SELECT convert_from(state, 'UTF8')::jsonb AS said) AS decoded,
            jsonb_array_elements(said -> 'days') AS day, jsonb_array_elements_text(day -> 1) AS used
        WHERE split_part(topic, '/', 1) = 'usage-recorded' AND said ->> 'batch' IN (SELECT name FROM received)
        GROUP BY 1, 2, 3, 4, 5
    ), kept AS (
        SELECT source || ':' || batch AS name, account, subscription, component, used_on, count(*) AS records,
               sum(quantity::numeric) / 1000000 AS quantity, sum(seconds)::numeric AS seconds,
               sum(bytes_in::numeric + bytes_out) AS bytes
        FROM billing.usage_rows GROUP BY source, batch, account, subscription, component, used_on
    ), booked AS (
        SELECT substr(originator_id, 7) AS name, sum((said ->> 'records')::bigint) AS records
        FROM billing.events, LATERAL (SELECT convert_from(state, 'UTF8')::jsonb AS said) AS decoded
        WHERE originator_id >= 'usage/' AND originator_id < 'usage0'
        AND split_part(topic, '/', 1) IN ('usage-batch-booked', 'usage-batch-booked-again')
        AND substr(originator_id, 7) IN (SELECT name FROM received) GROUP BY 1
    )
    SELECT name || ' ' || account || ' ' || subscription || '/' || component || ' on ' || used_on
    FROM held LEFT JOIN kept USING (name, account, subscription, component, used_on)
    WHERE kept.records IS NULL OR held.quantity NOT IN (kept.quantity, seconds, bytes, bytes / 1000000)
    UNION ALL
    SELECT name || ', number of records' FROM booked LEFT JOIN (
        SELECT name, sum(kept.records) AS records FROM held JOIN kept
        USING (name, account, subscription, component, used_on) GROUP BY name
    ) AS counted USING (name) WHERE booked.records <> coalesce(counted.records, 0)
"""
INVARIANTS: dict[str, Invariant] = {
    "the rows of usage are those that were received, by the hash of their batch": rows_that_differ,
    "the usage of a batch on accounts equals its rows": BOOKED,
    "the records of a source that wait are those that were refused and neither taken nor dismissed": WAITING,
}
