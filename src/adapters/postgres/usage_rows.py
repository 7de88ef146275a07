"""The rows of a batch of usage on their way into their table: checked, known ones left out, given to their owners.

All of it goes by columns, so that a row costs a few microseconds. The order of the rules:

1. A row with a fault of its own is refused.
2. A row whose key is known is repeated, or refused if its content is another one.
3. A row whose subscriber is nobody's is refused.
4. Of the others the first under a key is taken; a later one is repeated or refused.

What is refused waits (`usage_waiting`), so it holds no key: the row may come again, mended by its source.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import Cursor, sql

from adapters.files.usage_rows import USAGE_ROWS
from adapters.postgres.usage_copy import binary_copy, binary_rows, integers
from adapters.postgres.usage_hours import SUMMED, append_hours, hours_of
from adapters.postgres.usage_keys import Known, known_rows, repeated_within
from adapters.postgres.usage_months import kept_from
from adapters.postgres.usage_partitions import make_missing, partition_of
from adapters.postgres.usage_subscribers import find_owners, why_not
from adapters.postgres.usage_waiting import Waiting, again_of
from billing_core.kernel.errors import InvalidValue
from billing_core.usage.mediation.deliveries import HASHED_COLUMNS, RefusedRow, RowsOfMonth, UsageReceived
from billing_core.usage.mediation.row_checks import (
    FAULTS,
    MOST_BYTES,
    OTHER_CONTENT,
    TEXT_FAULT,
    Flags,
    Integers,
    Metered,
    exact_sum,
    faults,
    month_name,
    months_of,
)
from commands.platform.ports import ReadAgain
from commands.usage.ports import BatchId

COPY = f"COPY {{partition}} ({', '.join(HASHED_COLUMNS)}) FROM STDIN (FORMAT BINARY)"
GIVEN_TEXTS = tuple(field.name for field in USAGE_ROWS if field.type == pa.string())
# The database takes in so many rows while the next ones are made and hashed.
ROWS_AT_ONCE = 10_000
EPOCH, ONE_MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class _Month:
    """What of a batch began in a month."""

    def __init__(self) -> None:
        self.rows = 0
        self.hash = sha256()
        self.sums = dict.fromkeys(SUMMED, 0)

    def add(self, rows: pa.Table, content: memoryview) -> None:
        self.rows += rows.num_rows
        self.hash.update(content)
        for name in SUMMED:
            self.sums[name] += exact_sum(integers(rows[name]))


def microseconds_of(at: datetime) -> int:
    """An instant as rows have it."""
    return (at - EPOCH) // ONE_MICROSECOND


class UsageRowsWriter:
    """Implements `commands.platform.ports.IncomingRows`."""

    def __init__(self, cursor: Cursor[Any], fact: UsageReceived, now: datetime) -> None:
        self._cursor = cursor
        self._fact = fact
        self._batch = BatchId(fact.source, fact.batch)
        self._now = microseconds_of(now)
        self._kept_from = microseconds_of(kept_from(cursor))
        self._months: dict[int, _Month] = {}
        self._waiting = Waiting(cursor, self._batch, fact.profile)
        self._first_at: int | None = None
        self._last_at: int | None = None
        self._last_line = 0
        self._repeated = 0

    def add(self, rows: pa.Table, refused: Sequence[RefusedRow]) -> None:
        read: list[RefusedRow] = []
        self._take(rows, read)
        self._repeated += self._waiting.keep(refused, read)

    def add_waiting(self, batch: str, field: str, read_again: ReadAgain) -> int:
        rows, refused = again_of(self._waiting.of(batch, field), read_again)
        read: list[RefusedRow] = []
        lines = rows["line"].to_pylist()
        self._take(rows, read)
        still = {row.line for row in read}
        self._waiting.settle(batch, [line for line in lines if line not in still])
        self._waiting.explain(batch, [*refused, *read])
        return len(refused) + len(read)

    def _take(self, rows: pa.Table, refused: list[RefusedRow]) -> None:
        """Write the rows that can be taken, count those that are repeated, and note those that are refused."""
        rows = rows.select(USAGE_ROWS.names).cast(USAGE_ROWS)
        self._require_rising(integers(rows["line"]))
        rows = _without_faults(rows, self._now, self._kept_from, refused)
        rows = self._left(rows, known_rows(self._cursor, self._batch.source, rows), refused)
        owners = find_owners(self._cursor, rows["subscriber"], rows["started_at"])
        refused += [_refused(row, "subscriber", why_not(row["subscriber"])) for row in _picked(rows, ~owners.is_owned)]
        rows = rows.filter(pa.array(owners.is_owned))
        for name in ("account", "subscription", "used_on"):
            rows = rows.append_column(name, getattr(owners, name))
        rows = self._left(rows, repeated_within(rows), refused)
        if rows.num_rows:
            self._write(rows)
            self._waiting.forget_taken(rows["key"].combine_chunks())

    def _left(self, rows: pa.Table, known: Known, refused: list[RefusedRow]) -> pa.Table:
        """The rows that are neither repeated nor another content under a known key."""
        is_left = ~(known.is_repeated | known.is_other)
        if is_left.all():
            return rows
        self._repeated += int(known.is_repeated.sum())
        refused += [_refused(row, "key", OTHER_CONTENT) for row in _picked(rows, known.is_other)]
        return rows.filter(pa.array(is_left))

    def _require_rising(self, lines: Integers) -> None:
        """The hash of the rows is by the order of their lines."""
        if len(lines):
            if lines[0] <= self._last_line or (np.diff(lines) <= 0).any():
                raise InvalidValue("must rise from row to row", field="line", value=int(lines[0]))
            self._last_line = int(lines[-1])

    def _write(self, rows: pa.Table) -> None:
        started_at = integers(rows["started_at"])
        months = months_of(started_at)
        present = [int(month) for month in np.unique(months)]
        make_missing(self._cursor, present)
        for month in present:
            of_month = rows if len(present) == 1 else rows.filter(pa.array(months == month))
            self._write_month(month, of_month)
        self._first_at = min(int(started_at.min()), self._first_at or int(started_at.min()))
        self._last_at = max(int(started_at.max()), self._last_at or int(started_at.max()))

    def _write_month(self, month: int, rows: pa.Table) -> None:
        same = self._batch._asdict()
        found = self._months.setdefault(month, _Month())
        statement = sql.SQL(COPY).format(partition=sql.Identifier("billing", partition_of(month)))
        given = rows.select([name for name in HASHED_COLUMNS if name not in same])
        with binary_copy(self._cursor, statement) as copy:
            for first in range(0, rows.num_rows, ROWS_AT_ONCE):
                some = given.slice(first, ROWS_AT_ONCE)
                content = binary_rows(some, same)
                copy.write(content)
                found.add(some, content)
            hours = hours_of(rows)
        append_hours(self._cursor, hours)

    def received(self) -> UsageReceived:
        months = tuple(
            RowsOfMonth(month_name(month), found.rows, found.hash.hexdigest(), **found.sums)
            for month, found in sorted(self._months.items())
        )
        return msgspec.structs.replace(
            self._fact,
            taken=sum(month.rows for month in months),
            repeated=self._repeated,
            refused=self._waiting.added,
            mended=self._waiting.mended,
            first_at=_instant(self._first_at),
            last_at=_instant(self._last_at),
            months=months,
        )


def _instant(microseconds: int | None) -> datetime | None:
    if microseconds is None:
        return None
    return pa.scalar(microseconds, pa.timestamp("us", tz="UTC")).as_py().astimezone(UTC)


def _without_faults(rows: pa.Table, now: int, kept_from: int, refused: list[RefusedRow]) -> pa.Table:
    """The rows that have no fault of their own."""
    metered = Metered(
        integers(pc.binary_length(rows["key"])),
        *(integers(rows[name]) for name in ("started_at", "seconds", "quantity", "bytes_in", "bytes_out")),
    )
    fault = faults(metered, now, kept_from)
    unfit = {name: flags for name in GIVEN_TEXTS if (flags := _unfit(rows[name])) is not None}
    is_wrong = fault > 0
    for flags in unfit.values():
        is_wrong |= flags
    if not is_wrong.any():
        return rows
    for place, row in zip(np.flatnonzero(is_wrong), _picked(rows, is_wrong), strict=True):
        if fault[place]:
            found = FAULTS[fault[place] - 1]
            refused.append(_refused(row, found.field, found.reason))
        else:
            field = next(name for name, flags in unfit.items() if flags[place])
            refused.append(_refused(row, field, TEXT_FAULT))
    return rows.filter(pa.array(~is_wrong))


def _unfit(column: pa.ChunkedArray) -> Flags | None:
    """Which texts are too long, or hold a character that the database keeps in no text; None if none is."""
    texts = column.combine_chunks()
    is_long = pc.greater(pc.binary_length(texts), MOST_BYTES)
    content = texts.buffers()[2]
    has_nul = content is not None and b"\0" in memoryview(content).cast("B").tobytes()
    if not has_nul and not pc.any(is_long).as_py():
        return None
    found = pc.or_(is_long, pc.match_substring(texts, "\0"))
    flags: Flags = found.to_numpy(zero_copy_only=False).astype(bool)
    return flags


def _picked(rows: pa.Table, which: Flags) -> list[dict[str, Any]]:
    """Some of the rows one by one; for the few that are refused."""
    picked: list[dict[str, Any]] = rows.filter(pa.array(which)).to_pylist() if which.any() else []
    return picked


def _refused(row: dict[str, Any], field: str, reason: str) -> RefusedRow:
    raw = msgspec.json.encode({**row, "started_at": row["started_at"].astimezone(UTC)}).decode()
    return RefusedRow(row["line"], row["key"], field, str(row[field]), reason, raw)
