"""Records of usage that could not be taken and wait until they are taken or dismissed. A key waits once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import Cursor

from adapters.files.usage_rows import USAGE_ROWS
from adapters.postgres.recorder import copy_rows
from adapters.postgres.waiting_usage import DELETE_LINES
from billing_core.usage.mediation.deliveries import RefusedRow
from billing_core.usage.mediation.row_checks import MOST_BYTES
from commands.platform.ports import ReadAgain
from commands.usage.ports import BatchId

# A line that is no record at all may be as long as the file.
MOST_CHARACTERS = 10_000
TYPES = ("text", "text", "text", "int8", "text", "text", "text", "text", "text", "bool")
COPY = """
    COPY billing.usage_waiting (source, batch, profile, line, key, field, value, reason, raw, is_read)
    FROM STDIN (FORMAT BINARY)
"""
SELECT_KEYS = "SELECT key FROM billing.usage_waiting WHERE source = %s AND key <> ''"
SELECT_KNOWN = "SELECT key FROM billing.usage_waiting WHERE source = %s AND key = ANY(%s) AND key <> ''"
# The newest content counts: its source may have mended one of several faults.
UPDATE = """
    UPDATE billing.usage_waiting AS waiting SET field = newer.field, value = newer.value, reason = newer.reason,
        raw = newer.raw, is_read = newer.is_read
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bool[])
        AS newer (key, field, value, reason, raw, is_read)
    WHERE source = %s AND waiting.key <> '' AND waiting.key = newer.key
"""
DELETE = "DELETE FROM billing.usage_waiting WHERE source = %s AND key <> '' AND key = ANY(%s)"


SELECT_OF_BATCH = """
    SELECT profile, line, key, field, value, reason, raw, is_read FROM billing.usage_waiting
    WHERE source = %(source)s AND batch = %(batch)s AND (%(field)s = '' OR field = %(field)s) ORDER BY line
"""
EXPLAIN = """
    UPDATE billing.usage_waiting AS waiting SET field = newer.field, value = newer.value, reason = newer.reason
    FROM unnest(%s::int8[], %s::text[], %s::text[], %s::text[]) AS newer (line, field, value, reason)
    WHERE source = %s AND batch = %s AND waiting.line = newer.line
"""


class WaitingRow(NamedTuple):
    """A record that waits. `refused.raw` is the row as JSON if it could be read, else the line as it came."""

    profile: str
    refused: RefusedRow
    is_read: bool


class Waiting:
    """The refused records of one batch; `added` wait now, `mended` waited and are taken."""

    def __init__(self, cursor: Cursor[Any], batch: BatchId, profile: str) -> None:
        self._cursor = cursor
        self._batch = batch
        self._profile = profile
        self._keys: pa.Array | None = None
        self.added = 0
        self.mended = 0

    def keep(self, refused: Sequence[RefusedRow], read: Sequence[RefusedRow]) -> int:
        """Keep records that could not be read, and those that were `read`; how many of them have waited before."""
        of_line = {row.line: (row, is_read) for rows, is_read in ((refused, False), (read, True)) for row in rows}
        if not of_line:
            return 0
        kept = [(_kept(row), is_read) for row, is_read in of_line.values()]
        by_key = {row.key: (row, is_read) for row, is_read in kept if row.key}
        rows = [*by_key.values(), *((row, is_read) for row, is_read in kept if not row.key)]
        found = self._cursor.execute(SELECT_KNOWN, (self._batch.source, list(by_key)))
        known = {key for (key,) in found}
        self._update([by_key[key] for key in known])
        self._add((row, is_read) for row, is_read in rows if row.key not in known)
        self._keys = None
        added = len(rows) - len(known)
        self.added += added
        return len(refused) + len(read) - added

    def _update(self, rows: Sequence[tuple[RefusedRow, bool]]) -> None:
        if rows:
            values = [(row.key, row.field, row.value, row.reason, row.raw, is_read) for row, is_read in rows]
            columns = [list(column) for column in zip(*values, strict=True)]
            self._cursor.execute(UPDATE, (*columns, self._batch.source))

    def _add(self, rows: Iterable[tuple[RefusedRow, bool]]) -> None:
        copy_rows(self._cursor, COPY, TYPES, ((*self._batch, self._profile, *row, is_read) for row, is_read in rows))

    def forget_taken(self, keys: pa.Array) -> None:
        """Records that waited under these keys are taken."""
        if self._keys is None:
            found = self._cursor.execute(SELECT_KEYS, (self._batch.source,)).fetchall()
            self._keys = pa.array([key for (key,) in found], pa.string())
        if len(self._keys):
            taken = keys.filter(pc.is_in(keys, self._keys)).to_pylist()
            if taken:
                self.mended += self._cursor.execute(DELETE, (self._batch.source, taken)).rowcount

    def of(self, batch: str, field: str) -> list[WaitingRow]:
        """The records of a batch of the same source that wait, with a field only those that wait for that."""
        wanted = {"source": self._batch.source, "batch": batch, "field": field}
        rows = self._cursor.execute(SELECT_OF_BATCH, wanted)
        return [WaitingRow(profile, RefusedRow(*refused), is_read) for profile, *refused, is_read in rows]

    def settle(self, batch: str, lines: Sequence[int]) -> None:
        """Records that waited under these lines were taken before."""
        if lines:
            self.mended += self._cursor.execute(DELETE_LINES, (self._batch.source, batch, list(lines))).rowcount

    def explain(self, batch: str, refused: Sequence[RefusedRow]) -> None:
        """Records still wait, for these reasons."""
        if refused:
            kept = [_kept(row) for row in refused]
            columns = ([row.line for row in kept], [row.field for row in kept], [row.value for row in kept],
                       [row.reason for row in kept])  # fmt: skip
            self._cursor.execute(EXPLAIN, (*columns, self._batch.source, batch))


def again_of(waiting: Sequence[WaitingRow], read_again: ReadAgain) -> tuple[pa.Table, list[RefusedRow]]:
    """The rows of records that wait, in the order of their lines, and those that still cannot be read.

    What could not be read is read again by its profile, which may have been mended.
    """
    read = [msgspec.json.decode(row.refused.raw) for row in waiting if row.is_read]
    for row in read:
        row["started_at"] = datetime.fromisoformat(row["started_at"])
    tables, refused = [pa.Table.from_pylist(read, schema=USAGE_ROWS)], list[RefusedRow]()
    for profile in sorted({row.profile for row in waiting if not row.is_read}):
        chunk = read_again(profile, [row.refused for row in waiting if not row.is_read and row.profile == profile])
        tables.append(chunk.rows.select(USAGE_ROWS.names).cast(USAGE_ROWS))
        refused += chunk.refused
    return pa.concat_tables(tables).sort_by("line"), refused


def _kept(row: RefusedRow) -> RefusedRow:
    """A refused record in a form that the database keeps: of limited length, without NUL characters."""
    return RefusedRow(
        row.line,
        _text(row.key, MOST_BYTES) if len(row.key.encode()) <= MOST_BYTES else "",
        _text(row.field, MOST_BYTES),
        _text(row.value, MOST_BYTES),
        _text(row.reason, MOST_CHARACTERS),
        _text(row.raw, MOST_CHARACTERS),
    )


def _text(text: str, most: int) -> str:
    return text.replace("\0", "\ufffd")[:most]
