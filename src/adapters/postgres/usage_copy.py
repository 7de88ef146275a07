"""Rows of usage in the form of a binary COPY, made column by column; the same bytes are hashed and come to a check.

A row of a binary COPY is the number of its fields, then each field with its length before it. Counts and instants have
a fixed length, and source and batch are the same in all rows: they stand first, as records of an array. The texts
follow one by one. So no row is touched by Python, and what the database sends of the same columns is the same bytes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from adapters.postgres.text_arrays import records_as_bytes, with_lengths
from billing_core.usage.mediation.deliveries import HASHED_COLUMNS

# Of the lengths of fields, the form of an integer, and where the database begins to count.
WIDE, NARROW = (8, ">i8"), (4, ">i4")
FIXED = {
    "line": (*WIDE, 0), "started_at": (*WIDE, 946_684_800_000_000), "used_on": (*NARROW, 10_957),
    "seconds": (*WIDE, 0), "quantity": (*WIDE, 0), "bytes_in": (*WIDE, 0), "bytes_out": (*WIDE, 0),
}  # fmt: skip
SAME = ("source", "batch")
TEXTS = HASHED_COLUMNS[len(FIXED) + len(SAME) :]
COPY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_END = b"\xff\xff"


def copied(rows: pa.Table, source: str, batch: str) -> memoryview:
    """The rows as a binary COPY of `HASHED_COLUMNS`, without its head and its end."""
    fixed = records_as_bytes(_records(rows, source.encode(), batch.encode()))
    return with_lengths([rows[name].combine_chunks() for name in TEXTS], fixed)


def _records(rows: pa.Table, source: bytes, batch: bytes) -> NDArray[Any]:
    """The fields of a fixed length, each with its length before it, and the number of fields before the first one."""
    form: list[tuple[str, str]] = [("fields", ">i2")]
    for name, (_, integer, _) in FIXED.items():
        form += [(f"{name} length", ">i4"), (name, integer)]
    same = dict(zip(SAME, (source, batch), strict=True))
    for name, text in same.items():
        form += [(f"{name} length", ">i4"), (name, f"S{len(text)}")]
    records = np.empty(rows.num_rows, np.dtype(form))
    records["fields"] = len(HASHED_COLUMNS)
    for name, (length, _, since) in FIXED.items():
        records[f"{name} length"] = length
        records[name] = integers(rows[name]) - since
    for name, text in same.items():
        records[f"{name} length"] = len(text)
        records[name] = text
    return records


def integers(column: pa.ChunkedArray | pa.Array) -> NDArray[np.int64]:
    """A column of counts, instants or days as integers: instants are microseconds, days are days since 1970."""
    kind = pa.int32() if pa.types.is_date32(column.type) else pa.int64()
    found: NDArray[Any] = column.cast(kind).to_numpy()
    return found.astype(np.int64, copy=False)
