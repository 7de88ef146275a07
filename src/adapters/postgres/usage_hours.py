"""What rows add to the sums of usage by the hour, appended with them; `usage_sums` adds it up later.

So batches never wait for each other, and reports see the sums of a row as soon as they see the row.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from psycopg import Cursor, sql

from adapters.postgres.usage_copy import binary_copy, binary_rows, integers
from billing_core.usage.mediation.row_checks import Integers
from billing_core.usage.rating.bulk_prices import Amounts
from billing_core.usage.rating.rated_sums import grouped, summed

Places = NDArray[np.intp]

SUMMED = ("seconds", "quantity", "bytes_in", "bytes_out")
KEYS = ("hour_at", "used_on", "account", "subscription", "component", "kind", "network", "direction")
# Those of a fixed length first.
COLUMNS = (*KEYS[:2], "records", *SUMMED, *KEYS[2:])
COPY = sql.SQL("COPY billing.usage_sums_added ({}) FROM STDIN (FORMAT BINARY)").format(
    sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
)
MICROSECONDS_OF_HOUR = 3_600_000_000


def hours_of(rows: pa.Table) -> pa.Table:
    """The sums of rows of usage by the hour of UTC in which they began, ready to be appended."""
    began = integers(rows["started_at"])
    hour_at = pa.array(began - began % MICROSECONDS_OF_HOUR).cast(rows.schema.field("started_at").type)
    keys = rows.select(KEYS[1:]).append_column("hour_at", hour_at)
    order, first = grouped([_codes(keys[name]) for name in KEYS])
    found = keys.take(pa.array(order[first]))
    records = np.diff(np.append(first, len(order)))
    for name, counts in {"records": records, **{name: _summed(rows[name], order, first) for name in SUMMED}}.items():
        found = found.append_column(name, pa.array(counts, pa.int64()))
    return found.select(COLUMNS)


def _codes(column: pa.ChunkedArray) -> Integers:
    """Integers that are equal if the values are."""
    if not pa.types.is_string(column.type):
        return integers(column)
    codes: Integers = column.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    return codes


def _summed(column: pa.ChunkedArray, order: Places, first: Places) -> Amounts:
    return summed(integers(column)[order], first)


def append_hours(cursor: Cursor[Any], hours: pa.Table) -> None:
    """Append sums within the caller's transaction; an hour may have several rows."""
    with binary_copy(cursor, COPY) as copy:
        copy.write(binary_rows(hours))
