"""Many texts as one parameter of a statement, in the binary form of an array, made without a step for each of them."""

from __future__ import annotations

from struct import pack
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import Cursor
from psycopg.adapt import Dumper
from psycopg.pq import Format

TEXT_OID, TEXT_ARRAY_OID = 25, 1009


class TextArray:
    """Texts on their way into a statement that says `%b::text[]`."""

    def __init__(self, texts: pa.Array) -> None:
        self.texts = texts


class TextArrayDumper(Dumper):
    """The head says one dimension, no nulls, and that places are counted from 1; each text has its length before it."""

    format = Format.BINARY
    oid = TEXT_ARRAY_OID

    def dump(self, obj: TextArray) -> bytes:
        texts = obj.texts
        if not len(texts):
            return pack(">iii", 0, 0, TEXT_OID)
        return pack(">iiiii", 1, 0, TEXT_OID, len(texts), 1) + bytes(with_lengths([texts]))


def use_text_arrays(cursor: Cursor[Any]) -> None:
    """Let statements of a cursor take them."""
    cursor.adapters.register_dumper(TextArray, TextArrayDumper)


def with_lengths(columns: list[pa.Array], before: pa.Array | None = None) -> memoryview:
    """The texts of some columns, row by row, each with its length before it as the database reads it.

    `before` are bytes that stand before the first text of each row.
    """
    pieces: list[Any] = [] if before is None else [before]
    for column in columns:
        texts = column.cast(pa.large_binary())
        lengths = pc.binary_length(texts).to_numpy(zero_copy_only=False).astype(">i4")
        pieces += [records_as_bytes(lengths), texts]
    joined = pc.binary_join_element_wise(*pieces, pa.scalar(b"", pa.large_binary()))
    return memoryview(joined.buffers()[2])


def records_as_bytes(records: np.ndarray[Any, Any]) -> pa.Array:
    """Records of one length as an array of bytes."""
    ends = np.arange(len(records) + 1, dtype=np.int64) * records.dtype.itemsize
    return pa.Array.from_buffers(
        pa.large_binary(), len(records), [None, pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(records))]
    )
