"""Rows of usage as every source gives them to mediation: an Arrow table of fixed columns, and what was refused.

    line        number in the batch, as the line of its file, from 1 on
    key         the id that the source gives the record, never empty
    kind        call, data or item
    subscriber  of whom it is charged: a number, user name or card; ACCOUNT/SUBSCRIPTION if the source knows that
    component   the usage component by which it is charged
    started_at  when it began
    seconds     how long it took
    quantity    items or units that the source metered, in millionths
    bytes_in    bytes to the subscriber
    bytes_out   bytes from the subscriber
    number      the other party of a call, by digits; a title or item
    network     trunk, carrier or network access server
    session     the session, as the source names it
    direction   out or in, of a call

A text that is not known is empty, and a count is 0; nothing is null.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from billing_core.usage.mediation.deliveries import RefusedRow

__all__ = ["USAGE_ROWS", "RefusedRow", "UsageChunk"]

USAGE_ROWS = pa.schema(
    [
        pa.field("line", pa.int64(), nullable=False),
        pa.field("key", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("subscriber", pa.string(), nullable=False),
        pa.field("component", pa.string(), nullable=False),
        pa.field("started_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("seconds", pa.int64(), nullable=False),
        pa.field("quantity", pa.int64(), nullable=False),
        pa.field("bytes_in", pa.int64(), nullable=False),
        pa.field("bytes_out", pa.int64(), nullable=False),
        pa.field("number", pa.string(), nullable=False),
        pa.field("network", pa.string(), nullable=False),
        pa.field("session", pa.string(), nullable=False),
        pa.field("direction", pa.string(), nullable=False),
    ]
)


class UsageChunk(NamedTuple):
    """Some records of a source, in the order of their lines: rows of `USAGE_ROWS`, and those that are refused.

    `passed_over` counts those that are none of its business, such as calls that nobody answered.
    """

    rows: pa.Table
    refused: Sequence[RefusedRow]
    passed_over: int = 0
