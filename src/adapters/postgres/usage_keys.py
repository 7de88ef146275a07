"""Which rows of a chunk are known by their keys: the same again, or another content under a key that was given before.

A key is looked for in the months of the rows and in the months next to them. If the keys of a source rise, as numbers
and instants do, those of a chunk stand together in the index, which has hardly any of them yet: then that part of the
index is read. Otherwise each key is looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import Cursor, sql

from adapters.postgres.text_arrays import TextArray, use_text_arrays
from adapters.postgres.usage_copy import integers
from adapters.postgres.usage_partitions import existing, partition_of
from billing_core.usage.mediation.row_checks import MONTHS_KNOWN, Flags, Integers, months_of

# What makes the content of a row: all that its source said but the line.
CONTENT = (
    "started_at", "kind", "subscriber", "component", "seconds", "quantity", "bytes_in", "bytes_out", "number",
    "network", "session", "direction",
)  # fmt: skip
TYPES = {
    "key": pa.string(), "started_at": pa.timestamp("us", tz="UTC"), "seconds": pa.int64(), "quantity": pa.int64(),
    "bytes_in": pa.int64(), "bytes_out": pa.int64(),
}  # fmt: skip
COUNT_BETWEEN = """
    SELECT (SELECT count(*) FROM (
        SELECT FROM {partition} WHERE source = %b AND key BETWEEN first AND last LIMIT %b
    ) AS standing)
    FROM unnest(%b::text[], %b::text[]) WITH ORDINALITY AS part (first, last, place) ORDER BY place
"""
SELECT_BETWEEN = """
    SELECT {columns} FROM unnest(%b::text[], %b::text[]) AS part (first, last)
    JOIN {partition} ON source = %b AND key BETWEEN first AND last
"""
# A key stands once. The limit keeps the database from reading all rows of the source instead.
SELECT_EACH = """
    SELECT found.* FROM unnest(%b::text[]) AS wanted (name),
        LATERAL (SELECT {columns} FROM {partition} WHERE source = %b AND key = name LIMIT 1) AS found
"""
# Into so many parts the keys of a chunk are cut: an early one widens its own part alone.
MOST_PARTS, LEAST_KEYS = 32, 500
# Reading a row that stands in the way costs less than looking up one.
WORTH_READING = 0.5


class Known(NamedTuple):
    """Of each row whether it is the same again, or another one under a known key."""

    is_repeated: Flags
    is_other: Flags


def known_rows(cursor: Cursor[Any], source: str, rows: pa.Table) -> Known:
    """The rows whose keys a source gave before."""
    is_repeated, is_other = np.zeros(rows.num_rows, bool), np.zeros(rows.num_rows, bool)
    if not rows.num_rows:
        return Known(is_repeated, is_other)
    months = months_of(integers(rows["started_at"]))
    keys = rows["key"].combine_chunks()
    ordered = keys.sort()
    use_text_arrays(cursor)
    for month, beside in _months(cursor, months).items():
        found = _as_table(("key", *CONTENT), _found(cursor, source, partition_of(month), ordered))
        if found.num_rows:
            near = np.isin(months, beside)
            at = pc.index_in(keys, found["key"].combine_chunks())
            place = at.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
            is_known = (place >= 0) & near
            here = np.flatnonzero(is_known)
            same = equal_rows(rows.take(here), found.take(place[here]))
            is_repeated[here[same]] = True
            is_other[here[~same]] = True
    return Known(is_repeated & ~is_other, is_other)


def repeated_within(rows: pa.Table) -> Known:
    """The rows whose keys stand in an earlier one of these rows."""
    is_repeated, is_other = np.zeros(rows.num_rows, bool), np.zeros(rows.num_rows, bool)
    encoded = rows["key"].combine_chunks().dictionary_encode()
    if len(encoded.dictionary) < rows.num_rows:
        place = encoded.indices.to_numpy().astype(np.int64)
        first = np.full(len(encoded.dictionary), rows.num_rows, np.int64)
        np.minimum.at(first, place, np.arange(rows.num_rows))
        again = np.flatnonzero(first[place] != np.arange(rows.num_rows))
        same = equal_rows(rows.take(again), rows.take(first[place[again]]))
        is_repeated[again[same]] = True
        is_other[again[~same]] = True
    return Known(is_repeated, is_other)


def equal_rows(one: pa.Table, other: pa.Table) -> Flags:
    """Which rows say the same."""
    same = np.ones(one.num_rows, bool)
    for name in CONTENT:
        equal = pc.equal(one[name].combine_chunks(), other[name].combine_chunks())
        same &= equal.to_numpy(zero_copy_only=False).astype(bool)
    return same


def _months(cursor: Cursor[Any], months: Integers) -> dict[int, list[int]]:
    """The months that have a partition, each with the months of the rows that are compared with it."""
    present = [int(month) for month in np.unique(months)]
    near = {month + step for month in present for step in range(-MONTHS_KNOWN, MONTHS_KNOWN + 1)}
    return {month: [each for each in present if abs(each - month) <= MONTHS_KNOWN] for month in existing(cursor, near)}


def _found(cursor: Cursor[Any], source: str, partition: str, keys: pa.Array) -> list[tuple[Any, ...]]:
    """The rows of a month under any of the sorted keys, perhaps with others that stand between them."""
    names = {"partition": sql.Identifier("billing", partition), "columns": sql.SQL(", ".join(("key", *CONTENT)))}
    size = max(LEAST_KEYS, len(keys) // MOST_PARTS + 1)
    starts = range(0, len(keys), size)
    first = keys.take(pa.array(starts, pa.int64()))
    last = keys.take(pa.array([min(start + size, len(keys)) - 1 for start in starts], pa.int64()))
    most = int(size * WORTH_READING) + 1
    counted = cursor.execute(
        sql.SQL(COUNT_BETWEEN).format(**names), (source, most, TextArray(first), TextArray(last))
    ).fetchall()
    count = np.array([number for (number,) in counted])
    found: list[tuple[Any, ...]] = []
    if (few := (count > 0) & (count < most)).any():
        ends = (TextArray(first.filter(pa.array(few))), TextArray(last.filter(pa.array(few))))
        found += cursor.execute(sql.SQL(SELECT_BETWEEN).format(**names), (*ends, source)).fetchall()
    if (count >= most).any():
        wanted = keys.filter(pa.array(np.repeat(count >= most, size)[: len(keys)]))
        found += cursor.execute(sql.SQL(SELECT_EACH).format(**names), (TextArray(wanted), source)).fetchall()
    return found


def _as_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> pa.Table:
    """Rows of the database as an Arrow table."""
    by_column = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pa.table(
        [pa.array(values, TYPES.get(name, pa.string())) for name, values in zip(columns, by_column, strict=True)],
        names=list(columns),
    )
