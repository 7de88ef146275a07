"""Rows in the form of a binary COPY, made column by column; those of usage are hashed as the same bytes, for a check.

A row of a binary COPY is the number of its fields, then each field with its length before it. Counts, instants and days
have a fixed length, and what is the same in all rows has one too: they stand first, as records of an array. The texts
follow one by one. So no row is touched by Python, and what the database sends of the same columns is the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from psycopg import Copy, Cursor
from psycopg.copy import QueuedLibpqWriter
from psycopg.sql import Composed

from adapters.postgres.text_arrays import records_as_bytes, with_lengths

# Of what has a fixed length: the form of its integer, and where the database begins to count.
COUNT, INSTANT, DAY = (">i8", 0), (">i8", 946_684_800_000_000), (">i4", 10_957)
COPY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_END = b"\xff\xff"


@contextmanager
def binary_copy(cursor: Cursor[Any], statement: Composed) -> Iterator[Copy]:
    """A binary COPY; the database takes in what was written to it while more is made."""
    with cursor.copy(statement, writer=QueuedLibpqWriter(cursor)) as copy:
        copy.write(COPY_HEAD)
        yield copy
        copy.write(COPY_END)


def binary_rows(rows: pa.Table, same: Mapping[str, str] | None = None) -> memoryview:
    """Rows for a binary COPY: the columns of a fixed length first, then what is the `same` in all rows, then texts."""
    texts = [name for name in rows.column_names if pa.types.is_string(rows.schema.field(name).type)]
    fixed = records_as_bytes(_records(rows.drop_columns(texts), same or {}, len(texts)))
    return with_lengths([rows[name].combine_chunks() for name in texts], fixed)


def _records(rows: pa.Table, same: Mapping[str, str], others: int) -> NDArray[Any]:
    """The fields of a fixed length, each with its length before it, and the number of fields before the first one."""
    forms = {name: _form(rows.schema.field(name).type) for name in rows.column_names}
    texts = {name: text.encode() for name, text in same.items()}
    form: list[tuple[str, str]] = [("fields", ">i2")]
    for name, integer in [*((name, integer) for name, (integer, _) in forms.items()),
                          *((name, f"S{len(text)}") for name, text in texts.items())]:  # fmt: skip
        form += [(f"{name} length", ">i4"), (name, integer)]
    records = np.empty(rows.num_rows, np.dtype(form))
    records["fields"] = len(forms) + len(texts) + others
    for name, (_, since) in forms.items():
        records[f"{name} length"] = records.dtype[name].itemsize
        records[name] = integers(rows[name]) - since
    for name, text in texts.items():
        records[f"{name} length"] = len(text)
        records[name] = text
    return records


def _form(kind: pa.DataType) -> tuple[str, int]:
    if pa.types.is_timestamp(kind):
        return INSTANT
    return DAY if pa.types.is_date32(kind) else COUNT


def integers(column: pa.ChunkedArray | pa.Array) -> NDArray[np.int64]:
    """A column of counts, instants or days as integers: instants are microseconds, days are days since 1970."""
    kind = pa.int32() if pa.types.is_date32(column.type) else pa.int64()
    found: NDArray[Any] = column.cast(kind).to_numpy()
    return found.astype(np.int64, copy=False)
